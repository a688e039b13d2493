import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { Deadline } from './deadline.ts';
import type { WalRecord } from './record.ts';
import { writeAll } from './write_all.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

it('keeps no record it is done with, however long the stream', async () => {
  let collected = 0;
  const registry = new FinalizationRegistry(() => (collected += 1));
  async function* source(): AsyncGenerator<WalRecord> {
    for (let lsn = 1n; lsn <= 1_000n; lsn += 1n) {
      const record: WalRecord = { lsn, data: new Uint8Array(8) };
      registry.register(record.data, lsn);
      yield record;
    }
    // Finalizers run some time after the collection.
    for (let tries = 0; tries < 100 && collected < 900; tries += 1) {
      collectGarbage();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  await writeAll(source(), { window: 8 }, new Deadline(60_000), async ({ lsn }) => {
    await new Promise((resolve) => setImmediate(resolve));
    return { lastAppliedLsn: lsn };
  });
  expect(collected).toBeGreaterThan(900);
});
