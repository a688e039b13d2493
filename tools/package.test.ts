import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const REPOSITORY = resolve(import.meta.dirname, '..');

interface Manifest {
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
}

interface LockFile {
  readonly packages: Readonly<
    Record<string, { readonly version?: string; readonly resolved?: string; readonly optionalDependencies?: object }>
  >;
}

function read<T>(path: string): T {
  return JSON.parse(readFileSync(resolve(REPOSITORY, path), 'utf8')) as T;
}

/** The TypeScript file that a path below dist/ is compiled from. */
function sourceOf(compiled: string): string {
  return resolve(REPOSITORY, compiled.replace(/^(\.\/)?dist\//, '').replace(/(\.d\.ts|\.js)$/, '.ts'));
}

describe('package.json', () => {
  const manifest = read<Manifest>('package.json');

  it.each(Object.entries(manifest.exports).filter(([, target]) => typeof target !== 'string'))(
    'exports %s from a room that exists',
    (_, target) => {
      if (typeof target === 'string') return;
      expect(target.types).toBe(target.default.replace(/\.js$/, '.d.ts'));
      expect(existsSync(sourceOf(target.default))).toBe(true);
    },
  );

  it('has an executable that starts by itself', () => {
    const main = readFileSync(sourceOf(manifest.bin['safekeeper'] ?? ''), 'utf8');
    expect(main.startsWith('#!/usr/bin/env node\n')).toBe(true);
  });
});

describe('package-lock.json', () => {
  const { packages } = read<LockFile>('package-lock.json');

  it('names no registry, so that it installs from any mirror', () => {
    expect(Object.keys(packages).filter((path) => packages[path]?.resolved !== undefined)).toEqual([]);
  });

  it('holds the packages of every platform: npm leaves out those the registry did not have, and then npm ci fails', () => {
    const optional = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
    const locked = Object.keys(packages).map((path) => path.slice(path.lastIndexOf('node_modules/') + 13));
    expect(optional.filter((name) => !locked.includes(name))).toEqual([]);
  });
});
