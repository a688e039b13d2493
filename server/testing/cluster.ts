import type { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { postJson, request } from './http_client.ts';
import { freePorts } from './ports.ts';
import { ended, start } from './program.ts';
import { waitFor } from './wait.ts';

/** A replica that a test starts, kills and starts again, on the same port and directory. */
export class TestReplica {
  readonly id: string;
  readonly port: number;
  readonly url: string;
  readonly directory: string;
  /** What it logged, over all its lives. */
  readonly lines: string[] = [];
  readonly #args: readonly string[];
  #child: ChildProcess | undefined;

  constructor(id: string, port: number, directory: string, args: readonly string[]) {
    this.id = id;
    this.port = port;
    this.url = `http://localhost:${port}`;
    this.directory = directory;
    this.#args = ['-port', `${port}`, '-replica-id', id, '-data-dir', directory, '-host', '127.0.0.1', ...args];
  }

  get pid(): number {
    return this.#child?.pid ?? -1;
  }

  start(): void {
    this.#child = start(this.#args, this.lines);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Sends the signal and waits for the end. */
  async end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals> {
    if (this.#child === undefined) return 0;
    const end = ended(this.#child);
    this.signal(signal);
    return end;
  }

  /** Waits until the process ends by itself. */
  async ended(): Promise<number | NodeJS.Signals> {
    return this.#child === undefined ? 0 : ended(this.#child);
  }

  /** A field of its metrics, as text; undefined when it does not answer. */
  async metric(name: string): Promise<string | undefined> {
    try {
      const { text } = await request(`${this.url}/api/v1/metrics`, { timeoutMs: 1_000 });
      return new RegExp(`"${name}":"?([^",}]*)`).exec(text)?.[1];
    } catch {
      return undefined;
    }
  }

  async stream(record: string, headers: Readonly<Record<string, string>> = {}) {
    return postJson(`${this.url}/api/v1/stream_wal`, record, headers);
  }

  async get(path_: string) {
    return request(`${this.url}/api/v1/${path_}`);
  }
}

/** Replicas on free loopback ports, with their data in a directory that `close` removes. */
export class TestCluster {
  readonly replicas: readonly TestReplica[];
  readonly #root: string;

  private constructor(root: string, replicas: readonly TestReplica[]) {
    this.#root = root;
    this.replicas = replicas;
  }

  /** Started, and led by one of them. */
  static async start(count: number, args: readonly string[] = []): Promise<TestCluster> {
    const cluster = await TestCluster.prepare(count, args);
    for (const replica of cluster.replicas) replica.start();
    await cluster.leader();
    return cluster;
  }

  /** Not started yet. */
  static async prepare(count: number, args: readonly string[] = []): Promise<TestCluster> {
    const root = fs.mkdtempSync(path.join(os.tmpdir(), 'safekeeper-process-'));
    const ports = await freePorts(count);
    const replicas = ports.map((port, place) => {
      const peers = ports.filter((other) => other !== port).map((other) => `http://localhost:${other}`);
      const id = `safekeeper-${place + 1}`;
      return new TestReplica(id, port, path.join(root, id), [
        ...(peers.length === 0 ? [] : ['-peers', peers.join(',')]),
        ...args,
      ]);
    });
    return new TestCluster(root, replicas);
  }

  /** The replica that leads, once there is one. Of two that say so, the one with the higher term. */
  async leader(): Promise<TestReplica> {
    return waitFor('a leader', async () => {
      let best: { replica: TestReplica; term: number } | undefined;
      for (const replica of this.replicas) {
        if ((await replica.metric('state')) !== 'leader') continue;
        const term = Number(await replica.metric('term'));
        if (best === undefined || term > best.term) best = { replica, term };
      }
      return best?.replica;
    });
  }

  /** Waits until every replica has committed up to `lsn`. */
  async caughtUp(lsn: bigint): Promise<void> {
    for (const replica of this.replicas) {
      await waitFor(`${replica.id} to have LSN ${lsn}`, async () => {
        const latest = await replica.metric('latest_lsn');
        return latest !== undefined && BigInt(latest) >= lsn ? true : undefined;
      });
    }
  }

  async close(): Promise<void> {
    for (const replica of this.replicas) replica.signal('SIGCONT');
    await Promise.all(this.replicas.map((replica) => replica.end('SIGKILL')));
    fs.rmSync(this.#root, { recursive: true, force: true });
  }
}
