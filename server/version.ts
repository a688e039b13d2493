import fs from 'node:fs';
import path from 'node:path';

/** The version in package.json, which lies above this file wherever it was compiled to. */
export const VERSION: string = readVersion(import.meta.dirname);

function readVersion(directory: string): string {
  const file = path.join(directory, 'package.json');
  if (fs.existsSync(file)) {
    const { name, version } = JSON.parse(fs.readFileSync(file, 'utf8')) as { name?: string; version?: string };
    if (name === 'safekeeper' && version !== undefined) return version;
  }
  const parent = path.dirname(directory);
  return parent === directory ? 'unknown' : readVersion(parent);
}
