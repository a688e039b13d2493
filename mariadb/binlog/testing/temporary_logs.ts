import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { BinaryLog } from '../cut_file.ts';

/** A directory with these files, removed when the test ends. */
export async function temporaryDirectory(files: Readonly<Record<string, Uint8Array | string>> = {}): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'binlog-test-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content);
  return directory;
}

/** One log on disk, removed when the test ends. */
export async function temporaryLog(bytes: Uint8Array, number = 1): Promise<BinaryLog> {
  const name = `mariadb-bin.${String(number).padStart(6, '0')}`;
  const directory = await temporaryDirectory({ [name]: bytes });
  return { name, path: join(directory, name), number, sizeBytes: bytes.byteLength };
}
