import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const REPOSITORY = resolve(import.meta.dirname, '..');

const WRONG = `
export async function work(): Promise<number> { return 1; }
export async function wrong(kind: 'a' | 'b', value: any, list: readonly string[]): Promise<void> {
  work();
  await list.length;
  if (work()) value(list[0]!.length);
  switch (kind) { case 'a': break; default: break; }
}
`;

/** The rules that need types are the ones that could fall silent: when oxlint-tsgolint is missing or finds no tsconfig.json. */
describe('lint', () => {
  let root = '';
  let output = '';

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'safekeeper-lint-'));
    for (const name of ['.oxlintrc.json', 'tsconfig.json', 'package.json'])
      cpSync(join(REPOSITORY, name), join(root, name));
    symlinkSync(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'));
    mkdirSync(join(root, 'engine'));
    writeFileSync(join(root, 'engine/wrong.ts'), WRONG);
    const oxlint = join(REPOSITORY, 'node_modules/.bin/oxlint');
    output = spawnSync(oxlint, ['--deny-warnings', '--format=unix', 'engine'], { cwd: root, encoding: 'utf8' }).stdout;
  });

  afterAll(() => rmSync(root, { recursive: true }));

  it.each([
    'no-floating-promises',
    'no-misused-promises',
    'await-thenable',
    'switch-exhaustiveness-check',
    'no-explicit-any',
    'no-non-null-assertion',
  ])('%s', (rule) => expect(output).toContain(rule));
});
