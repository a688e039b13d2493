import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { freePorts } from '../testing/ports.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

/** What a user would write, in JavaScript … */
const PROPERTY = `
import fc from 'fast-check';
import { assertScenario, scenarioArbitrary } from 'safekeeper/scenarios';
import { runScenario, scenarioFromSeed } from 'safekeeper/sim';

const scenarios = scenarioArbitrary({ replicas: 3, durationMs: 2_000 });
fc.assert(fc.property(scenarios, (scenario) => assertScenario(scenario)), { seed: 1, numRuns: 5 });
console.log(runScenario(scenarioFromSeed(42, { durationMs: 1_000 })).verdict);
`;

/** … a property that fails, and what it is shrunk to … */
const FAILING = `
import fc from 'fast-check';
import { scenarioArbitrary } from 'safekeeper/scenarios';

const scenarios = scenarioArbitrary({ replicas: 3, kinds: ['crash', 'cut'] });
const noCrash = fc.property(scenarios, ({ faults }) => faults.every(({ kind }) => kind !== 'crash'));
const { counterexample } = fc.check(noCrash, { seed: 1 });
console.log(JSON.stringify(counterexample[0].faults.map(({ kind }) => kind)));
`;

/** … and in TypeScript. */
const TYPED = `
import fc from 'fast-check';
import { type Failure, readScenario, scenarioArbitrary, ScenarioProblem, shrinkScenario } from 'safekeeper/scenarios';
import { type Fault, runScenario, type Scenario } from 'safekeeper/sim';

const scenario: Scenario = readScenario({ version: 1, seed: 1, cluster: { replicas: 3 } });
const verdict: 'ok' | 'failed' = runScenario(scenario).verdict;
const kinds: readonly Fault['kind'][] = ['powerCut', 'cut'];
fc.assert(fc.property(scenarioArbitrary({ kinds }), (drawn: Scenario) => runScenario(drawn).verdict === verdict));
export const failure: Failure | undefined = shrinkScenario(scenario)?.failure;
export const place = (problem: ScenarioProblem): string => problem.path;
// @ts-expect-error there is no such kind of fault
scenarioArbitrary({ kinds: ['meteor'] });
`;

/** A writer and a reader, against the replica at `URL`. */
const CLIENT = `
import { SafekeeperClient } from 'safekeeper/client';

const client = new SafekeeperClient({ urls: [process.env.URL], timeoutMs: 20_000 });
await client.write({ lsn: 1000n, data: Buffer.from(process.version) });
console.log(Buffer.from((await client.get(1000n)).data).toString());
await client.close();
`;

const COMPILER = {
  strict: true,
  target: 'es2022',
  lib: ['es2022'],
  module: 'nodenext',
  types: [],
  noEmit: true,
  // The shipped types are checked too.
  skipLibCheck: false,
};

/** The package as npm would publish it, installed in a project that has nothing else. Run after `make build`. */
describe('the published package', () => {
  let folder = '';
  const inProject = (command: string, ...args: string[]) => run(command, args, { cwd: folder });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'safekeeper-package-'));
    const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: REPOSITORY });
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'empty', private: true, type: 'module' }));
    const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'];
    await inProject('npm', 'install', ...flags, join(folder, stdout.trim()));
  }, 120_000);

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('runs a property of a user', async () => {
    await writeFile(join(folder, 'property.js'), PROPERTY);
    expect((await inProject(process.execPath, 'property.js')).stdout).toBe('ok\n');
  });

  it('has arbitraries that shrink to the faults that matter', async () => {
    await writeFile(join(folder, 'failing.js'), FAILING);
    expect((await inProject(process.execPath, 'failing.js')).stdout).toBe('["crash"]\n');
  });

  it('has types', async () => {
    await writeFile(join(folder, 'typed.ts'), TYPED);
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: COMPILER, files: ['typed.ts'] }));
    const compiler = join(REPOSITORY, 'node_modules/typescript/bin/tsc');
    const { stdout } = await inProject(process.execPath, compiler).catch((error: { stdout: string }) => error);
    expect(stdout).toBe('');
  });

  it.each(['20', '24'])('runs a replica and its client on Node %s', async (major) => {
    const node = await nodeOf(major, join(folder, `node${major}`));
    await writeFile(join(folder, 'client.js'), CLIENT);
    const [port = 0] = await freePorts(1);
    const data = join(folder, `data${major}`);
    const main = join(folder, 'node_modules/safekeeper/dist/server/cli/main.js');
    const replica = spawn(node, [main, '-port', `${port}`, '-host', '127.0.0.1', '-data-dir', data]);
    const status = new Promise((end) => replica.once('exit', end));
    try {
      const env = { ...process.env, URL: `http://127.0.0.1:${port}` };
      const { stdout } = await run(node, ['client.js'], { cwd: folder, env });
      expect(stdout).toMatch(new RegExp(`^v${major}\\.`));
    } finally {
      replica.kill('SIGTERM');
    }
    expect(await status).toBe(0);
  });

  it('has the commands, and names them in what it prints', async () => {
    const command = join(folder, 'node_modules/.bin/safekeeper');
    const { stdout } = await inProject(command, 'sim', '-seed', '8', '-duration', '1s', '-detail', 'quiet');
    expect(JSON.parse(stdout)).toMatchObject({ seed: 8, verdict: 'ok' });
    const impatient = { version: 1, seed: 1, cluster: { replicas: 3 }, durationMs: 1_000, healAtMs: 0 };
    const liveness = { leaderWithinMs: 0, settleWithinMs: 0 };
    await writeFile(join(folder, 'failing.json'), JSON.stringify({ ...impatient, liveness }));
    const failed = await inProject(command, 'sim', '-scenario', 'failing.json').catch(
      (error: { stdout: string }) => error,
    );
    expect(failed.stdout.trim().split('\n').at(-1)).toBe('npx safekeeper sim -scenario failing.json -detail protocol');
  });
});

/** A node binary of this major version: the one that runs here, or one from the npm package that holds nothing else. */
async function nodeOf(major: string, folder: string): Promise<string> {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const name = `node-${process.platform}-${process.arch}`;
  await run('npm', ['install', '--silent', '--no-save', '--prefix', folder, `${name}@${major}`]);
  return join(folder, 'node_modules', name, 'bin/node');
}
