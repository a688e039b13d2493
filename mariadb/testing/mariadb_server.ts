import { type ChildProcess, execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import mysql from 'mysql2/promise';

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 60_000;

/** What a server needs for the promise of the connector: docs/mariadb.md. */
export const PROMISING_SETTINGS: readonly string[] = [
  '--log-bin=mariadb-bin',
  '--binlog-format=ROW',
  '--binlog-checksum=CRC32',
  '--gtid-strict-mode=ON',
  '--sync-binlog=1',
  '--innodb-flush-log-at-trx-commit=1',
  '--rpl-semi-sync-master-enabled=ON',
  '--rpl-semi-sync-master-wait-point=AFTER_SYNC',
  '--rpl-semi-sync-master-wait-no-slave=ON',
  '--rpl-semi-sync-master-timeout=18446744073709551615',
  '--max-binlog-cache-size=2147483648',
];

export interface MariaDbServerOptions {
  /** Below 32768, so that no outgoing connection sits on it. */
  readonly port: number;
  readonly serverId: number;
  /** Such as `--log-bin=mariadb-bin`. */
  readonly settings?: readonly string[];
  /** Absent: a new one under the system's temporary directory. */
  readonly directory?: string;
}

/** A MariaDB server of a test: Debian's, with a directory of its own; `root` needs no password. */
export class MariaDbServer {
  readonly port: number;
  readonly directory: string;
  readonly serverId: number;
  settings: readonly string[];
  #child: ChildProcess | undefined;

  private constructor(options: MariaDbServerOptions, directory: string) {
    this.port = options.port;
    this.serverId = options.serverId;
    this.settings = options.settings ?? [];
    this.directory = directory;
  }

  /** Makes an empty server and starts it. */
  static async create(options: MariaDbServerOptions): Promise<MariaDbServer> {
    const directory = options.directory ?? fs.mkdtempSync(path.join(os.tmpdir(), 'mdb-'));
    const server = new MariaDbServer(options, directory);
    await server.initialize();
    await server.start();
    return server;
  }

  get #socket(): string {
    return path.join(this.directory, 's');
  }

  get dataDirectory(): string {
    return path.join(this.directory, 'data');
  }

  /** Fills its data directory anew. */
  async initialize(): Promise<void> {
    await promisify(execFile)('mariadb-install-db', [
      '--no-defaults',
      `--user=${os.userInfo().username}`,
      `--datadir=${this.dataDirectory}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
    ]);
  }

  /** Starts it and waits until it answers. @param more settings for this life only. */
  async start(more: readonly string[] = []): Promise<void> {
    const log = fs.openSync(path.join(this.directory, 'log'), 'a');
    const child = spawn(
      'mariadbd',
      [
        '--no-defaults',
        `--user=${os.userInfo().username}`,
        `--datadir=${this.dataDirectory}`,
        `--socket=${this.#socket}`,
        `--pid-file=${path.join(this.directory, 'pid')}`,
        `--port=${this.port}`,
        '--bind-address=127.0.0.1',
        `--server-id=${this.serverId}`,
        '--innodb-buffer-pool-size=64M',
        '--skip-name-resolve',
        ...this.settings,
        ...more,
      ],
      { stdio: ['ignore', log, log] },
    );
    fs.closeSync(log);
    this.#child = child;
    const begun = performance.now();
    for (;;) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`mariadbd ended: ${this.log()}`);
      try {
        const connection = await this.connect();
        await connection.query('SELECT 1');
        await connection.end();
        return;
      } catch (error) {
        if (performance.now() - begun > START_TIMEOUT_MS) throw error;
        await delay(30);
      }
    }
  }

  /** What it logged. */
  log(): string {
    return fs.readFileSync(path.join(this.directory, 'log'), 'utf8');
  }

  /** A connection of its own, as root. It breaks with the server. */
  async connect(options: mysql.ConnectionOptions = {}): Promise<mysql.Connection> {
    const connection = await mysql.createConnection({
      socketPath: this.#socket,
      user: 'root',
      multipleStatements: true,
      supportBigNumbers: true,
      bigNumberStrings: true,
      ...options,
    });
    // What happens to it shows in whoever uses it.
    connection.on('error', () => {});
    return connection;
  }

  /** Rows of one statement, or of the last one of several; over a connection made for it. */
  async query(sql: string): Promise<readonly Record<string, unknown>[]> {
    const connection = await this.connect();
    try {
      const [rows] = await connection.query(sql);
      return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : [];
    } finally {
      await connection.end();
    }
  }

  /** The first column of the first row, as text. */
  async value(sql: string): Promise<string> {
    const row = (await this.query(sql))[0];
    const value = row === undefined ? undefined : Object.values(row)[0];
    return value === undefined || value === null ? '' : String(value as string | number);
  }

  /** A user for a connector, outside the log: its creation must not wait for the connector it is for. */
  async createReplicationUser(
    name: string,
    password: string,
    grants = 'REPLICATION SLAVE, BINLOG MONITOR',
  ): Promise<void> {
    const connection = await this.connect();
    await connection.query('SET sql_log_bin=0');
    await connection.query(`CREATE USER '${name}'@'%' IDENTIFIED BY '${password}'`);
    await connection.query(`GRANT ${grants} ON *.* TO '${name}'@'%'`);
    await connection.end();
  }

  /** Runs binary logs, as `mariadb-binlog FILES | mariadb` does. */
  async replay(files: readonly string[]): Promise<void> {
    const read = spawn('mariadb-binlog', ['--no-defaults', ...files], { stdio: ['ignore', 'pipe', 'pipe'] });
    const run = spawn('mariadb', ['--no-defaults', `--socket=${this.#socket}`, '--user=root'], {
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    let complaints = '';
    for (const { stderr } of [read, run]) stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
    read.stdout.pipe(run.stdin);
    // The reader of a pipe may end first.
    run.stdin.on('error', () => {});
    const statuses = await Promise.all(
      [read, run].map((child) => new Promise((resolve) => child.once('close', (status) => resolve(status)))),
    );
    if (statuses.some((status) => status !== 0)) throw new Error(`mariadb-binlog | mariadb: ${complaints}`);
  }

  /** `CHECKSUM TABLE` of the tables of these databases, by name. */
  async checksums(databases: readonly string[]): Promise<Readonly<Record<string, string>>> {
    const names = databases.map((name) => `'${name}'`).join(',');
    const tables = await this.query(
      `SELECT CONCAT(table_schema, '.', table_name) AS name FROM information_schema.tables WHERE table_schema IN (${names}) ORDER BY 1`,
    );
    if (tables.length === 0) return {};
    const rows = await this.query(`CHECKSUM TABLE ${tables.map(({ name }) => String(name)).join(', ')}`);
    return Object.fromEntries(rows.map((row) => [String(row['Table']), String(row['Checksum'])]));
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** SIGKILL, and waits for the end. */
  async kill(): Promise<void> {
    await this.#ended('SIGKILL');
  }

  /** An orderly shutdown. */
  async stop(): Promise<void> {
    await this.#ended('SIGTERM');
  }

  /** Ends it and deletes everything. */
  async destroy(): Promise<void> {
    await this.kill();
    fs.rmSync(this.directory, { recursive: true, force: true });
  }

  async #ended(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(impatience);
  }
}
