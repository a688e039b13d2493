import type { Connection } from 'mysql2/promise';
import { setTimeout as delay } from 'node:timers/promises';
import type { MariaDbServer } from '../../../../mariadb/testing/mariadb_server.ts';

const FRAGMENT_BYTES = 1024 * 1024;
const LARGE_EVERY = 5;

/** Clients that insert rows one by one and remember which COMMIT returned. */
export class Writers {
  /** `client-number` of every row whose COMMIT returned. */
  readonly acknowledged = new Set<string>();
  readonly #count: number;
  #server: MariaDbServer;
  #isStopping = false;
  #next = 0;
  #running: Promise<void>[] = [];

  constructor(server: MariaDbServer, count: number) {
    this.#server = server;
    this.#count = count;
  }

  static async createTable(server: MariaDbServer): Promise<void> {
    const connection = await server.connect();
    await connection.query(`CREATE DATABASE IF NOT EXISTS shop;
      CREATE TABLE shop.orders (id VARCHAR(32) PRIMARY KEY, data LONGTEXT, made TIMESTAMP(6) DEFAULT CURRENT_TIMESTAMP(6)) ENGINE=InnoDB`);
    connection.destroy();
  }

  start(): void {
    this.#isStopping = false;
    this.#running = Array.from({ length: this.#count }, (_, client) => this.#write(client));
  }

  /** What is under way may still be acknowledged. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#running);
  }

  /** Another server from now on: a take-over. */
  moveTo(server: MariaDbServer): void {
    this.#server = server;
  }

  /** Now and then one client's row makes a transaction that is stored in fragments. */
  #bytesOf(client: number): number {
    const number = this.#next;
    if (client === 0 && number % LARGE_EVERY === 0) return FRAGMENT_BYTES + ((number * 7_919) % (2 * FRAGMENT_BYTES));
    return (client * 37 + number * 13) % 1_500;
  }

  async #write(client: number): Promise<void> {
    let connection: Connection | undefined;
    while (!this.#isStopping) {
      const id = `${client}-${this.#next++}`;
      try {
        connection ??= await this.#server.connect();
        const data = 'x'.repeat(this.#bytesOf(client));
        await connection.query('INSERT INTO shop.orders (id, data) VALUES (?, ?)', [id, data]);
        this.acknowledged.add(id);
      } catch {
        // The server is gone, and whether the row is there nobody knows.
        connection?.destroy();
        connection = undefined;
        await delay(20);
      }
    }
    connection?.destroy();
  }
}

/** Which of these rows are not there. */
export async function missing(server: MariaDbServer, acknowledged: ReadonlySet<string>): Promise<readonly string[]> {
  const rows = await server.query('SELECT id FROM shop.orders');
  const found = new Set(rows.map(({ id }) => String(id)));
  return [...acknowledged].filter((id) => !found.has(id));
}
