import fs from 'node:fs';
import path from 'node:path';
import type { FoundFile } from '../../engine/index.ts';

/** The directories the engine writes into; they exist, durably, before it starts. */
const SUBDIRECTORIES = ['wal', 'identifiers', 'control'] as const;

/** Held by the running process: see lock.ts. Neither it nor its drafts (`LOCK.<pid>`) are the engine's. */
export const LOCK_FILE = 'LOCK';

/** The data directory cannot be used; the sentence says why and what to do. */
export class DataDirectoryError extends Error {
  override readonly name = 'DataDirectoryError';
}

/**
 * Creates the data directory and its three subdirectories where they are missing, and syncs every directory that gained
 * an entry, so that a file synced into them later cannot lose its way to the root.
 *
 * @throws DataDirectoryError when it is a file, cannot be created or cannot be written.
 */
export function prepareDataDirectory(directory: string): void {
  try {
    createDurably(directory);
    for (const name of SUBDIRECTORIES) createDurably(path.join(directory, name));
    fs.accessSync(directory, fs.constants.R_OK | fs.constants.W_OK | fs.constants.X_OK);
  } catch (error) {
    throw new DataDirectoryError(explain(directory, error));
  }
}

/**
 * Everything the engine may have left below the data directory: regular files, with their sizes in bytes, at the top
 * and in the three subdirectories.
 */
export function listDataDirectory(directory: string): readonly FoundFile[] {
  const found: FoundFile[] = [];
  for (const below of ['', ...SUBDIRECTORIES]) {
    for (const entry of fs.readdirSync(path.join(directory, below), { withFileTypes: true })) {
      const name = below === '' ? entry.name : `${below}/${entry.name}`;
      if (!entry.isFile() || name === LOCK_FILE || name.startsWith(`${LOCK_FILE}.`)) continue;
      found.push({ name, size: fs.statSync(path.join(directory, name)).size });
    }
  }
  return found;
}

function createDurably(directory: string): void {
  if (fs.existsSync(directory)) {
    if (fs.statSync(directory).isDirectory()) return;
    throw Object.assign(new Error('not a directory'), { code: 'ENOTDIR', path: directory });
  }
  const parent = path.dirname(directory);
  createDurably(parent);
  fs.mkdirSync(directory, { mode: 0o700 });
  syncDirectoryNow(directory);
  syncDirectoryNow(parent);
}

function syncDirectoryNow(directory: string): void {
  const fd = fs.openSync(directory, fs.constants.O_RDONLY);
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}

function explain(directory: string, error: unknown): string {
  const { code, path: at = directory, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOTDIR':
    case 'EEXIST':
      return `-data-dir ${directory}: ${at} is not a directory. Name another place, or move that file away.`;
    case 'EACCES':
    case 'EPERM':
      return `-data-dir ${directory}: ${at} may not be written by this user. Give it to the user, or name another place.`;
    case 'EROFS':
      return `-data-dir ${directory} is on a read-only file system. Name a place that can be written.`;
    case 'ENOSPC':
    case 'EDQUOT':
      return `-data-dir ${directory}: no space is left to create ${at}. Free some, or name another place.`;
    default:
      return `-data-dir ${directory} cannot be used: ${message}.`;
  }
}
