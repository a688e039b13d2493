import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DiskOperation } from '../../engine/index.ts';
import { Disk, type DiskOutcome } from './disk.ts';

let directory: string;
let disk: Disk;

beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'safekeeper-disk-'));
  fs.mkdirSync(path.join(directory, 'wal'));
  disk = new Disk(directory);
});
afterEach(() => {
  disk.close();
  fs.rmSync(directory, { recursive: true });
});

const run = (...stages: DiskOperation[][]) =>
  new Promise<DiskOutcome>((resolve) => {
    disk.run({ kind: 'disk', id: 1, stages }, resolve);
  });
const bytes = (text: string) => new TextEncoder().encode(text);
const content = (file: string) => fs.readFileSync(path.join(directory, file), 'utf8');
const texts = (outcome: DiskOutcome) =>
  outcome.ok ? outcome.reads.map((read) => new TextDecoder().decode(read)) : outcome;

test('writes chunks in order at the offset, syncs, and reads back', async () => {
  const outcome = await run(
    [{ op: 'write', file: 'wal/wal_1', offset: 2, chunks: [bytes('ab'), bytes(''), bytes('cde')] }],
    [
      { op: 'sync', file: 'wal/wal_1' },
      { op: 'syncDirectory', directory: 'wal' },
    ],
    [{ op: 'syncDirectory', directory: '' }],
    [{ op: 'read', file: 'wal/wal_1', offset: 2, length: 3 }],
  );
  expect(texts(outcome)).toEqual(['abc']);
  expect(content('wal/wal_1')).toBe('\0\0abcde');
});

test('reads of one effect come in their order, short at the end of the file, empty beyond it or without a file', async () => {
  fs.writeFileSync(path.join(directory, 'a'), 'hello');
  fs.writeFileSync(path.join(directory, 'b'), 'world');
  const outcome = await run(
    [
      { op: 'read', file: 'a', offset: 3, length: 1_000_000 },
      { op: 'read', file: 'missing', offset: 0, length: 10 },
      { op: 'read', file: 'b', offset: 0, length: 2 },
    ],
    [{ op: 'read', file: 'b', offset: 77, length: 2 }],
  );
  expect(texts(outcome)).toEqual(['lo', '', 'wo', '']);
  // A read must not keep a larger buffer alive.
  if (outcome.ok) expect(outcome.reads.map((read) => read.buffer.byteLength)).toEqual([2, 0, 2, 0]);
});

test('after a rename the name means the new file, even when the old one was open', async () => {
  await run([{ op: 'write', file: 'term', offset: 0, chunks: [bytes('old')] }]);
  await run(
    [{ op: 'write', file: 'term.new', offset: 0, chunks: [bytes('new')] }],
    [{ op: 'sync', file: 'term.new' }],
    [{ op: 'rename', from: 'term.new', to: 'term' }],
    [{ op: 'syncDirectory', directory: '' }],
  );
  expect(texts(await run([{ op: 'read', file: 'term', offset: 0, length: 9 }]))).toEqual(['new']);
  await run([{ op: 'write', file: 'term', offset: 0, chunks: [bytes('N')] }]);
  expect(content('term')).toBe('New');
});

test('after a removal the name means nothing, and a write begins a new file', async () => {
  await run([{ op: 'write', file: 'f', offset: 0, chunks: [bytes('old content')] }]);
  await run([{ op: 'remove', file: 'f' }]);
  expect(texts(await run([{ op: 'read', file: 'f', offset: 0, length: 9 }]))).toEqual(['']);
  await run([{ op: 'write', file: 'f', offset: 0, chunks: [bytes('new')] }]);
  expect(content('f')).toBe('new');
  expect(await run([{ op: 'remove', file: 'never-there' }])).toMatchObject({ ok: true });
});

test('truncation cuts an open file, and creates one where there is none', async () => {
  await run([{ op: 'truncate', file: 'created', size: 3 }]);
  expect(content('created')).toBe('\0\0\0');
  await run([{ op: 'write', file: 'f', offset: 0, chunks: [bytes('abcdef')] }]);
  await run([{ op: 'truncate', file: 'f', size: 2 }]);
  expect(content('f')).toBe('ab');
});

test('two operations of one stage on a file nobody has opened yet', async () => {
  const outcome = await run([
    { op: 'write', file: 'f', offset: 0, chunks: [bytes('aa')] },
    { op: 'write', file: 'f', offset: 2, chunks: [bytes('bb')] },
  ]);
  expect(outcome.ok).toBe(true);
  expect(content('f')).toBe('aabb');
});

test('many more files than may be open', async () => {
  const files = Array.from({ length: 300 }, (_, number) => `wal/wal_${number}`);
  await run(files.map((file) => ({ op: 'write', file, offset: 0, chunks: [bytes(file)] })));
  expect(fs.readdirSync(`/proc/self/fd`).length).toBeLessThan(250);
  const outcome = await run(files.map((file) => ({ op: 'read', file, offset: 0, length: 99 })));
  expect(texts(outcome)).toEqual(files);
});

test('thousands of chunks in one write, more than the system takes at once', async () => {
  const chunks = Array.from({ length: 5_000 }, (_, number) => bytes(`${number};`));
  await run([{ op: 'write', file: 'f', offset: 0, chunks }]);
  expect(content('f')).toBe(Array.from({ length: 5_000 }, (_, number) => `${number};`).join(''));
});

describe('failures', () => {
  test('no space left is "full", and no further stage runs', async () => {
    fs.symlinkSync('/dev/full', path.join(directory, 'wal/wal_1'));
    const outcome = await run(
      [{ op: 'write', file: 'wal/wal_1', offset: 7, chunks: [bytes('x')] }],
      [{ op: 'write', file: 'later', offset: 0, chunks: [bytes('x')] }],
    );
    expect(outcome).toMatchObject({ ok: false, failure: 'full' });
    if (!outcome.ok) expect(outcome.reason).toMatch(/^write wal\/wal_1 at 7: ENOSPC/);
    expect(fs.existsSync(path.join(directory, 'later'))).toBe(false);
  });

  test('anything else is "io", with the operation and the system\'s words', async () => {
    expect(await run([{ op: 'sync', file: 'missing' }])).toMatchObject({
      ok: false,
      failure: 'io',
      reason: expect.stringMatching(/^sync missing: ENOENT/),
    });
    expect(await run([{ op: 'rename', from: 'missing', to: 'x' }])).toMatchObject({ ok: false });
    expect(await run([{ op: 'syncDirectory', directory: 'missing' }])).toMatchObject({ ok: false });
  });

  test('the other operations of the stage have ended when the failure is told', async () => {
    const outcome = await run([
      { op: 'sync', file: 'missing' },
      { op: 'write', file: 'beside', offset: 0, chunks: [bytes('written')] },
    ]);
    expect(outcome.ok).toBe(false);
    expect(content('beside')).toBe('written');
  });
});

test('an effect without stages is done', async () => {
  expect(await run()).toEqual({ ok: true, reads: [] });
  expect(await run([])).toEqual({ ok: true, reads: [] });
});
