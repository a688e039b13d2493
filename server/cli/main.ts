#!/usr/bin/env node
import { VERSION } from '../version.ts';
import { UsageError } from './flags.ts';
import { endWithReader, written } from './output.ts';
import { nearest } from './nearest.ts';

interface Command {
  readonly summary: string;
  /** Loaded when it is asked for, so that a replica does not load the simulator. */
  readonly run: (args: string[]) => Promise<number>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  cluster: {
    summary: 'Run three replicas on this machine, to try things out.',
    run: async (args) => (await import('./cluster.ts')).runClusterCommand(args),
  },
  send: {
    summary: 'Stream a directory of MariaDB binary logs to a cluster.',
    run: async (args) => (await import('./send.ts')).runSendCommand(args),
  },
  status: {
    summary: 'Show every replica of a cluster: who leads, how far each is.',
    run: async (args) => (await import('./status.ts')).runStatusCommand(args),
  },
  mariadb: {
    summary: 'Make a MariaDB server wait for the quorum; rebuild one from the log.',
    run: async (args) => (await import('./mariadb/main.ts')).runMariadbCommand(args),
  },
  sim: {
    summary: 'Simulate a cluster and its faults from a seed; replay a failure.',
    run: async (args) => (await import('./sim.ts')).runSimCommand(args),
  },
  fuzz: {
    summary: 'Simulate many seeds.',
    run: async (args) => (await import('./fuzz.ts')).runFuzzCommand(args),
  },
};

/** The composition root: picks the command. Resolves with the exit status: 2 when the command line cannot be obeyed. */
async function main(args: string[]): Promise<number> {
  const [first = '', ...rest] = args;
  try {
    if (first === 'help') return await help(rest[0]);
    if (first === 'version' || first === '-version' || first === '--version') {
      process.stdout.write(`safekeeper ${VERSION}\n`);
      return 0;
    }
    if (first === '' || first.startsWith('-')) return await (await import('./serve.ts')).runServeCommand(args);
    return await commandNamed(first).run(rest);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`safekeeper: ${error.message}\n`);
    return 2;
  }
}

async function help(about: string | undefined): Promise<number> {
  if (about !== undefined) return commandNamed(about).run(['-help']);
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  safekeeper ${name.padEnd(10)} ${summary}`);
  process.stdout.write(`usage: safekeeper [flags]   Run one replica: safekeeper -help lists its flags.

${lines.join('\n')}

safekeeper help COMMAND says more.
`);
  return 0;
}

function commandNamed(name: string): Command {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command !== undefined) return command;
  const like = nearest(name, [...Object.keys(COMMANDS), 'help']);
  const advice = like === undefined ? 'See safekeeper help.' : `Did you mean ${like}? See also safekeeper help.`;
  throw new UsageError(`There is no command ${name}. ${advice}`);
}

endWithReader();
const status = await main(process.argv.slice(2));
await written();
process.exit(status);
