import { cp, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeCluster } from '../../client/testing/fake_cluster.ts';
import { runSendCommand } from './send.ts';
import type { Terminal } from './terminal.ts';

const TESTDATA = fileURLToPath(new URL('../../mariadb/testdata', import.meta.url));
const LOGS = ['mariadb-bin.000004', 'mariadb-bin.000005', 'mariadb-bin.000006'];
const RECORDS = 726 + 311 + 5;
const WRITE = '/api/v1/stream_wal';

let cluster: FakeCluster;
let directory: string;

beforeEach(async () => {
  cluster = await FakeCluster.start({ apiKey: 'secret' });
  directory = await mkdtemp(join(tmpdir(), 'send-test-'));
  for (const name of LOGS) await cp(join(TESTDATA, name), join(directory, name));
});

afterEach(async () => {
  await cluster.stop();
  await rm(directory, { recursive: true });
});

interface Run {
  readonly status: number;
  readonly out: string;
  readonly err: string;
  readonly drawn: string[];
}

interface Running {
  readonly ended: Promise<Run>;
  readonly interrupt: () => void;
}

function start(args: readonly string[], { tty = false, environment = {} } = {}): Running {
  const out: string[] = [];
  const err: string[] = [];
  const drawn: string[] = [];
  let interrupt = () => {};
  const terminal: Terminal = {
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    draw: tty ? (line) => void drawn.push(line) : undefined,
    environment,
    onInterrupt: (handler) => {
      interrupt = handler;
      return () => {};
    },
  };
  const ended = runSendCommand(args, terminal).then((status) => ({
    status,
    out: out.join('\n'),
    err: err.join('\n'),
    drawn,
  }));
  return { ended, interrupt: () => interrupt() };
}

async function send(...more: string[]): Promise<Run> {
  return await start([directory, '-to', cluster.urls.join(','), '-api-key', 'secret', ...more]).ended;
}

/** What the safekeepers hold of one file, `fe 62 69 6e` put before it. */
function storedFile(number: number): Buffer {
  const parts = [...cluster.records]
    .filter(([lsn]) => lsn >> 32n === BigInt(number))
    .map(([, { base64 }]) => Buffer.from(base64, 'base64'));
  return Buffer.concat([Buffer.from('fe62696e', 'hex'), ...parts]);
}

async function expectAllStored(): Promise<void> {
  for (const [index, name] of LOGS.entries()) {
    const sound = storedFile(4 + index).equals(await readFile(join(TESTDATA, name)));
    expect({ name, sound }).toEqual({ name, sound: true });
  }
}

describe('safekeeper send', () => {
  it('stores every byte of every log and says so', async () => {
    await writeFile(join(directory, 'mariadb-bin.index'), LOGS.join('\n'));
    const run = await send();
    expect(run.err.split('\n')).toEqual([
      '3 binary logs, mariadb-bin.000004 to mariadb-bin.000006, 2.1 MB; ignored: mariadb-bin.index',
      'The safekeepers hold nothing yet: beginning with mariadb-bin.000004.',
      'Earlier transactions, up to 0-1-4453, are not in mariadb-bin.000004: a restore needs a backup that holds them.',
    ]);
    expect(run.status).toBe(0);
    expect(run.out).toMatch(/^Sent {7}1,042 records, 2\.1 MB, in .* s \(.* records\/s, .*B\/s\)$/m);
    expect(run.out).toMatch(/^Fail-overs 0$/m);
    expect(run.out).toMatch(
      /^Stored {5}up to LSN 25769804188 \(binary log 6, position 412\), on a majority of disks$/m,
    );
    expect(cluster.records.size).toBe(RECORDS);
    await expectAllStored();
  });

  it('sends nothing the second time', async () => {
    await send();
    const before = cluster.requests.length;
    const run = await send();
    expect(run.status).toBe(0);
    expect(run.out).toContain('Sent       0 records');
    expect(run.out).toContain('Skipped    2 whole files and 5 records, 2.1 MB: stored already');
    expect(cluster.requests.slice(before).filter(({ path }) => path === WRITE)).toEqual([]);
  });

  it('goes on where it was interrupted, and Ctrl-C waits for what is on its way', async () => {
    const running = start([directory, '-to', cluster.urls.join(','), '-api-key', 'secret', '-window', '8']);
    cluster.treat = () => {
      if (cluster.records.size === 400) running.interrupt();
      return 'serve';
    };
    const first = await running.ended;
    expect(first.status).toBe(1);
    expect(first.err).toContain('Stopping after the records that are on their way.');
    expect(first.err).toContain('Interrupted. The same command goes on from here.');
    const stored = cluster.records.size;
    expect(stored).toBeGreaterThanOrEqual(400);
    expect(stored).toBeLessThan(420);
    expect(first.out).toContain(`Sent       ${stored} records`);

    cluster.treat = () => 'serve';
    const second = await send();
    expect(second.status).toBe(0);
    expect(second.out).toContain(`Sent       ${RECORDS - stored} records`);
    expect(second.out).toContain(`Skipped    ${stored} records`);
    await expectAllStored();
  });

  it('goes on through a fail-over', async () => {
    cluster.treat = () => {
      if (cluster.records.size === 300 && cluster.leader === 0) {
        cluster.leader = 2;
        void cluster.kill(0);
      }
      return 'serve';
    };
    const run = await send();
    expect([run.status, run.err]).toEqual([0, expect.not.stringContaining('Gave up')]);
    expect(run.out).toMatch(/^Fail-overs 1$/m);
    await expectAllStored();
  });

  it('draws a bar on a terminal', async () => {
    cluster.treat = ({ path }) => (path === WRITE && cluster.records.size === 500 ? 'dropAfter' : 'serve');
    const args = [directory, '-to', cluster.urls.join(',')];
    const run = await start(args, { tty: true, environment: { SAFEKEEPER_API_KEY: 'secret' } }).ended;
    expect(run.status).toBe(0);
    expect(run.drawn).toContainEqual(
      expect.stringMatching(/^\[#*\.+\] \d+ %, .* records, .* of 2\.1 MB, .*\/s, .* left$/),
    );
    expect(run.drawn.at(-1)).toBe('');
  });

  it('leaves a torn tail out and says so, and sends it when it is whole', async () => {
    await truncate(join(directory, 'mariadb-bin.000006'), 400);
    const torn = await send();
    expect(torn.status).toBe(0);
    expect(torn.err).toContain('mariadb-bin.000006 ends in the middle of an event: 11 bytes from 389 on are left out.');
    await cp(join(TESTDATA, 'mariadb-bin.000006'), join(directory, 'mariadb-bin.000006'));
    expect((await send()).out).toContain('Sent       1 record,');
    await expectAllStored();
  });
});

describe('what goes wrong is said, with status 1', () => {
  it('a wrong key', async () => {
    const run = await start([directory, '-to', cluster.urls.join(','), '-api-key', 'wrong']).ended;
    expect([run.status, run.err]).toEqual([1, expect.stringContaining('(-api-key KEY, or SAFEKEEPER_API_KEY)')]);
  });

  it('no quorum: it says that it retries and for how long, then gives up', async () => {
    cluster.leader = undefined;
    const run = await send('-timeout', '2s');
    expect(run.status).toBe(1);
    expect(run.err).toContain('No answer from a quorum. Retrying, for up to 2.0 s without progress. No leader yet.');
    expect(run.err).toContain('Gave up asking for the latest LSN after 2 s without success.');
  });

  it('a quorum that is lost on the way', async () => {
    cluster.treat = () => {
      if (cluster.records.size === 300) cluster.leader = undefined;
      return 'serve';
    };
    const run = await send('-timeout=2s');
    expect(run.status).toBe(1);
    expect(run.err).toContain('Gave up writing from LSN');
    expect(run.out).toContain('Sent       300 records');
  });

  it('another history', async () => {
    await send();
    const last = [...cluster.records.keys()].at(-1) ?? 0n;
    cluster.records.set(last, { base64: 'AAAA', spaceId: undefined, pageNo: undefined });
    const run = await send();
    expect(run.status).toBe(1);
    expect(run.err).toContain(
      "position 412 of mariadb-bin.000006 is stored with other bytes. These files do not continue what is stored: another server's log?",
    );
  });

  it('another writer', async () => {
    cluster.treat = () => {
      if (cluster.records.size === 300) cluster.latestLsn += 1n;
      return 'serve';
    };
    const run = await send();
    expect([run.status, run.err]).toEqual([
      1,
      expect.stringContaining('Somebody else writes to these safekeepers too.'),
    ]);
  });

  it('no directory, a file instead, no logs in it', async () => {
    const to = ['-to', cluster.urls.join(',')];
    expect((await start(['/does/not/exist', ...to]).ended).err).toContain('There is no directory /does/not/exist');
    expect((await start([join(directory, 'mariadb-bin.000004'), ...to]).ended).err).toContain('is a file.');
    const empty = await start([fileURLToPath(new URL('.', import.meta.url)), ...to]).ended;
    expect([empty.status, empty.err]).toEqual([1, expect.stringContaining('holds no binary log')]);
  });
});

describe('usage', () => {
  it.each<[string, string[]]>([
    ['Which directory', ['-to', 'http://localhost:1']],
    ['One directory', ['a', 'b', '-to', 'http://localhost:1']],
    ['Send it where', ['a']],
    ['-to: "localhost:1" is not the address', ['a', '-to', 'localhost:1']],
    ['-window takes 1 to 1024', ['a', '-to', 'http://localhost:1', '-window=0']],
    ['-generation is not negative', ['a', '-to', 'http://localhost:1', '-generation=-1']],
    ['-follow is not there yet', ['a', '-to', 'http://localhost:1', '-follow']],
    ['no flag -windw', ['a', '-windw', '5']],
  ])('refuses with status 2: %s', async (sentence, args) => {
    const run = await start(args).ended;
    expect([run.status, run.err]).toEqual([2, expect.stringContaining(sentence)]);
  });

  it('takes -follow no, and explains itself', async () => {
    expect((await start(['/nowhere', '-to', 'http://localhost:1', '-follow=no']).ended).status).toBe(1);
    const help = await start(['--help']).ended;
    expect([help.status, help.out]).toEqual([0, expect.stringContaining('safekeeper send DIRECTORY -to URL,URL,URL')]);
  });
});
