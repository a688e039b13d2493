import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const FOLDERS_WITHOUT_SOURCE = new Set(['node_modules', 'dist', 'coverage']);

/** All TypeScript files below `root` as sorted paths relative to it, `/` between folders; generated and hidden folders are left out. */
export function sourceFiles(root: string): readonly string[] {
  const found: string[] = [];
  collect(root, '', found);
  return found.sort();
}

function collect(root: string, folder: string, found: string[]): void {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (entry.name.startsWith('.') || FOLDERS_WITHOUT_SOURCE.has(entry.name) || path === 'reports/out') continue;
      collect(root, path, found);
    } else if (/\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts')) {
      found.push(path);
    }
  }
}

/** Whether this is a test, or lies in a `testing/` folder: the help that tests share. Both may import more than their room does. */
export function isTestFile(path: string): boolean {
  return path.endsWith('.test.ts') || path.includes('/testing/');
}
