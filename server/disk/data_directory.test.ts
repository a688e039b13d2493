import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DataDirectoryError, listDataDirectory, prepareDataDirectory } from './data_directory.ts';

let root: string;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'safekeeper-data-'));
});
afterEach(() => fs.rmSync(root, { recursive: true }));

test('creates what is missing, however deep, and leaves what is there', () => {
  const directory = path.join(root, 'a/b/c');
  prepareDataDirectory(directory);
  fs.writeFileSync(path.join(directory, 'wal/wal_7'), '1234');
  prepareDataDirectory(directory);
  expect(fs.readdirSync(directory).sort()).toEqual(['control', 'identifiers', 'wal']);
});

test("lists files with their sizes, one level deep, without what is not the engine's", () => {
  prepareDataDirectory(root);
  fs.writeFileSync(path.join(root, 'wal/wal_7'), '1234');
  fs.writeFileSync(path.join(root, 'identity'), '12');
  fs.writeFileSync(path.join(root, 'LOCK'), 'x');
  fs.writeFileSync(path.join(root, 'LOCK.123'), 'x');
  fs.mkdirSync(path.join(root, 'lost+found'));
  fs.mkdirSync(path.join(root, 'wal/subdirectory'));
  const found = listDataDirectory(root);
  expect([...found].sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
    { name: 'identity', size: 2 },
    { name: 'wal/wal_7', size: 4 },
  ]);
});

test('a file in the way is refused with what to do', () => {
  const file = path.join(root, 'file');
  fs.writeFileSync(file, '');
  expect(() => prepareDataDirectory(file)).toThrow(DataDirectoryError);
  expect(() => prepareDataDirectory(file)).toThrow('is not a directory. Name another place');
  expect(() => prepareDataDirectory(path.join(file, 'below'))).toThrow('not a directory');
});

test('a place that cannot be written is refused', () => {
  expect(() => prepareDataDirectory('/proc/safekeeper')).toThrow(DataDirectoryError);
});
