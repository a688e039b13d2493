import { expect, it } from 'vitest';
import { cutFile } from './cut_file.ts';
import { EVENT_TYPE } from './event_types.ts';
import { gtidToString } from './gtid.ts';
import { transactionsBefore } from './history_start.ts';
import { SyntheticLog } from './testing/synthetic_log.ts';
import { temporaryLog } from './testing/temporary_logs.ts';

it('reads the GTID list and nothing else', async () => {
  const list = Buffer.alloc(4 + 16);
  list.writeUInt32LE(1, 0);
  list.writeUInt32LE(1, 8);
  list.writeBigUInt64LE(4453n, 12);
  const log = new SyntheticLog().add(EVENT_TYPE.gtidList, list).transaction(5).add(EVENT_TYPE.stop);
  const found: unknown[] = [];
  for await (const record of cutFile(await temporaryLog(log.bytes))) {
    found.push(transactionsBefore(record)?.map(gtidToString));
  }
  expect(found).toEqual([undefined, ['0-1-4453'], undefined, undefined]);
});
