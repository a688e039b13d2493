import { fileName } from '../binlog/file_name.ts';
import { PrimarySession, type PrimaryAddress, type Row } from '../primary/session.ts';
import { readSettings, type PrimaryFacts } from '../primary/settings.ts';
import type { GtidState } from '../stored/gtid_state.ts';
import { TakeoverError } from './takeover_error.ts';

/** Where the new server gets the stored log from. */
export interface FeedAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

const POLL_MS = 500;
const REPLICATION_FILTERS = [
  'replicate_do_db',
  'replicate_do_table',
  'replicate_ignore_db',
  'replicate_ignore_table',
  'replicate_wild_do_table',
  'replicate_wild_ignore_table',
];
const PURGE_TIMEOUT_MS = 60_000;

/** The statements of a take-over, on the server that takes over. */
export class NewServer {
  readonly #session: PrimarySession;

  private constructor(session: PrimarySession) {
    this.#session = session;
  }

  static async open(address: PrimaryAddress): Promise<NewServer> {
    return new NewServer(await PrimarySession.open(address));
  }

  /** Changes nothing. @throws TakeoverError when it cannot take over as it is. */
  async check(): Promise<PrimaryFacts> {
    const { wrong, facts } = await readSettings(this.#session);
    // It is switched off while the server catches up, and on at the end.
    const serious = wrong.filter(({ name }) => name !== 'rpl_semi_sync_master_enabled');
    if (serious.length > 0) {
      throw new TakeoverError(
        `The new server must be set up first:\n${serious.map(({ remedy }) => `  - ${remedy}`).join('\n')}`,
      );
    }
    for (const name of REPLICATION_FILTERS) {
      const value = await this.#value(`SELECT @@global.${name}`);
      if (value !== '') {
        throw new TakeoverError(
          `The new server has ${name}=${value}, and would not replay what it leaves out: SET GLOBAL ${name}=''.`,
        );
      }
    }
    await this.#requireNothingOfItsOwn();
    return facts;
  }

  /**
   * Ends its replication. What it has must be what is stored, no less and no more: a replica that another server fed may be
   * ahead of the quorum, or have another history.
   * @throws TakeoverError when it is not.
   */
  async stopAt(state: GtidState): Promise<void> {
    await this.#run('STOP SLAVE');
    const replicated = await this.replayed();
    if (sorted(replicated) !== sorted(state.position())) {
      throw new TakeoverError(
        `The new server has ${replicated === '' ? 'nothing' : replicated}, and stored is ${state.position()}: it has transactions that no quorum has, or of another history. Take an empty server, a restored base backup, or a standby of "safekeeper mariadb serve".`,
      );
    }
    await this.#requireNothingOfItsOwn();
  }

  async #requireNothingOfItsOwn(): Promise<void> {
    const own = await this.#value('SELECT @@global.gtid_binlog_pos');
    const replicated = await this.replayed();
    if (own !== '' && sorted(own) !== sorted(replicated)) {
      throw new TakeoverError(
        `The new server has transactions of its own in its log (${own}), which are not the stored ones (it has replicated ${replicated === '' ? 'none' : replicated}). Take an empty server, a restored base backup, or a standby of "safekeeper mariadb serve"; set it up with SET sql_log_bin=0.`,
      );
    }
  }

  /** Makes it a replica of the feed, and lets nobody write. */
  async follow({ host, port, user, password }: FeedAddress): Promise<void> {
    await this.#run('SET GLOBAL read_only = ON');
    await this.#run('SET GLOBAL rpl_semi_sync_master_enabled = OFF');
    await this.#run('STOP SLAVE');
    await this.#run(
      `CHANGE MASTER TO master_host = '${host}', master_port = ${port}, master_user = '${user}', master_password = '${password}', master_use_gtid = slave_pos, master_connect_retry = 1`,
    );
    await this.#run('START SLAVE');
  }

  /** Whether everything up to `position` is replayed. @throws TakeoverError when its replication has failed. */
  async hasReplayed(position: string): Promise<boolean> {
    if (position === '') return true;
    const reached = await this.#value(`SELECT MASTER_GTID_WAIT('${position}', ${POLL_MS / 1_000})`);
    if (reached === '0') return true;
    const [status] = await this.#session.query('SHOW SLAVE STATUS');
    const error = [text(status, 'Last_SQL_Error'), text(status, 'Last_IO_Error')].find((sentence) => sentence !== '');
    if (text(status, 'Slave_SQL_Running') === 'No' || /1236|Access denied/.test(error ?? '')) {
      throw new TakeoverError(
        `The new server cannot replay the stored log: ${error ?? 'its replication has stopped.'}`,
      );
    }
    return false;
  }

  /** How far it is. */
  async replayed(): Promise<string> {
    return await this.#value('SELECT @@global.gtid_slave_pos');
  }

  /**
   * Gives its binary log the place behind the stored one: its first file is number `after + 1` and begins with the transactions of
   * `state`. After `stopAt`.
   */
  async continueLog(after: number, state: GtidState, fileBase: string): Promise<void> {
    await this.#run('RESET SLAVE ALL');
    await this.#run(`RESET MASTER TO ${after}`);
    // SET GLOBAL gtid_binlog_state would begin with file 1 again. So each transaction is named by a statement that does nothing,
    // in a file that is never stored; the next file begins with the list of them.
    for (const { domainId, serverId, sequence } of state.inSequence()) {
      await this.#run(`SET SESSION gtid_domain_id = ${domainId}`);
      await this.#run(`SET SESSION server_id = ${serverId}`);
      await this.#run(`SET SESSION gtid_seq_no = ${sequence}`);
      await this.#run('FLUSH HOSTS');
    }
    await this.#run('FLUSH BINARY LOGS');
    const first = fileName(fileBase, after + 1);
    const begun = performance.now();
    for (;;) {
      await this.#run(`PURGE BINARY LOGS TO '${first}'`);
      const [log] = await this.#session.query('SHOW BINARY LOGS');
      if (text(log, 'Log_name') === first) return;
      if (performance.now() - begun > PURGE_TIMEOUT_MS) {
        throw new TakeoverError(
          `The new server does not let go of ${text(log, 'Log_name')}. Restart it and repeat the take-over.`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** Commits wait for an acknowledgement from now on. */
  async waitForQuorum(): Promise<void> {
    await this.#run('SET GLOBAL rpl_semi_sync_master_enabled = ON');
  }

  async allowWrites(): Promise<void> {
    await this.#run('SET GLOBAL read_only = OFF');
  }

  close(): void {
    this.#session.close();
  }

  async #run(statement: string): Promise<void> {
    await this.#session.query(statement);
  }

  async #value(query: string): Promise<string> {
    const [row] = await this.#session.query(query);
    return row === undefined ? '' : textOf(Object.values(row)[0]);
  }
}

/** A position, which servers write in any order of its domains. */
function sorted(position: string): string {
  return position
    .split(',')
    .map((gtid) => gtid.trim())
    .sort()
    .join(',');
}

function text(row: Row | undefined, column: string): string {
  return textOf(row?.[column]);
}

function textOf(value: unknown): string {
  return value === null || value === undefined ? '' : String(value as string | number);
}
