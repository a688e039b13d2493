import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** Where package.json is: benchmarks run this file from a folder of compiled ones. */
const ROOT = (() => {
  let folder = import.meta.dirname;
  while (!fs.existsSync(path.join(folder, 'package.json'))) folder = path.dirname(folder);
  return folder;
})();

/**
 * The program under test: the built `./safekeeper`, or, with SAFEKEEPER_UNDER_TEST=source or where nothing was built,
 * the sources by way of tsx.
 */
function programUnderTest(): readonly [string, ...string[]] {
  const built = path.join(ROOT, 'safekeeper');
  const wanted = process.env['SAFEKEEPER_UNDER_TEST'] ?? (fs.existsSync(built) ? 'built' : 'source');
  if (wanted === 'built') return [built];
  return [
    process.execPath,
    '--import',
    path.join(ROOT, 'node_modules/tsx/dist/loader.mjs'),
    path.join(ROOT, 'server/cli/main.ts'),
  ];
}

/** The environment of the tests must not configure the program. */
function cleanEnvironment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('SAFEKEEPER_'));
  return { ...Object.fromEntries(kept), ...extra };
}

export interface RunOptions {
  readonly directory?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts the program; what it says on either stream is appended to `lines`. */
export function start(args: readonly string[], lines: string[], options: RunOptions = {}): ChildProcess {
  const [command, ...first] = programUnderTest();
  const child = spawn(command, [...first, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: options.directory ?? ROOT,
    env: cleanEnvironment(options.environment ?? {}),
  });
  const collect = (text: string): void => {
    lines.push(...text.split('\n').filter((line) => line !== ''));
  };
  child.stdout?.setEncoding('utf8').on('data', collect);
  child.stderr?.setEncoding('utf8').on('data', collect);
  return child;
}

/** Resolves with the exit status, or the signal that ended the process. */
export function ended(child: ChildProcess): Promise<number | NodeJS.Signals> {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode);
  if (child.signalCode !== null) return Promise.resolve(child.signalCode);
  return new Promise((resolve) => {
    child.once('exit', (status, signal) => resolve(status ?? signal ?? -1));
  });
}

/** Runs the program to its end. */
export async function run(
  args: readonly string[],
  options: RunOptions = {},
): Promise<{ status: number | NodeJS.Signals; text: string }> {
  const lines: string[] = [];
  const child = start(args, lines, options);
  const closed = new Promise((resolve) => child.once('close', resolve));
  const status = await ended(child);
  await closed;
  return { status, text: lines.join('\n') };
}
