import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { SERVE_FLAGS } from '../options/serve_flags.ts';
import type { Flags } from './flags.ts';
import { CONNECT_FLAGS } from './mariadb/connect.ts';

const FOLDER = new URL('../../docs/deploy/', import.meta.url);
const textOf = (name: string) => readFileSync(new URL(name, FOLDER), 'utf8');
const variablesOf = (flags: Flags) => new Set(Object.values(flags).map(({ environment }) => environment));
const OF_A_REPLICA = variablesOf(SERVE_FLAGS);
const OF_A_CONNECTOR = variablesOf(CONNECT_FLAGS);

describe('the files in docs/deploy', () => {
  test.each(readdirSync(FOLDER))('%s sets no variable that what it starts does not read', (name) => {
    const text = textOf(name);
    const known = text.includes('safekeeper mariadb connect') ? OF_A_CONNECTOR : OF_A_REPLICA;
    const named = text.match(/SAFEKEEPER_[A-Z_]+/g) ?? [];
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
