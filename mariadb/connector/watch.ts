import { PrimarySession, type PrimaryAddress } from '../primary/session.ts';
import { readFilters, readSettings } from '../primary/settings.ts';
import { pause } from './pause.ts';

/** What the server says of itself, once a second. */
export interface PrimaryHealth {
  /** Undefined: never asked with success. */
  readonly askedAtMs: number | undefined;
  /** Why it could not be asked the last time; empty. */
  readonly trouble: string;
  /** Commits that wait for their acknowledgement at this moment. */
  readonly waitingCommits: number;
  /** Commits that returned without one, since this watch began. */
  readonly escapedCommits: number;
  /** The same since the server started. */
  readonly escapedBefore: number;
  /** Semi-synchronous replicas, the connector among them; the fewest of the last few seconds, as one that left is counted for a while. */
  readonly semiSyncReplicas: number;
  /** The last transaction in the server's log: `0-1-5479`, one for each domain. */
  readonly gtidBinlogPosition: string;
  /** Transactions have vanished from its log since this watch began: RESET MASTER. */
  readonly wasReset: boolean;
  /** Settings that are no longer right, with what to do. */
  readonly wrongSettings: readonly string[];
}

const EVERY_MS = 1_000;
/** A replica that left is counted until the server tries to send it something: two seconds, at a heartbeat. */
const REPLICA_COUNTS = 4;

const STATUS = [
  'Rpl_semi_sync_master_no_tx',
  'Rpl_semi_sync_master_clients',
  'Rpl_semi_sync_master_wait_sessions',
] as const;

/** Asks the server how it is, beside the stream: its own connection, statements that wait for no commit. */
export class PrimaryWatch {
  readonly #address: PrimaryAddress;
  #session: PrimarySession | undefined;
  /** Escaped commits when the watch began, or the server started since. */
  #baseline: number | undefined;
  #escapedEarlier = 0;
  /** How many semi-synchronous replicas there were, lately. */
  readonly #replicaCounts: number[] = [];
  #health: PrimaryHealth = {
    askedAtMs: undefined,
    trouble: '',
    waitingCommits: 0,
    escapedCommits: 0,
    escapedBefore: 0,
    semiSyncReplicas: 0,
    gtidBinlogPosition: '',
    wasReset: false,
    wrongSettings: [],
  };

  readonly #onReset: () => void;
  /** What the server leaves out of its log; undefined: not known yet. */
  #filters: readonly string[] | undefined;
  /** The session that asks for it: one, however long it takes, as the server may answer only when waiting commits go on. */
  #filtersSession: PrimarySession | undefined;

  /** @param onReset told when the server's log was reset: what it acknowledges from then on is not the quorum's word. */
  constructor(address: PrimaryAddress, onReset: () => void = () => {}) {
    this.#address = address;
    this.#onReset = onReset;
  }

  get health(): PrimaryHealth {
    return this.#health;
  }

  /** Watches until `signal` fires. Never throws: what goes wrong is `trouble`. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#ask();
      } catch (error) {
        this.#session?.close();
        this.#session = undefined;
        // It may come back with another configuration.
        this.#filters = undefined;
        this.#health = { ...this.#health, trouble: error instanceof Error ? error.message : String(error) };
      }
      await pause(EVERY_MS, signal);
    }
    this.#session?.close();
    this.#filtersSession?.close();
  }

  async #askForFilters(): Promise<void> {
    if (this.#filters !== undefined || this.#filtersSession !== undefined) return;
    const session = await PrimarySession.open(this.#address);
    this.#filtersSession = session;
    void readFilters(session, 0)
      .then(
        (filters) => (this.#filters = filters),
        () => undefined,
      )
      .finally(() => {
        this.#filtersSession = undefined;
        session.close();
      });
  }

  async #ask(): Promise<void> {
    const session = (this.#session ??= await PrimarySession.open(this.#address));
    const names = STATUS.map((name) => `'${name}'`).join(', ');
    const rows = await session.query(`SHOW GLOBAL STATUS WHERE Variable_name IN (${names})`);
    const status = new Map(rows.map((row) => [String(row['Variable_name']).toLowerCase(), Number(row['Value'])]));
    const [gtids] = await session.query('SELECT @@global.gtid_binlog_pos AS position');
    const { wrong } = await readSettings(session);
    await this.#askForFilters();
    const escaped = status.get('rpl_semi_sync_master_no_tx') ?? 0;
    // A server that restarts counts anew.
    if (this.#baseline !== undefined && escaped < this.#baseline) {
      this.#escapedEarlier = this.#health.escapedCommits;
      this.#baseline = 0;
    }
    this.#baseline ??= escaped;
    this.#replicaCounts.push(status.get('rpl_semi_sync_master_clients') ?? 0);
    if (this.#replicaCounts.length > REPLICA_COUNTS) this.#replicaCounts.shift();
    const gtidBinlogPosition = (gtids?.['position'] as string | undefined) ?? '';
    const isReset = goesBack(this.#health.gtidBinlogPosition, gtidBinlogPosition);
    this.#health = {
      askedAtMs: Date.now(),
      trouble: '',
      waitingCommits: status.get('rpl_semi_sync_master_wait_sessions') ?? 0,
      escapedCommits: this.#escapedEarlier + escaped - this.#baseline,
      escapedBefore: escaped,
      semiSyncReplicas: Math.min(...this.#replicaCounts),
      gtidBinlogPosition,
      wasReset: this.#health.wasReset || isReset,
      wrongSettings: [...wrong.map(({ remedy }) => remedy), ...(this.#filters ?? [])],
    };
    if (isReset) this.#onReset();
  }
}

/** Whether a domain's sequence is lower than before, or gone. */
export function goesBack(before: string, now: string): boolean {
  const sequences = new Map(
    now.split(',').map((gtid) => {
      const [domain = '', , sequence = '0'] = gtid.split('-');
      return [domain, BigInt(sequence)];
    }),
  );
  return before.split(',').some((gtid) => {
    const [domain = '', , sequence] = gtid.split('-');
    return sequence !== undefined && (sequences.get(domain) ?? -1n) < BigInt(sequence);
  });
}
