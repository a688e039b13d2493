import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TestCluster, TestReplica } from '../testing/cluster.ts';
import { request } from '../testing/http_client.ts';
import { freePortRange, freePorts } from '../testing/ports.ts';
import { ended, run, start } from '../testing/program.ts';
import { waitFor } from '../testing/wait.ts';

let root: string;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'safekeeper-start-'));
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

const port = async () => (await freePorts(1))[0] ?? 0;

describe('the command line', () => {
  test.each([
    [['-prot', '8090'], 2, 'Did you mean -port?'],
    [['-port', 'x'], 2, 'whole number'],
    [['-tls'], 2, '-tls needs a certificate'],
    [['wombat'], 2, 'There is no command wombat'],
    [['clutser'], 2, 'Did you mean cluster?'],
    [['-peers', 'http://localhost:8090'], 2, 'this replica itself'],
    [['-help'], 0, '-replica-id NAME'],
    [['help'], 0, 'safekeeper cluster'],
    [['help', 'cluster'], 0, '-replicas N'],
    [['-version'], 0, 'safekeeper '],
  ])('%j', async (args, status, words) => {
    expect(await run(args)).toEqual({ status, text: expect.stringContaining(words) });
  });

  test('flags from the environment', async () => {
    const environment = { SAFEKEEPER_PORT: '70000' };
    expect(await run([], { environment })).toEqual({
      status: 2,
      text: expect.stringContaining('70000 is out of range'),
    });
  });
});

describe('a start that cannot be', () => {
  test('the port is taken', async () => {
    const server = net.createServer();
    const taken = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as net.AddressInfo).port));
    });
    const answer = await run(['-port', `${taken}`, '-host', '127.0.0.1', '-data-dir', path.join(root, 'data')]);
    expect(answer).toEqual({ status: 1, text: expect.stringContaining(`Port ${taken} is already in use. Stop`) });
    server.close();
    expect(fs.existsSync(path.join(root, 'data/LOCK'))).toBe(false);
  });

  test('the data directory is a file', async () => {
    fs.writeFileSync(path.join(root, 'file'), '');
    const answer = await run(['-port', `${await port()}`, '-data-dir', path.join(root, 'file')]);
    expect(answer).toEqual({ status: 1, text: expect.stringContaining('is not a directory. Name another place') });
  });

  test('another process has the data directory; killed with -9, it leaves it free', async () => {
    const first = new TestReplica('safekeeper-1', await port(), path.join(root, 'data'), []);
    first.start();
    await waitFor('the first', async () => first.metric('state'));
    const args = ['-port', `${await port()}`, '-data-dir', first.directory];
    expect(await run(args)).toEqual({ status: 1, text: expect.stringContaining(`in use by process ${first.pid}`) });
    await first.end('SIGKILL');
    first.start();
    await waitFor('it to lead again', async () => ((await first.metric('state')) === 'leader' ? true : undefined));
    expect(await first.end('SIGTERM')).toBe(0);
    expect(fs.existsSync(path.join(first.directory, 'LOCK'))).toBe(false);
  });

  test('a directory of another replica', async () => {
    const first = new TestReplica('safekeeper-1', await port(), path.join(root, 'data'), []);
    first.start();
    await waitFor('the first', async () => ((await first.metric('state')) === 'leader' ? true : undefined));
    await first.end('SIGTERM');
    const other = new TestReplica('safekeeper-2', first.port, first.directory, []);
    other.start();
    expect(await other.ended()).toBe(1);
    expect(other.lines.join('\n')).toMatch(/needs a person why=.*safekeeper-1/);
  });
});

test('a wrong peer key: neither side is silent about it', async () => {
  const cluster = await TestCluster.prepare(2, ['-peer-key', 'right']);
  const [one, two] = cluster.replicas;
  if (one === undefined || two === undefined) throw new Error('no replicas');
  const wrong = new TestReplica(two.id, two.port, two.directory, ['-peers', one.url, '-peer-key', 'wrong']);
  try {
    one.start();
    wrong.start();
    for (const replica of [one, wrong]) {
      await waitFor(`${replica.id} to tell of it`, () => {
        const text = replica.lines.join('\n');
        const told = /turned a peer request away .*Authentication required/.test(text);
        return told && /a peer refuses our messages .*status=401/.test(text) ? true : undefined;
      });
    }
    const answer = await one.stream('{"lsn":1,"wal_data":""}', { 'x-api-key': 'none' });
    expect(answer.status).toBe(503);
  } finally {
    await Promise.all([one.end('SIGKILL'), wrong.end('SIGKILL')]);
    await cluster.close();
  }
});

test('safekeeper cluster: three replicas, a line to try, Ctrl-C', async () => {
  const first = await freePortRange(3);
  const lines: string[] = [];
  const command = start(['cluster', '-port', `${first}`, '-data-dir', path.join(root, 'data')], lines);
  const end = ended(command);
  try {
    const curl = await waitFor('the introduction', () =>
      lines.find((line) => line.includes('curl') && line.includes('stream_wal')),
    );
    expect(lines.join('\n')).toMatch(/safekeeper-\d leads, at http:\/\/localhost:\d+/);
    const [, url = '', body = ''] = /(http:\S+) -d '(.*)'/.exec(curl) ?? [];
    const answer = await request(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect(answer.text).toBe('{"status":"success","last_applied_lsn":1000}');
    expect(fs.readdirSync(path.join(root, 'data')).sort()).toEqual(['safekeeper-1', 'safekeeper-2', 'safekeeper-3']);
    const victim = Number(/\(process (\d+)\)/.exec(lines.join('\n'))?.[1]);
    process.kill(victim, 'SIGKILL');
    await waitFor('the news of its end', () => lines.find((line) => line.includes('has ended: by SIGKILL')));
    command.kill('SIGINT');
    expect(await end).toBe(0);
    expect(lines.at(-1)).toBe('All replicas have stopped; their data is kept.');
  } finally {
    command.kill('SIGKILL');
  }
});
