import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestCluster } from '../testing/cluster.ts';
import { waitFor } from '../testing/wait.ts';
import { verify, Writer } from '../testing/writer.ts';

/** A replica that is told to stop has stopped after so long. */
const STOP_MS_MAX = 5_000;

let cluster: TestCluster;

beforeEach(async () => {
  cluster = await TestCluster.start(3);
});
afterEach(async () => {
  await cluster.close();
});

test('every replica in turn is told to stop and started again, and no write fails', async () => {
  const writer = new Writer(cluster, 0n, 16);
  const more = async (count: number) => {
    const before = writer.acknowledged.length;
    await waitFor(`${count} more records`, () => (writer.acknowledged.length >= before + count ? true : undefined));
  };
  await more(200);
  const stops: number[] = [];
  for (const replica of cluster.replicas) {
    const begun = performance.now();
    expect(await replica.end('SIGTERM')).toBe(0);
    stops.push(Math.round(performance.now() - begun));
    await more(100);
    replica.start();
    // Only then the next: else two of three would be behind at once.
    const latest = writer.acknowledged.reduce((most, lsn) => (lsn > most ? lsn : most), 0n);
    await cluster.caughtUp(latest);
  }
  await more(200);
  await writer.stop();
  await cluster.caughtUp(writer.acknowledged.reduce((most, lsn) => (lsn > most ? lsn : most), 0n));
  await verify(cluster, writer.acknowledged);
  console.log(
    `rolling restart: ${writer.acknowledged.length} records, none failed; p50 ${writer.waitMs(0.5)} ms, ` +
      `p99 ${writer.waitMs(0.99)} ms, the longest ${writer.waitMs(1)} ms; the replicas stopped within ${stops.join(', ')} ms`,
  );
  expect(Math.max(...stops)).toBeLessThan(STOP_MS_MAX);
  expect(new Set(writer.acknowledged).size).toBe(writer.acknowledged.length);
});
