import type { Answer, RangeQuery } from '../../engine/vocabulary/index.ts';
import type { Replica } from '../process/replica.ts';
import { requireThat } from '../violation.ts';
import type { Ledger } from './ledger.ts';
import { isAsSent } from './proposals.ts';

/**
 * A page of a range holds the committed records from where it begins, each as its client sent it, and leaves none out;
 * unless it says that there may be more, it reaches the end of the range, or of what must be visible: entry `floor`.
 * Returns the index up to which the answer shows the log.
 */
export function checkRange(
  ledger: Ledger,
  replica: Replica,
  { from, through, countMax, bytesMax }: RangeQuery,
  floor: number,
  answer: Extract<Answer, { kind: 'range' }>,
): number {
  const wrong = (why: string): string => `${replica.name} answers a read of a range with records of which ${why}.`;
  let number = ledger.recordsBelow(from);
  let bytes = 0;
  for (const record of answer.records) {
    number += 1;
    bytes += record.data.length;
    const entry = ledger.recordNumber(number);
    requireThat(entry?.lsn === record.lsn, 'reads', () =>
      wrong(`LSN ${record.lsn} is one, where LSN ${entry?.lsn} is the next that is committed`),
    );
    requireThat(record.lsn <= through, 'reads', () => wrong(`LSN ${record.lsn} lies behind the end, ${through}`));
    requireThat(isAsSent(entry?.variant, record), 'reads', () =>
      wrong(`LSN ${record.lsn} has other bytes than its client sent`),
    );
  }
  const count = answer.records.length;
  requireThat(count <= countMax, 'reads', () => wrong(`there are ${count}, more than the ${countMax} asked for`));
  requireThat(bytes <= bytesMax || count === 1, 'reads', () =>
    wrong(`there are ${bytes} bytes, more than ${bytesMax}`),
  );
  const next = ledger.recordNumber(number + 1);
  requireThat(answer.more ? count > 0 : next === undefined || next.lsn > through || next.index > floor, 'reads', () =>
    wrong(answer.more ? 'there are none, and says that there are more' : `LSN ${next?.lsn} is missing`),
  );
  return count === 0 ? 0 : (ledger.recordNumber(number)?.index ?? 0);
}
