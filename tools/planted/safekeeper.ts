import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** Runs a subcommand of the safekeeper in a copy. Resolves with its summary, the last line of JSON that it writes. */
export async function runSafekeeper(copy: string, args: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  const command = ['--import', 'tsx', join(copy, 'server/cli/main.ts'), ...args];
  const output = await run(process.execPath, command, copy);
  const summary = output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .at(-1);
  if (summary === undefined) throw new Error(`safekeeper ${args.join(' ')} ended without a summary:\n${output}`);
  return JSON.parse(summary) as Record<string, unknown>;
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
