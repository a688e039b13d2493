import { randomBytes } from 'node:crypto';
import type { SafekeeperClient } from '../../client/index.ts';
import { toLsn } from '../binlog/lsn.ts';
import { Connector } from '../connector/connector.ts';
import { takeGeneration } from '../connector/generation.ts';
import { ReplicaFeed, storedLogOf } from '../feed/index.ts';
import type { PrimaryAddress } from '../primary/session.ts';
import { findStoredEnd, gtidStateAtEnd } from '../stored/stored_end.ts';
import { NewServer } from './new_server.ts';
import { TakeoverError } from './takeover_error.ts';

export interface TakeoverOptions {
  readonly client: SafekeeperClient;
  /** The server that takes over, as a user who may do everything there. */
  readonly server: PrimaryAddress;
  /** Where the server reaches this process, to fetch the log: an address of this machine, and a port (0: any). */
  readonly feed: { readonly host: string; readonly port: number };
  /** Several, which no other replica of the server has; they are used in turn. */
  readonly serverIds: readonly number[];
  /** Absent: the next one. */
  readonly generation?: number | undefined;
  /** Told of each step. It must not throw. */
  readonly onStep?: ((step: TakeoverStep) => void) | undefined;
}

export type TakeoverStep =
  | { readonly kind: 'checked'; readonly version: string }
  /** From here on no earlier connector writes any more. */
  | { readonly kind: 'fenced'; readonly generation: number; readonly latestLsn: bigint }
  | { readonly kind: 'replaying'; readonly position: string; readonly target: string }
  | { readonly kind: 'replayed'; readonly position: string }
  | { readonly kind: 'renumbered'; readonly firstFile: number }
  /** The new server's first file is stored: no other server continues the log any more. */
  | { readonly kind: 'handedOver'; readonly lsn: bigint };

export interface TakenOver {
  readonly generation: number;
  /** The first file of the new server. */
  readonly fileNumber: number;
  /** What it has: `0-1-5479`. */
  readonly position: string;
}

/**
 * Makes a server the one that writes the stored log on: fences the one before, brings the new one to the end of what is
 * stored, and puts its log behind that. The server may be empty, a restored base backup, or a standby. Can be repeated
 * whenever it failed.
 *
 * @throws TakeoverError; ConnectorRefusal; SafekeeperError: `fenced` when another take-over came first.
 */
export async function takeOver(options: TakeoverOptions, signal: AbortSignal): Promise<TakenOver> {
  const { client, onStep } = options;
  const server = await NewServer.open(options.server);
  try {
    const facts = await server.check();
    onStep?.({ kind: 'checked', version: facts.version });
    const { generation, latestLsn } = await takeGeneration(client, options.generation, signal);
    onStep?.({ kind: 'fenced', generation, latestLsn });
    const end = await findStoredEnd(client);
    if (end === undefined) {
      throw new TakeoverError(
        'Nothing is stored: there is nothing to take over. Start safekeeper mariadb connect instead.',
      );
    }
    const state = await gtidStateAtEnd(client, end);
    await replay(server, state.position(), options, signal);
    await server.stopAt(state);
    await server.continueLog(end.fileNumber, state, facts.fileBase);
    const fileNumber = end.fileNumber + 1;
    onStep?.({ kind: 'renumbered', firstFile: fileNumber });
    await server.waitForQuorum();
    await handOver(fileNumber, generation, options, signal);
    await server.allowWrites();
    return { generation, fileNumber, position: state.position() };
  } finally {
    server.close();
  }
}

/** Lets the new server fetch and replay what it lacks. */
async function replay(
  server: NewServer,
  target: string,
  { client, feed: { host, port }, onStep }: TakeoverOptions,
  signal: AbortSignal,
): Promise<void> {
  // For this one replica, and no longer than this takes.
  const credentials = { user: 'takeover', password: randomBytes(12).toString('hex') };
  const feed = new ReplicaFeed({ log: storedLogOf(client), credentials, serverId: FEED_SERVER_ID });
  const found = await feed.listen(port, host);
  try {
    await server.follow({ host, port: found, ...credentials });
    while (!(await server.hasReplayed(target))) {
      if (signal.aborted) throw new TakeoverError('Interrupted. Run it again: it goes on from here.');
      onStep?.({ kind: 'replaying', position: await server.replayed(), target });
    }
    onStep?.({ kind: 'replayed', position: target });
  } finally {
    await feed.close();
  }
}

/** What a replica may not be called. */
const FEED_SERVER_ID = 0xffff_fffe;

/** Stores the first record of the new server: from then on the log can be continued by no other. */
async function handOver(
  fileNumber: number,
  generation: number,
  { client, server, serverIds, onStep }: TakeoverOptions,
  signal: AbortSignal,
): Promise<void> {
  const done = new AbortController();
  const onAbort = (): void => done.abort();
  signal.addEventListener('abort', onAbort);
  let handedOverAt: bigint | undefined;
  const connector = new Connector({
    client,
    primary: server,
    serverIds,
    generation,
    onRecord: (lsn) => {
      if (lsn <= toLsn({ fileNumber, offset: 0 })) return;
      handedOverAt ??= lsn;
      done.abort();
    },
  });
  try {
    await connector.run(done.signal);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
  if (handedOverAt === undefined) throw new TakeoverError('Interrupted before the hand-over. Run it again.');
  onStep?.({ kind: 'handedOver', lsn: handedOverAt });
}
