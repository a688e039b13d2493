import fs from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { TestCluster, type TestReplica } from '../testing/cluster.ts';
import { ended, run, start } from '../testing/program.ts';
import { parsePublished } from '../testing/published_format.ts';
import { eachRound } from '../testing/rounds.ts';
import { waitFor } from '../testing/wait.ts';

/** Real binary logs of a MariaDB server: see its README. */
const LOGS = path.resolve(import.meta.dirname, '../../mariadb/testdata');
const NAMES = fs.readdirSync(LOGS).filter((name) => name.startsWith('mariadb-bin.'));
const FAIL_OVER_MS = 3_000;

let cluster: TestCluster;
afterEach(() => cluster.close());

const count = async (replica: TestReplica) => Number((await replica.metric('wal_count')) ?? Number.NaN);

/**
 * What a replica holds, put together to binary logs again: an LSN is file number × 2^32 + offset behind the record, and
 * the records of a file, behind its magic number, are the file. Written from that sentence, without the sender's code.
 */
function restored(replica: TestReplica): Map<string, Buffer> {
  const directory = path.join(replica.directory, 'wal');
  const pieces = new Map<string, Buffer[]>();
  const records = fs
    .readdirSync(directory)
    .flatMap((name) => parsePublished(fs.readFileSync(path.join(directory, name))));
  records.sort((a, b) => (a.lsn < b.lsn ? -1 : 1));
  for (const { lsn, data } of records) {
    const name = `mariadb-bin.${(lsn >> 32n).toString().padStart(6, '0')}`;
    const file = pieces.get(name) ?? [Buffer.from([0xfe, 0x62, 0x69, 0x6e])];
    file.push(data);
    pieces.set(name, file);
  }
  return new Map([...pieces].map(([name, file]) => [name, Buffer.concat(file)]));
}

/** Where and how what a replica holds differs from the original files. It may be in the middle of a write. */
function differenceOf(replica: TestReplica): string | undefined {
  let files: Map<string, Buffer>;
  try {
    files = restored(replica);
  } catch (error) {
    return String(error);
  }
  if (files.size > NAMES.length) return `files ${[...files.keys()].join(', ')}`;
  return NAMES.map((name) => {
    const original = fs.readFileSync(path.join(LOGS, name));
    const file = files.get(name) ?? Buffer.alloc(0);
    if (file.equals(original)) return undefined;
    const at = file.findIndex((byte, index) => byte !== original[index]);
    return `${name} has ${file.byteLength} bytes instead of ${original.byteLength}; the first that differs: ${at}`;
  }).find((line) => line !== undefined);
}

test.each(eachRound(5))(
  'round %i: a replica is killed while real WAL is sent; every replica ends up with every byte',
  async (round) => {
    cluster = await TestCluster.start(3, ['-segment-bytes', '128KiB']);
    const leader = await cluster.leader();
    const followers = cluster.replicas.filter((replica) => replica !== leader);
    const victim = round % 3 === 2 ? (followers[round % 2] ?? leader) : leader;
    const to = ['-to', cluster.replicas.map(({ url }) => url).join(',')];
    const lines: string[] = [];
    const sending = start(['send', LOGS, ...to, '-window', '4'], lines);
    const end = ended(sending);
    await waitFor('the middle', async () => ((await count(leader)) > 50 + 80 * (round % 5) ? true : undefined));
    await victim.end('SIGKILL');
    const killedAt = performance.now();
    expect(sending.exitCode).toBeNull();
    const survivor = followers.find((replica) => replica !== victim) ?? leader;
    const before = await count(survivor);
    await waitFor('writing to go on', async () => ((await count(survivor)) > before ? true : undefined));
    expect(performance.now() - killedAt).toBeLessThan(FAIL_OVER_MS);
    victim.start();
    expect([await end, lines.at(-1)]).toEqual([0, expect.any(String)]);

    const latest = /"latest_lsn":(\d+)/.exec((await survivor.get('get_latest_lsn?consistency=linearizable')).text)?.[1];
    await cluster.caughtUp(BigInt(latest ?? 0));
    // A replica may know of a commit a moment before its own disk has it.
    for (const replica of cluster.replicas) {
      let differs: string | undefined;
      await waitFor(`every byte on the disk of ${replica.id}`, () => {
        differs = differenceOf(replica);
        return differs === undefined ? true : undefined;
      }).catch((error: unknown) => {
        throw new Error(`${replica.id}: ${differs}`, { cause: error });
      });
    }
    if (round === 0) {
      const again = await run(['send', LOGS, ...to]);
      expect(again.status).toBe(0);
      expect(await count(survivor)).toBe(await count(victim));
    }
  },
);
