import * as engine from '../../engine/index.ts';
import { DataDirectoryError } from '../disk/data_directory.ts';
import { StartError } from '../life/listen.ts';
import { startReplica } from '../life/replica.ts';
import { jsonLogger } from '../log/json_logger.ts';
import { atLeast, type Logger, textLogger } from '../log/logger.ts';
import { SERVE_FLAGS } from '../options/serve_flags.ts';
import { type ServeOptions, settleServeOptions } from '../options/serve_options.ts';
import { parseFlags, UsageError } from './flags.ts';
import { describeFlags } from './help.ts';

/** `safekeeper [flags]`: runs one replica until it is told to stop. Resolves with the exit status. */
export async function runServeCommand(args: readonly string[]): Promise<number> {
  const parsed = parseFlags(SERVE_FLAGS, args, process.env);
  if (parsed.helpWanted) {
    process.stdout.write(SERVE_HELP);
    return 0;
  }
  const [stray] = parsed.positional;
  if (stray !== undefined) throw new UsageError(`"${stray}" is neither a flag nor a command. See safekeeper help.`);
  const options = settleServeOptions(parsed.values);
  const log = loggerFor(options);
  for (const warning of options.warnings) log.warn(warning);
  try {
    const replica = await startReplica(options, engine, log);
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => replica.stop());
    // Without files to read again, the terminal has gone.
    process.on('SIGHUP', () => (options.tls === undefined ? replica.stop() : replica.reload()));
    // Started with a channel to a parent (`safekeeper cluster`), a replica does not outlive it.
    process.on('disconnect', () => replica.stop());
    return await replica.stopped;
  } catch (error) {
    if (!(error instanceof DataDirectoryError || error instanceof StartError)) throw error;
    log.error(error.message);
    return 1;
  }
}

function loggerFor({ log, node }: ServeOptions): Logger {
  const write = (line: string): void => void process.stderr.write(line);
  return atLeast(log.level, log.format === 'json' ? jsonLogger(node.replicaId, { write }) : textLogger(write));
}

const SERVE_HELP = `safekeeper: one replica of a WAL store on a quorum of disks

usage: safekeeper [flags]

  ./safekeeper -port 8090 -replica-id safekeeper-1 -peers http://localhost:8091,http://localhost:8092

One dash or two, a space or "=". Each flag is also an environment variable; what is typed wins.

${describeFlags(SERVE_FLAGS)}

Other commands: safekeeper help
`;
