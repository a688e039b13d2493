import {
  ClosedError,
  AbortedError,
  FencedError,
  RefusedError,
  type SafekeeperClient,
  TooLargeError,
  UnauthorizedError,
} from '../../client/index.ts';
import { BinlogError } from '../binlog/errors.ts';
import { isAccessDenied, isTlsRefused } from '../primary/errors.ts';
import { PrimarySession, type PrimaryAddress } from '../primary/session.ts';
import { hasWaitingCommits, type PrimaryFacts, readFilters, readSettings } from '../primary/settings.ts';
import { type DumpSource, dumpSource } from './dump_source.ts';
import { findStart, type Start } from './find_start.ts';
import { takeGeneration } from './generation.ts';
import { LogSession, type Place } from './log_session.ts';
import { pause } from './pause.ts';
import type { StoredRecords } from '../stored/stored_end.ts';
import { Progress } from './progress.ts';
import { ConnectorRefusal } from './refusal.ts';
import type { ConnectorPhase, ConnectorStatus } from './status.ts';

export interface ConnectorOptions {
  readonly client: SafekeeperClient;
  readonly primary: PrimaryAddress;
  /** Several, which no other replica of the server has; they are used in turn. */
  readonly serverIds: readonly number[];
  /** Absent: the next one, which fences every connector before this. */
  readonly generation?: number | undefined;
  /** The file that a recorded base backup's position names: history may begin with it. */
  readonly baseBackupFile?: string | undefined;
  /** Told of what happens. It must not throw. */
  readonly onEvent?: ((event: ConnectorEvent) => void) | undefined;
  /** Told of each record that a quorum has. It must not throw. */
  readonly onRecord?: ((lsn: bigint) => void) | undefined;
}

export type ConnectorEvent =
  | { readonly kind: 'attached'; readonly start: Start; readonly facts: PrimaryFacts; readonly generation: number }
  /** What the session ended with; it is tried again after `waitMs`. */
  | { readonly kind: 'detached'; readonly reason: string; readonly waitMs: number }
  /** A file of the server ends in the middle of an event, as a crash leaves it; the log goes on with the next. */
  | { readonly kind: 'tornTail'; readonly file: string };

const BACKOFF_MS_MIN = 100;
const BACKOFF_MS_MAX = 3_000;

/**
 * Receives a MariaDB server's binary log as a semi-synchronous replica does, stores it on the safekeepers, and acknowledges
 * to the server what a quorum has on disk: its COMMIT returns then, and not before. Keeps nothing of its own: where to go
 * on is found in what is stored, each time.
 */
export class Connector {
  readonly #options: ConnectorOptions;
  readonly #source: DumpSource;
  #phase: ConnectorPhase = 'attaching';
  #trouble = '';
  #generation: number | undefined;
  readonly #progress = new Progress();
  #attachedTotal = 0;
  /** The last one. */
  #session: LogSession | undefined;
  #attempt = new AbortController();

  constructor(options: ConnectorOptions, source: DumpSource = dumpSource(options.primary, options.serverIds)) {
    this.#options = options;
    this.#source = source;
  }

  get status(): ConnectorStatus {
    const { acknowledgedGtid, acknowledgedLsn, recordsTotal, bytesTotal, heardAtMs } = this.#progress;
    return {
      phase: this.#phase,
      trouble: this.#trouble,
      generation: this.#generation,
      file: this.#session?.file ?? '',
      position: this.#session?.position ?? 0,
      acknowledgedGtid,
      acknowledgedLsn,
      openRecords: this.#session?.openRecords ?? 0,
      waitingAcknowledgements: this.#session?.waitingAcknowledgements ?? 0,
      recordsTotal,
      bytesTotal,
      attachedTotal: this.#attachedTotal,
      heardAtMs,
    };
  }

  /**
   * Works until `signal` fires, through crashes of the server and fail-overs of the safekeepers.
   * @throws ConnectorRefusal when a person has to do something first.
   */
  async run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    try {
      while (!signal.aborted) {
        const attachedBefore = this.#attachedTotal;
        try {
          await this.#attachAndReceive(signal);
        } catch (error) {
          if (signal.aborted) break;
          const refusal = refusalOf(error, this.#options.primary);
          if (refusal !== undefined) throw refusal;
          if (this.#attachedTotal > attachedBefore) failures = 0;
          failures += 1;
          const waitMs = Math.min(BACKOFF_MS_MAX, BACKOFF_MS_MIN * 2 ** Math.min(failures - 1, 10));
          const reason = error instanceof Error ? error.message : String(error);
          this.#phase = 'waiting';
          this.#trouble = reason;
          this.#options.onEvent?.({ kind: 'detached', reason, waitMs });
          await pause(waitMs, signal);
        }
      }
    } finally {
      this.#phase = 'stopped';
    }
  }

  /** Ends the session that is open, or about to be: everything is checked anew then. */
  reattach(): void {
    this.#attempt.abort(new Error('The server is checked anew.'));
  }

  /** From logging in to the first thing that goes wrong. */
  async #attachAndReceive(stop: AbortSignal): Promise<never> {
    this.#attempt = new AbortController();
    const signal = AbortSignal.any([stop, this.#attempt.signal]);
    const { client, onEvent, onRecord } = this.#options;
    this.#phase = 'attaching';
    const facts = await this.#checkedServer();
    const { start, generation } = await this.#agreedStart(facts, signal);
    const session = new LogSession({
      client,
      source: this.#source,
      fileBase: facts.fileBase,
      generation,
      progress: this.#progress,
      onHeard: () => {
        if (this.#phase === 'attached') return;
        this.#phase = 'attached';
        this.#trouble = '';
        this.#attachedTotal += 1;
        onEvent?.({ kind: 'attached', start, facts, generation });
      },
      onRecord: (lsn) => onRecord?.(lsn),
      onTornTail: (file) => onEvent?.({ kind: 'tornTail', file }),
    });
    this.#session = session;
    let place: Place = start;
    for (;;) place = await session.run(place, signal);
  }

  async #checkedServer(): Promise<PrimaryFacts> {
    const session = await PrimarySession.open(this.#options.primary);
    try {
      const { wrong, facts } = await readSettings(session);
      if (!/mariadb/i.test(facts.version)) {
        throw new ConnectorRefusal('settings', `The server is ${facts.version}, not MariaDB.`);
      }
      // While commits wait it might not answer, and each session that asks in vain would stay on the server: the watch asks later.
      const filters = (await hasWaitingCommits(session)) ? [] : ((await readFilters(session)) ?? []);
      if (wrong.length + filters.length > 0) {
        const lines = [...wrong.map(({ remedy }) => remedy), ...filters].map((remedy) => `  - ${remedy}`);
        throw new ConnectorRefusal('settings', `The server must be set up first:\n${lines.join('\n')}`);
      }
      return facts;
    } finally {
      session.close();
    }
  }

  /** Where to begin, while nobody else may write any more. */
  async #agreedStart(facts: PrimaryFacts, signal: AbortSignal): Promise<{ start: Start; generation: number }> {
    const { client, baseBackupFile, generation: wanted } = this.#options;
    const stored: StoredRecords = {
      latestLsn: () => client.latestLsn({ signal }),
      get: (lsn) => client.get(lsn, { signal }),
      records: (range) => client.records(range, { signal }),
    };
    for (;;) {
      const start = await findStart(stored, this.#source, { fileBase: facts.fileBase, baseBackupFile });
      // Raised once, and not again whenever the server comes back: a connector that has taken over since would be fenced.
      if (this.#generation !== undefined) return { start, generation: this.#generation };
      const taken = await takeGeneration(client, wanted, signal);
      this.#generation = taken.generation;
      // Somebody wrote in between: what was found out need not hold any more.
      if (taken.latestLsn === start.latestLsn) return { start, generation: taken.generation };
    }
  }
}

/** What no repetition changes. */
function refusalOf(error: unknown, { host, port, user, tls }: PrimaryAddress): ConnectorRefusal | undefined {
  if (error instanceof ConnectorRefusal) return error;
  const sentence = error instanceof Error ? error.message : String(error);
  if (error instanceof BinlogError) return new ConnectorRefusal('log', sentence, error);
  if (error instanceof RangeError) return new ConnectorRefusal('log', sentence, error);
  if (error instanceof FencedError) {
    const advice = 'Start it again only if this server is the one that shall write; that fences the other one.';
    return new ConnectorRefusal('fenced', `${sentence} ${advice}`, error);
  }
  if (error instanceof RefusedError) return new ConnectorRefusal('history', sentence, error);
  if (error instanceof UnauthorizedError || error instanceof TooLargeError) {
    return new ConnectorRefusal('safekeepers', sentence, error);
  }
  if (error instanceof ClosedError || error instanceof AbortedError) return undefined;
  if (isAccessDenied(error)) {
    const grants = `GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO ${user}`;
    // MariaDB says the same to whoever comes without TLS where it demands that.
    const advice = tls === undefined ? ` If the server demands TLS: -mariadb-tls-ca.` : '';
    const denied = `${host}:${port} does not let ${user} in: ${sentence}. It needs: ${grants}.${advice}`;
    return new ConnectorRefusal('login', denied, error);
  }
  if (isTlsRefused(error)) {
    return new ConnectorRefusal(
      'login',
      `TLS with ${host}:${port} failed: ${sentence}. Give the right -mariadb-tls-ca.`,
      error,
    );
  }
  return undefined;
}
