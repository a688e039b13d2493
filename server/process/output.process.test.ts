import { spawn } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';

const SAFEKEEPER = path.resolve(import.meta.dirname, '../../safekeeper');

/** What a shell says, on both streams. */
function shell(script: string): Promise<{ out: string; err: string }> {
  return new Promise((resolve) => {
    const child = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    child.once('close', () => resolve({ out, err }));
  });
}

const LONG = `${SAFEKEEPER} sim -seed 42 -duration 10s -detail everything`;

test('a slow reader gets all of a long story, with its last line', async () => {
  const { out, err } = await shell(`${LONG} | { read -r first; sleep 3; tail -n 1; }`);
  expect(JSON.parse(out)).toMatchObject({ seed: 42, verdict: 'ok' });
  expect(err).toBe('');
});

test('a reader that has seen enough ends it quietly', async () => {
  const { out, err } = await shell(`${LONG} | head -n 1`);
  expect([out.split('\n').length, err]).toEqual([2, '']);
});
