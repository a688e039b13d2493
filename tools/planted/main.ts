/**
 * Plants each mistake in a copy of the sources and lets the simulator look for it:
 * `npx tsx tools/planted/main.ts [--seeds 200] [--duration 60s] [--only WORDS]`. Fails when one escapes.
 */
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { PLANTED_MISTAKES } from '../../scenarios/planted/index.ts';
import type { PlantedMistake } from '../../scenarios/planted/index.ts';

const top = fileURLToPath(new URL('../../', import.meta.url));
const COPIED = ['engine', 'sim', 'scenarios', 'server', 'client', 'mariadb', 'package.json', 'tsconfig.json'];

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    duration: { type: 'string', default: '60s' },
    only: { type: 'string', default: '' },
  },
});
const { seeds, duration } = values;
const chosen = PLANTED_MISTAKES.filter((mistake) => mistake.name.includes(values.only));
let escaped = 0;
for (const mistake of chosen) {
  const { caughtBy, seedsNeeded } = await hunt(mistake);
  if (seedsNeeded === undefined) escaped += 1;
  const outcome = seedsNeeded === undefined ? `ESCAPED ${seeds} seeds` : `caught by ${caughtBy}, ${seedsNeeded} seeds`;
  process.stdout.write(`${mistake.name}: ${outcome}\n`);
}
process.stdout.write(`${JSON.stringify({ mistakes: chosen.length, escaped })}\n`);
process.exitCode = escaped === 0 ? 0 : 1;

/** How many seeds, from 1 on, it took until a run failed. */
async function hunt(mistake: PlantedMistake): Promise<{ caughtBy?: string; seedsNeeded?: number }> {
  const copy = await mkdtemp(join(tmpdir(), 'safekeeper-planted-'));
  try {
    for (const name of COPIED) await cp(join(top, name), join(copy, name), { recursive: true });
    await symlink(join(top, 'node_modules'), join(copy, 'node_modules'));
    const file = join(copy, mistake.file);
    const source = await readFile(file, 'utf8');
    if (source.split(mistake.find).length !== 2)
      throw new Error(`${mistake.name}: its snippet is not in ${mistake.file}`);
    await writeFile(
      file,
      source.replace(mistake.find, () => mistake.replace),
    );
    const arguments_ = ['--import', 'tsx', join(copy, 'server/cli/main.ts'), 'fuzz'];
    const output = await run(
      process.execPath,
      [...arguments_, '-from', '1', '-seeds', seeds, '-duration', duration],
      copy,
    );
    const summary: unknown = JSON.parse(output.trim().split('\n').at(-1) ?? '{}');
    const failure = firstFailure(summary);
    return failure === undefined ? {} : { caughtBy: failure.property, seedsNeeded: failure.seed };
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

/** The failure of the lowest seed in the last line of `fuzz`. */
function firstFailure(summary: unknown): { seed: number; property: string } | undefined {
  if (typeof summary !== 'object' || summary === null || !('failures' in summary)) return undefined;
  if (!Array.isArray(summary.failures)) return undefined;
  const failures: readonly { seed: number; property: string }[] = summary.failures;
  return [...failures].sort((a, b) => a.seed - b.seed)[0];
}

function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
    child.on('error', reject);
    child.on('close', () => resolve(output));
  });
}
