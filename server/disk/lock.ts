import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DataDirectoryError, LOCK_FILE } from './data_directory.ts';
import { type Holder, livenessOf, parseHolder, thisProcess } from './holder.ts';

/** A live holder touches its LOCK this often; one that was not touched for `STALE_MS` has no live holder. */
const TOUCH_MS = 1_000;
const STALE_MS = 5_000;

export interface DirectoryLock {
  /** Gives the directory back. The process's end does so, too. */
  release(): void;
}

/**
 * Makes this process the only one on a data directory, or refuses.
 *
 * Node offers no flock(2), so two means that cover each other are used:
 *
 * 1. On Linux, an abstract Unix socket named after the directory's device and inode. The kernel lets one process bind
 *    it and frees it the instant that process dies, so there is nothing stale to judge and no race to take over.
 * 2. The file LOCK, created with O_EXCL semantics and content in one step (link(2) of a finished file), holding pid,
 *    start time and boot. It speaks to people, and it covers what the socket does not reach: other systems than Linux,
 *    and containers with a network of their own on the same volume. A holder that is provably dead is replaced; of one
 *    whose pid means nothing here (another container), it is watched whether it still touches the file.
 *
 * @throws DataDirectoryError naming the holder.
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const file = path.join(directory, LOCK_FILE);
  const socket = await bindAbstractSocket(directory);
  if (socket === 'taken') throw heldBy(directory, readHolder(file));
  try {
    await replaceDeadHolder(directory, file);
    createLockFile(directory, file);
  } catch (error) {
    socket?.close();
    throw error;
  }
  const touching = setInterval(() => fs.utimes(file, new Date(), new Date(), () => undefined), TOUCH_MS);
  touching.unref();
  return {
    release() {
      clearInterval(touching);
      fs.rmSync(file, { force: true });
      socket?.close();
    },
  };
}

/** Undefined where there are no abstract sockets. */
async function bindAbstractSocket(directory: string): Promise<net.Server | 'taken' | undefined> {
  if (process.platform !== 'linux') return undefined;
  const { dev, ino } = fs.statSync(directory, { bigint: true });
  const server = net.createServer((connection) => connection.destroy());
  server.unref();
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code === 'EADDRINUSE' ? 'taken' : undefined);
    });
    server.listen(`\0safekeeper:${dev}:${ino}`, () => resolve(server));
  });
}

async function replaceDeadHolder(directory: string, file: string): Promise<void> {
  const holder = readHolder(file);
  if (holder === undefined) {
    // Unreadable content is no lock that this program made: it links LOCK only when it is complete.
    if (fs.existsSync(file)) fs.rmSync(file, { force: true });
    return;
  }
  const liveness = livenessOf(holder);
  if (liveness === 'alive' || (liveness === 'unknown' && (await isTouched(file)))) throw heldBy(directory, holder);
  fs.rmSync(file, { force: true });
}

/** Whether someone touches the file: it is younger than `STALE_MS` and becomes younger still while we look. */
async function isTouched(file: string): Promise<boolean> {
  const touchedAt = (): number => fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const first = touchedAt();
  if (Date.now() - first > STALE_MS) return false;
  for (let waited = 0; waited < STALE_MS; waited += 250) {
    await delay(250);
    if (touchedAt() !== first) return true;
  }
  return false;
}

function createLockFile(directory: string, file: string): void {
  const draft = `${file}.${process.pid}`;
  fs.writeFileSync(draft, `${JSON.stringify(thisProcess())}\n`, { mode: 0o600 });
  try {
    fs.linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw heldBy(directory, readHolder(file));
    throw new DataDirectoryError(`-data-dir ${directory}: ${LOCK_FILE} cannot be created: ${String(error)}.`);
  } finally {
    fs.rmSync(draft, { force: true });
  }
}

function readHolder(file: string): Holder | undefined {
  try {
    return parseHolder(fs.readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function heldBy(directory: string, holder: Holder | undefined): DataDirectoryError {
  const who = holder === undefined ? 'another process' : `process ${holder.pid} on ${holder.host}`;
  return new DataDirectoryError(
    `-data-dir ${directory} is in use by ${who}. Each replica needs a directory of its own: ` +
      'stop that process, or name another directory.',
  );
}
