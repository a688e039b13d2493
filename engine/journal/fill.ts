import { changeJournal, observe } from '../draft.ts';
import type { Draft } from '../state.ts';
import type { LogEntry } from './entry.ts';
import { dataLengthOf } from './log.ts';

/**
 * Takes the bytes for a hole from an entry of the same index and term. They must be the ones the identifier vouches
 * for; `flush` writes them, and only when they are durable the hole is none any more.
 */
export function fillHole(d: Draft, entry: LogEntry): void {
  const { journal } = d;
  const hole = journal.holes.get(entry.index);
  if (hole === undefined || hole.identifier.term !== entry.term) return;
  const { identifier } = hole;
  if (
    identifier.checksum !== entry.checksum ||
    identifier.length !== dataLengthOf(entry) ||
    identifier.lsn !== entry.lsn
  ) {
    const sentence = `entry ${entry.index} of term ${entry.term} differs from what its identifier says`;
    observe(d, { what: 'damageFound', file: `entry ${entry.index}`, sentence });
    return;
  }
  if (journal.fills.some((pending) => pending.index === entry.index)) return;
  const { logWrite } = journal;
  if (logWrite?.kind === 'fill' && logWrite.entries.some((pending) => pending.index === entry.index)) return;
  changeJournal(d, { fills: [...journal.fills, entry] });
}
