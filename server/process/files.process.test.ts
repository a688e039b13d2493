import fs from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { TestCluster } from '../testing/cluster.ts';
import { parsePublished } from '../testing/published_format.ts';
import { waitFor } from '../testing/wait.ts';
import { dataOf, Writer } from '../testing/writer.ts';

let cluster: TestCluster;
afterEach(() => cluster.close());

/** Every file of a replica's `wal` directory: the LSN in its name, and its records. */
function walFiles(directory: string) {
  return fs.readdirSync(path.join(directory, 'wal')).map((name) => {
    expect(name).toMatch(/^wal_[1-9]\d*$/);
    return {
      first: BigInt(name.slice('wal_'.length)),
      records: parsePublished(fs.readFileSync(path.join(directory, 'wal', name))),
    };
  });
}

async function write(count: number): Promise<readonly bigint[]> {
  const writer = new Writer(cluster, 0n);
  await waitFor(`${count} records`, () => (writer.acknowledged.length >= count ? true : undefined), 30_000);
  await writer.stop();
  await cluster.caughtUp(writer.last);
  return [...writer.acknowledged].sort((a, b) => (a < b ? -1 : 1));
}

describe('wal_<lsn> files', () => {
  test('hold the published format, in order, and nothing else', async () => {
    cluster = await TestCluster.start(3, ['-segment-bytes', '64KiB']);
    const lsns = await write(300);
    for (const replica of cluster.replicas) {
      const files = walFiles(replica.directory).sort((a, b) => (a.first < b.first ? -1 : 1));
      expect(files.length).toBeGreaterThan(3);
      for (const { first, records } of files) expect(records[0]?.lsn).toBe(first);
      const records = files.flatMap((file) => file.records);
      expect(records.map(({ lsn }) => lsn)).toEqual(lsns);
      for (const { lsn, data } of records) expect(data.toString('base64')).toBe(dataOf(lsn));
    }
  });

  test('with -segment-bytes 0 each holds exactly one record', async () => {
    cluster = await TestCluster.start(1, ['-segment-bytes', '0']);
    const lsns = await write(100);
    const files = walFiles(cluster.replicas[0]?.directory ?? '');
    expect(files).toHaveLength(lsns.length);
    for (const { first, records } of files) expect(records.map(({ lsn }) => lsn)).toEqual([first]);
  });

  test('the largest LSN goes in and comes back digit for digit, after a restart, too', async () => {
    cluster = await TestCluster.start(1);
    const [replica] = cluster.replicas;
    if (replica === undefined) throw new Error('no replica');
    const max = '18446744073709551615';
    const stored = await replica.stream(`{"lsn":${max},"wal_data":"aGVsbG8=","space_id":4294967295,"page_no":0}`);
    expect(stored.text).toBe(`{"status":"success","last_applied_lsn":${max}}`);
    await replica.end('SIGKILL');
    replica.start();
    await cluster.leader();
    await cluster.caughtUp(BigInt(max));
    expect((await replica.get(`get_wal?lsn=${max}`)).text).toBe(
      `{"status":"success","lsn":${max},"wal_data":"aGVsbG8=","space_id":4294967295,"page_no":0}`,
    );
    expect((await replica.get('get_latest_lsn')).text).toBe(`{"status":"success","latest_lsn":${max}}`);
    expect((await replica.get('metrics')).text).toContain(`"latest_lsn":${max}`);
    expect(walFiles(replica.directory)[0]).toMatchObject({ first: BigInt(max), records: [{ lsn: BigInt(max) }] });
  });
});
