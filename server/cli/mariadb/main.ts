import { UsageError } from '../flags.ts';
import { nearest } from '../nearest.ts';
import { processTerminal, type Terminal } from '../terminal.ts';

interface Command {
  readonly summary: string;
  readonly run: (args: readonly string[], terminal: Terminal) => Promise<number>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  connect: {
    summary: 'Store the log of a running server; its commits wait for the quorum.',
    run: async (args, terminal) => (await import('./connect.ts')).runConnectCommand(args, terminal),
  },
  status: {
    summary: 'Show how a connector is doing, and what is wrong.',
    run: async (args, terminal) => (await import('./status.ts')).runConnectorStatusCommand(args, terminal),
  },
  restore: {
    summary: 'Write the stored log back as binary logs.',
    run: async (args, terminal) => (await import('./restore.ts')).runRestoreCommand(args, terminal),
  },
  serve: {
    summary: 'Play the primary for stock replicas: a warm standby.',
    run: async (args, terminal) => (await import('./serve.ts')).runServeReplicasCommand(args, terminal),
  },
  takeover: {
    summary: 'Make a new server the one that writes; the old one is fenced.',
    run: async (args, terminal) => (await import('./takeover.ts')).runTakeoverCommand(args, terminal),
  },
};

/** `safekeeper mariadb …`: picks the command. @throws UsageError */
export async function runMariadbCommand(
  args: readonly string[],
  terminal: Terminal = processTerminal(),
): Promise<number> {
  const [name = '', ...rest] = args;
  if (name === '' || /^-{0,2}h(elp)?$/.test(name)) {
    terminal.out(help());
    return name === '' ? 2 : 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command !== undefined) return await command.run(rest, terminal);
  const like = nearest(name, Object.keys(COMMANDS));
  throw new UsageError(
    `There is no command mariadb ${name}. ${like === undefined ? 'See safekeeper mariadb -help.' : `Did you mean ${like}?`}`,
  );
}

function help(): string {
  const lines = Object.entries(COMMANDS).map(
    ([name, { summary }]) => `  safekeeper mariadb ${name.padEnd(9)} ${summary}`,
  );
  return `usage: safekeeper mariadb COMMAND [flags]

${lines.join('\n')}

Each COMMAND -help says more; docs/mariadb.md tells how to set it up, and what is promised.`;
}
