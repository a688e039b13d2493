import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { request } from '../testing/http_client.ts';
import { waitFor } from '../testing/wait.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const KEY = 'your-secret-key';

/** A command of the README, and the answer that is shown behind it. */
interface Line {
  readonly command: string;
  readonly answer: string | undefined;
}

const lines: Line[] = [];
for (const [, block = ''] of readFileSync(join(REPOSITORY, 'README.md'), 'utf8').matchAll(/^```sh\n([^]*?)^```$/gm)) {
  const texts = block.trimEnd().split('\n');
  for (const [at, text] of texts.entries()) {
    if (text.startsWith('#')) continue;
    const next = texts[at + 1];
    lines.push({ command: text.replace(/ {2,}#.*$/, ''), answer: next?.startsWith('# ') ? next.slice(2) : undefined });
  }
}
const those = (pattern: RegExp) => lines.filter(({ command }) => pattern.test(command));
const CURLS = those(/^curl /);
const REPLICAS = those(/^\.\/safekeeper -port /);
const COMMANDS = those(/^\.\/safekeeper (?!-port)|^make (fuzz|replay)/);
const MAKES = those(/^make (run|test)/);

let folder: string;
const processes: ChildProcess[] = [];

/** A person's, without what make and vitest add: the Makefile takes settings from variables. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => ['PATH', 'HOME', 'LANG', 'USER', 'TMPDIR'].includes(name)),
);

async function run(command: string, directory = folder): Promise<string> {
  const { stdout } = await promisify(execFile)('sh', ['-c', command], {
    cwd: directory,
    env: environment,
    maxBuffer: 100_000_000,
  });
  return stdout;
}

function start(command: string): ChildProcess {
  const child = spawn('sh', ['-c', `exec ${command}`], { cwd: folder, env: environment, stdio: 'ignore' });
  processes.push(child);
  return child;
}

async function stopAll(): Promise<void> {
  await Promise.all(
    processes.splice(0).map(async (child) => {
      const ended = new Promise((end) => child.once('exit', end));
      child.kill('SIGTERM');
      await ended;
    }),
  );
}

/** Every replica on the ports of the README answers, and one of them leads. */
async function ready(): Promise<void> {
  await waitFor('three replicas', async () => {
    try {
      const asked = [8090, 8091, 8092].map((port) => request(`http://localhost:${port}/api/v1/ping`));
      const texts = (await Promise.all(asked)).map(({ text }) => text);
      return texts.some((text) => text.includes('"leader"')) ? true : undefined;
    } catch {
      return undefined;
    }
  });
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'safekeeper-readme-'));
  symlinkSync(join(REPOSITORY, 'safekeeper'), join(folder, 'safekeeper'));
});
afterAll(async () => {
  await stopAll();
  rmSync(folder, { recursive: true, force: true });
});

it('has no command that is not tried here', () => {
  expect(lines.length).toBeGreaterThan(10);
  const tried = [...CURLS, ...REPLICAS, ...COMMANDS, ...MAKES];
  expect(lines.filter((line) => !tried.includes(line))).toEqual([]);
});

it('says of the two make commands what they do', () => {
  expect(MAKES.map(({ command }) => command)).toEqual(['make run', 'make test']);
  expect(readFileSync(join(REPOSITORY, 'Makefile'), 'utf8')).toMatch(
    /^run: build .*\n\t@exec \.\/safekeeper cluster$/m,
  );
  expect(readFileSync(join(REPOSITORY, '.ci/run'), 'utf8')).toContain("step 'test' tests test");
});

describe('what `make run` starts', () => {
  beforeAll(async () => {
    start('./safekeeper cluster');
    await ready();
  });
  afterAll(stopAll);

  it.each(CURLS)('answers $command', async ({ command, answer }) => {
    if (answer === undefined) {
      expect(JSON.parse(await run(command))).toMatchObject({ status: 'success' });
      return;
    }
    // Another replica hears of it with the next heartbeat; a person types no faster.
    let said = '';
    await waitFor(
      answer,
      async () => ((said = (await run(command)).trimEnd()) === answer ? true : undefined),
      2_000,
    ).catch(() => {
      expect(said).toBe(answer);
    });
  });

  it.each(COMMANDS)(
    'does $command',
    async ({ command }) => {
      // A campaign of the README takes minutes.
      const short = command.replace(/SEEDS=\d+/, 'SEEDS=20');
      const said = await run(short, command.startsWith('make') ? REPOSITORY : folder);
      expect(said).not.toBe('');
      if (/ sim |fuzz|replay/.test(command)) expect(said).toContain('"verdict":"ok"');
    },
    120_000,
  );
});

it('starts three replicas with a key, as it says', async () => {
  expect(REPLICAS).toHaveLength(3);
  for (const { command } of REPLICAS) start(command);
  await ready();
  const url = 'http://localhost:8091/api/v1/stream_wal';
  const write = (headers: Record<string, string>) =>
    request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: '{"lsn":5000,"wal_data":""}',
    });
  expect((await write({})).status).toBe(401);
  expect((await write({ 'x-api-key': KEY })).text).toBe('{"status":"success","last_applied_lsn":5000}');
  await stopAll();
});
