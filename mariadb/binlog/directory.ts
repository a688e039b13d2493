import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BinaryLog } from './cut_file.ts';
import { BinlogError } from './errors.ts';
import { BINLOG_MAGIC } from './event_check.ts';
import { parseFileName } from './file_name.ts';

export interface BinlogDirectory {
  /** In order of their numbers, without a hole; never empty. */
  readonly logs: readonly BinaryLog[];
  /** What else is there, sorted: the index file, other files, folders. */
  readonly ignored: readonly string[];
}

interface Candidate extends BinaryLog {
  /** `mariadb-bin`. */
  readonly base: string;
}

/**
 * The binary logs in a directory: files named `base.000001` that begin as a binary log does.
 * @throws BinlogError `directory` when there are none, or of two servers, or one in between is missing; and what the file
 * system says.
 */
export async function listBinaryLogs(directory: string): Promise<BinlogDirectory> {
  const names = (await readdir(directory)).sort();
  const candidates: Candidate[] = [];
  const ignored: string[] = [];
  for (const name of names) {
    const candidate = await inspect(directory, name);
    if (candidate === undefined) ignored.push(name);
    else candidates.push(candidate);
  }
  candidates.sort((one, other) => one.number - other.number);
  check(directory, candidates);
  return { logs: candidates, ignored };
}

async function inspect(directory: string, name: string): Promise<Candidate | undefined> {
  const parsed = parseFileName(name);
  if (parsed === undefined) return undefined;
  const { base, number } = parsed;
  const path = join(directory, name);
  const file = await open(path);
  try {
    const stat = await file.stat();
    if (!stat.isFile()) return undefined;
    const { bytesRead, buffer } = await file.read(Buffer.alloc(BINLOG_MAGIC.byteLength), 0, BINLOG_MAGIC.byteLength, 0);
    // A file the server has just created may be empty still.
    const begins = buffer.subarray(0, bytesRead).equals(BINLOG_MAGIC.subarray(0, bytesRead));
    return begins ? { name, path, number, sizeBytes: stat.size, base } : undefined;
  } finally {
    await file.close();
  }
}

function check(directory: string, logs: readonly Candidate[]): void {
  const bases = [...new Set(logs.map(({ base }) => base))];
  if (bases.length === 0) {
    throw new BinlogError(
      'directory',
      `${directory} holds no binary log: no file like mariadb-bin.000001 that begins with fe 62 69 6e.`,
    );
  }
  if (bases.length > 1) {
    throw new BinlogError(
      'directory',
      `${directory} holds logs of ${bases.length} names (${bases.join(', ')}). Give a directory with one server's binary logs.`,
    );
  }
  logs.forEach((log, index) => {
    const before = logs[index - 1];
    if (before === undefined || log.number === before.number + 1) return;
    const what = log.number === before.number ? 'There are two files of that number' : 'The files between are missing';
    throw new BinlogError('directory', `${directory}: after ${before.name} comes ${log.name}. ${what}.`);
  });
}
