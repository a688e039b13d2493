import type { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type ClientTls, postJson, request } from './http_client.ts';
import { freePorts } from './ports.ts';
import { ended, start } from './program.ts';
import { waitFor } from './wait.ts';

/** A replica that a test starts, kills and starts again, on the same port and directory. */
export class TestReplica {
  readonly id: string;
  readonly port: number;
  readonly url: string;
  readonly directory: string;
  /** What its own tests trust and show; undefined: it speaks plain HTTP. */
  readonly tls: ClientTls | undefined;
  /** What it logged, over all its lives. */
  readonly lines: string[] = [];
  readonly #args: readonly string[];
  #child: ChildProcess | undefined;

  constructor(id: string, port: number, directory: string, args: readonly string[], tls?: ClientTls) {
    this.id = id;
    this.port = port;
    this.tls = tls;
    this.url = `${tls === undefined ? 'http' : 'https'}://localhost:${port}`;
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
      const { text } = await request(`${this.url}/api/v1/metrics`, { timeoutMs: 1_000, tls: this.tls });
      return new RegExp(`"${name}":"?([^",}]*)`).exec(text)?.[1];
    } catch {
      return undefined;
    }
  }

  async stream(record: string, headers: Readonly<Record<string, string>> = {}) {
    return postJson(`${this.url}/api/v1/stream_wal`, record, headers, 5_000, this.tls);
  }

  async get(path_: string) {
    return request(`${this.url}/api/v1/${path_}`, { tls: this.tls });
  }

  /** What `/metrics` says of this name and these labels, in any order; 0 when it is not there. */
  async prometheus(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
    const { text } = await request(`${this.url}/metrics`, { tls: this.tls });
    const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
    const line = text
      .split('\n')
      .find((its) =>
        its.startsWith(`${name}{`) || its.startsWith(`${name} `) ? wanted.every((one) => its.includes(one)) : false,
      );
    return Number(line?.split(' ').at(-1) ?? 0);
  }
}

/** Replicas on free loopback ports, with their data in a directory that `close` removes. */
export class TestCluster {
  readonly replicas: readonly TestReplica[];
  /** Removed at the end. */
  readonly root: string;

  private constructor(root: string, replicas: readonly TestReplica[]) {
    this.root = root;
    this.replicas = replicas;
  }

  /** Started, and led by one of them. */
  static async start(count: number, args: readonly string[] = [], tls?: ClientTls): Promise<TestCluster> {
    const cluster = await TestCluster.prepare(count, args, tls);
    for (const replica of cluster.replicas) replica.start();
    await cluster.leader();
    return cluster;
  }

  /** Not started yet. */
  static async prepare(count: number, args: readonly string[] = [], tls?: ClientTls): Promise<TestCluster> {
    const root = fs.mkdtempSync(path.join(os.tmpdir(), 'safekeeper-process-'));
    const ports = await freePorts(count);
    const replicas = ports.map((port, place) => {
      const scheme = tls === undefined ? 'http' : 'https';
      const peers = ports.filter((other) => other !== port).map((other) => `${scheme}://localhost:${other}`);
      const id = `safekeeper-${place + 1}`;
      const own = [...(peers.length === 0 ? [] : ['-peers', peers.join(',')]), ...args];
      return new TestReplica(id, port, path.join(root, id), own, tls);
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
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}
