import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { SERVE_FLAGS } from './serve_flags.ts';

const FOLDER = new URL('../../docs/deploy/', import.meta.url);
const known = new Set<string>(Object.values(SERVE_FLAGS).map(({ environment }) => environment));
const textOf = (name: string) => readFileSync(new URL(name, FOLDER), 'utf8');

describe('the files in docs/deploy', () => {
  test.each(readdirSync(FOLDER))('%s sets no variable that a replica does not read', (name) => {
    const named = textOf(name).match(/SAFEKEEPER_[A-Z_]+/g) ?? [];
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((variable) => !known.has(variable))).toEqual([]);
  });

  test('each pod of the StatefulSet names the others as its peers', () => {
    const [, block = ''] = /args:\n\s+- \|\n([^]*?)\n {10}livenessProbe/.exec(textOf('kubernetes.yaml')) ?? [];
    const script = block.replace('exec node', 'echo');
    const said = execFileSync('sh', ['-c', script], {
      env: { SAFEKEEPER_REPLICA_ID: 'safekeeper-1' },
      encoding: 'utf8',
    });
    expect(said).toBe(
      'dist/server/cli/main.js -advertise http://safekeeper-1.safekeeper:8090 ' +
        '-peers http://safekeeper-0.safekeeper:8090,http://safekeeper-2.safekeeper:8090\n',
    );
  });
});
