import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { checkImports } from './check_imports.ts';
import { checkPurity } from './check_purity.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const trees: string[] = [];

/** A project of these files, with this repository's package.json and node_modules, gone after the test. */
function tree(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'safekeeper-architecture-'));
  trees.push(root);
  for (const name of ['package.json', 'node_modules']) symlinkSync(join(REPOSITORY, name), join(root, name));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

afterEach(() => {
  for (const root of trees.splice(0)) rmSync(root, { recursive: true });
});

const EMPTY = 'export const thing = 1;\nexport type Thing = number;\n';

describe('imports', () => {
  async function violations(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
    return (await checkImports(tree(files))).violations;
  }

  it('follows every arrow of the Rooms table', async () => {
    const files = {
      'engine/index.ts': "export { thing } from './part.ts';",
      'engine/part.ts': EMPTY,
      'engine/part.test.ts': "import 'node:fs'; import 'vitest'; import 'fast-check'; import './part.ts';",
      'engine/replica/testing/cluster.ts': "import 'node:fs'; import 'fast-check'; export const cluster = 1;",
      'engine/replica/elect.test.ts': "import './testing/cluster.ts';",
      'sim/index.ts': "import 'seedrandom'; export { thing } from '../engine/index.ts';",
      'sim/index.test.ts': "import 'node:fs'; import 'vitest'; import 'fast-check'; import './index.ts';",
      'scenarios/index.ts':
        "import 'fast-check'; import '../engine/index.ts'; export { thing } from '../sim/index.ts';",
      'client/index.ts': "import 'node:crypto'; export const thing = 1;",
      'mariadb/index.ts': "import 'lossless-json'; export { thing } from '../client/index.ts';",
      'server/index.ts':
        "import 'node:http'; import 'hono'; import 'undici'; export { thing } from '../engine/index.ts';",
      'server/cli/main.ts': "import '../index.ts'; await import('../../sim/index.ts'); import '../../client/index.ts';",
      'reports/page.ts': "import '../scenarios/index.ts'; import '../sim/index.ts';",
      'bench/all.ts': "import '../server/index.ts'; import '../client/index.ts';",
      'vitest.config.ts': "import 'vitest/config';",
    };
    const report = await checkImports(tree(files));
    expect(report).toEqual({ violations: [], modulesChecked: Object.keys(files).length });
  });

  it.each([
    ['engine imports node:', { 'engine/a.ts': "import 'node:fs';" }, 'engine/a.ts → fs: engine imports only'],
    ['engine imports a package', { 'engine/a.ts': "import 'hono';" }, 'engine imports only itself'],
    ['engine imports sim', { 'engine/a.ts': "import '../sim/b.ts';" }, 'engine/a.ts → sim/b.ts: engine imports only'],
    [
      'engine imports a type of sim',
      { 'engine/a.ts': "import type { Thing } from '../sim/b.ts';" },
      'sim/b.ts: engine',
    ],
    [
      'engine names a type of sim',
      { 'engine/a.ts': "export type A = import('../sim/b.ts').Thing;" },
      'sim/b.ts: engine',
    ],
    ['engine passes on sim', { 'engine/a.ts': "export { thing } from '../sim/b.ts';" }, 'sim/b.ts: engine'],
    ['a test in engine imports sim', { 'engine/a.test.ts': "import '../sim/b.ts';" }, 'a test in engine imports only'],
    ['a test in engine imports hono', { 'engine/a.test.ts': "import 'hono';" }, 'a test in engine imports only'],
    ['sim imports node:', { 'sim/a.ts': "import 'node:path';" }, 'sim imports only itself, engine, seedrandom'],
    ['sim imports fast-check', { 'sim/a.ts': "import 'fast-check';" }, 'sim imports only'],
    ['sim imports scenarios', { 'sim/a.ts': "import '../scenarios/b.ts';" }, 'sim imports only'],
    ['scenarios imports server', { 'scenarios/a.ts': "import '../server/b.ts';" }, 'scenarios imports only'],
    ['server imports sim', { 'server/a.ts': "import '../sim/b.ts';" }, 'server imports only'],
    ['server imports client', { 'server/a.ts': "import '../client/b.ts';" }, 'server imports only'],
    [
      'client imports engine',
      { 'client/a.ts': "import '../engine/b.ts';" },
      'client/a.ts → engine/b.ts: client imports',
    ],
    ['mariadb imports engine', { 'mariadb/a.ts': "import '../engine/b.ts';" }, 'mariadb imports only'],
    ['server/cli imports tools', { 'server/cli/a.ts': "import '../../tools/b.ts';" }, 'server/cli imports only'],
    ['code imports a test', { 'sim/a.ts': "import './b.test.ts';" }, 'nothing imports a test'],
    [
      'code imports testing/',
      { 'sim/a.ts': "import './testing/b.ts';", 'sim/testing/b.ts': EMPTY },
      'only tests import testing/',
    ],
    [
      'testing/ imports another room',
      { 'engine/testing/a.ts': "import '../../sim/b.ts';" },
      'a test in engine imports only',
    ],
    ['code imports vitest', { 'server/a.ts': "import 'vitest';" }, 'shipped code imports no development package'],
    ['a package nobody declared', { 'server/a.ts': "import 'acorn';" }, 'packages are declared in package.json'],
    ['an import to nowhere', { 'server/a.ts': "import './gone.ts';" }, 'imports lead somewhere'],
    ['an engine file of the package itself', { 'engine/a.ts': "import 'safekeeper/engine';" }, 'engine/a.ts → '],
    ['a folder that is no room', { 'attic/a.ts': EMPTY }, 'attic/a.ts: stands in no room'],
  ])('fails when %s', async (_, files: Readonly<Record<string, string>>, complaint) => {
    const room = (name: string) => ({ [`${name}/b.ts`]: EMPTY, [`${name}/b.test.ts`]: EMPTY });
    const others = ['engine', 'sim', 'scenarios', 'server', 'client', 'tools'].map(room);
    const found = await violations(Object.assign({}, ...others, files));
    expect(found.join('\n')).toContain(complaint);
  });

  it('fails on a cycle, also one of types only', async () => {
    const cycle = {
      'engine/a.ts': "import type { B } from './b.ts'; export type A = B;",
      'engine/b.ts': "import type { C } from './c.ts'; export type B = C;",
      'engine/c.ts': "import type { A } from './a.ts'; export type C = A;",
    };
    expect((await violations(cycle)).join('\n')).toContain('no circular imports');
  });

  it('fails when nothing was checked', async () => {
    expect(await violations({})).toEqual(['found no TypeScript files']);
  });

  it('counts this repository’s own files', async () => {
    const report = await checkImports(REPOSITORY);
    expect(report.modulesChecked).toBeGreaterThan(8);
    expect(report.violations.filter((violation) => violation.includes('did not read'))).toEqual([]);
  });
});

describe('purity', () => {
  function violations(text: string, path = 'engine/a.ts'): readonly string[] {
    return checkPurity(tree({ [path]: `${text}\nexport {};\n` })).violations;
  }

  it.each([
    'export const now = Date.now();',
    'export const now = new Date();',
    'export function later(when: Date): void {}',
    'export const random = Math.random();',
    'export const { random } = Math;',
    "export const random = Math['random']();",
    'const math = Math; export const random = math.random();',
    ...['log', 'exp', 'pow', 'sin', 'cos', 'tan', 'sqrt', 'cbrt', 'hypot', 'atan2', 'log2', 'sinh', 'expm1'].map(
      (name) => `export const result = Math.${name}(1, 2);`,
    ),
    'export async function later(): Promise<void> {}',
    'export const later = async () => 1;',
    'export const later = { async method() { return 1; } };',
    'export async function later(work: PromiseLike<void>) { await work; }',
    'export async function* all(many: AsyncIterable<number>) { for await (const one of many) yield one; }',
    'export const later = Promise.resolve();',
    'export type Later = Promise<void>;',
    "export const other = import('./b.ts');",
    'export const here = import.meta.url;',
    'setTimeout(() => {}, 1);',
    'setInterval(() => {}, 1);',
    'setImmediate(() => {});',
    'queueMicrotask(() => {});',
    'export const now = performance.now();',
    'export const now = process.hrtime();',
    "console.log('hello');",
    'export const all = { console };',
    'export const all = globalThis;',
    "export const now = (globalThis as Record<string, unknown>)['Date'];",
    'export const id = crypto.randomUUID();',
    'export const format = new Intl.NumberFormat();',
    'export const text = (5).toLocaleString();',
    "export const text = (5)['toLocaleString']();",
    "export const text = 'A'.toLocaleLowerCase();",
    "export const order = 'a'.localeCompare('b');",
    "export const { localeCompare } = 'a';",
    "export const text = 'a'.normalize();",
    'export const trace = new Error().stack;',
    "export const bytes = new TextEncoder().encode('a');",
    'export const text = new TextDecoder().decode(new Uint8Array());',
    'export const bytes = Buffer.alloc(1);',
    'export const copy = structuredClone({});',
    "export const code = eval('1');",
    "export const code = new Function('return 1');",
    'declare function setTimeout(run: () => void): void; setTimeout(() => {});',
    'declare global { var clock: number } export const now = clock;',
    'export class Mine extends Promise<void> {}',
    'export const kept = new WeakRef({});',
    'export const shared = new SharedArrayBuffer(1);',
  ])('engine may not: %s', (text) => {
    const found = violations(text);
    expect(found.length, 'number of violations').toBeGreaterThan(0);
    expect(found[0]).toMatch(/^engine\/a\.ts:1:\d+: /);
  });

  it.each([
    'export const half = Math.floor(5 / 2) + Math.imul(2, 3) + Math.max(1, 2);',
    'export const random = (state: { random: number }) => state.random;',
    'export function step(Date: number, process: number) { return Date + process; }',
    'const performance = { now: 1 }; export const now = performance.now;',
    'declare const brand: unique symbol; export type Term = number & { readonly [brand]: "Term" };',
    'export class Refused extends Error { override readonly name = "Refused"; }',
    'export const map: ReadonlyMap<string, Readonly<{ at?: bigint }>> = new Map(); export const none = undefined;',
    'export function normalize(parts: { stack: number; normalize(): void }) { parts.normalize(); return parts.stack; }',
    'export function* count(): Iterable<number> { outer: for (;;) { yield NaN; break outer; } }',
    'export const kinds = ["a", "b"] as const satisfies readonly string[];',
    'export type Pair = readonly [first: number, second?: string]; export const pair: Pair = [1];',
    'const process = 1; export const wrapped = { process };',
    'export const bytes = new Uint8Array(8); new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, 5n));',
    'export { missing } from "./missing.ts"; import { gone } from "./gone.ts"; export const kept = gone(1);',
  ])('engine may: %s', (text) => {
    expect(violations(text)).toEqual([]);
  });

  it('holds sim to the same, except for promises', () => {
    expect(violations('export async function run(): Promise<void> { await run(); }', 'sim/a.ts')).toEqual([]);
    expect(violations('export const now = Date.now();', 'sim/a.ts')).toHaveLength(1);
    expect(violations('export const random = Math.random();', 'sim/a.ts')).toHaveLength(1);
  });

  it('leaves tests and other rooms alone', () => {
    expect(violations('export const now = Date.now();', 'engine/a.test.ts')).toEqual([]);
    expect(violations('export const now = Date.now();', 'engine/testing/a.ts')).toEqual([]);
    expect(violations('export const now = Date.now();', 'server/a.ts')).toEqual([]);
  });

  it('says how many files it read', () => {
    expect(checkPurity(tree({ 'engine/a.ts': EMPTY, 'sim/b.ts': EMPTY, 'client/c.ts': EMPTY })).filesChecked).toBe(2);
  });
});
