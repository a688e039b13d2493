import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { livenessOf, parseHolder, thisProcess } from './holder.ts';
import { lockDirectory } from './lock.ts';

let directory: string;
beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'safekeeper-lock-'));
});
afterEach(() => fs.rmSync(directory, { recursive: true }));

const lockFile = () => path.join(directory, 'LOCK');

test('holds the directory until released, and says who holds it', async () => {
  const lock = await lockDirectory(directory);
  expect(parseHolder(fs.readFileSync(lockFile(), 'utf8'))?.pid).toBe(process.pid);
  await expect(lockDirectory(directory)).rejects.toThrow(`in use by process ${process.pid}`);
  expect(fs.readdirSync(directory)).toEqual(['LOCK']);
  lock.release();
  expect(fs.existsSync(lockFile())).toBe(false);
  (await lockDirectory(directory)).release();
});

test('of many at once exactly one wins', async () => {
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => lockDirectory(directory)));
  const winners = outcomes.filter((outcome) => outcome.status === 'fulfilled');
  expect(winners).toHaveLength(1);
  for (const winner of winners) winner.value.release();
});

test('the lock of a dead process is taken over, also when it died an instant ago', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', '0']);
  fs.writeFileSync(lockFile(), JSON.stringify({ ...thisProcess(), pid, began: '1' }));
  (await lockDirectory(directory)).release();
});

test('a pid that was given to another process since does not hold the directory', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)']);
  try {
    const { pid } = child;
    if (pid === undefined) throw new Error('not started');
    fs.writeFileSync(lockFile(), JSON.stringify({ ...thisProcess(), pid, began: '1' }));
    (await lockDirectory(directory)).release();
    fs.writeFileSync(lockFile(), JSON.stringify({ ...thisProcess(), pid, began: '' }));
    await expect(lockDirectory(directory)).rejects.toThrow(`in use by process ${pid}`);
  } finally {
    child.kill('SIGKILL');
  }
});

test('unreadable content is no lock', async () => {
  fs.writeFileSync(lockFile(), '');
  (await lockDirectory(directory)).release();
});

test('what can be said of a holder', () => {
  const us = thisProcess();
  expect(livenessOf(us)).toBe('alive');
  expect(livenessOf({ ...us, boot: 'before the reboot' })).toBe('dead');
  expect(livenessOf({ ...us, pidNamespace: 'another container' })).toBe('unknown');
  expect(parseHolder('{"pid":-1}')).toBeUndefined();
  expect(parseHolder('junk')).toBeUndefined();
});

test('a holder in another container that touches its lock is alive, one that stopped long ago is not', async () => {
  const foreign = JSON.stringify({ ...thisProcess(), pidNamespace: 'another container' });
  fs.writeFileSync(lockFile(), foreign);
  const touching = setInterval(() => fs.utimesSync(lockFile(), new Date(), new Date()), 50);
  await expect(lockDirectory(directory)).rejects.toThrow('in use by');
  clearInterval(touching);
  fs.utimesSync(lockFile(), new Date(0), new Date(0));
  (await lockDirectory(directory)).release();
});
