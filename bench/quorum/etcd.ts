import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Worker } from '../load/closed_loop.ts';
import { bytesField, GrpcConnection } from '../load/grpc_connection.ts';
import { HttpConnection, postBytes } from '../load/http_connection.ts';
import { freePorts } from '../../server/testing/ports.ts';
import { waitFor } from '../../server/testing/wait.ts';

/** Three members of etcd on this machine, with their data in a directory that `close` removes. */
export class EtcdCluster {
  readonly leaderPort: number;
  readonly #members: readonly ChildProcess[];
  readonly #root: string;

  private constructor(members: readonly ChildProcess[], root: string, leaderPort: number) {
    this.#members = members;
    this.#root = root;
    this.leaderPort = leaderPort;
  }

  /** @throws Error when etcd is not installed. */
  static async start(): Promise<EtcdCluster> {
    const root = fs.mkdtempSync(path.join(os.tmpdir(), 'safekeeper-bench-etcd-'));
    const clientPorts = await freePorts(3);
    const peerPorts = await freePorts(3);
    const peers = peerPorts.map((port, place) => `m${place}=http://127.0.0.1:${port}`).join(',');
    const members = clientPorts.map((port, place) => {
      const client = `http://127.0.0.1:${port}`;
      const peer = `http://127.0.0.1:${peerPorts[place]}`;
      return spawn(
        'etcd',
        [
          ...['--name', `m${place}`, '--data-dir', path.join(root, `m${place}`), '--log-level', 'error'],
          ...['--listen-client-urls', client, '--advertise-client-urls', client],
          ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer],
          ...['--initial-cluster', peers, '--initial-cluster-state', 'new'],
          // Everything else is as it comes.
          ...['--quota-backend-bytes', `${8 * 2 ** 30}`],
        ],
        { stdio: 'ignore' },
      );
    });
    const leaderPort = await waitFor('a leader of etcd', () => leaderOf(clientPorts));
    return new EtcdCluster(members, root, leaderPort);
  }

  /** `etcd Version: 3.4.23`, and where it was found. */
  static describe(): string {
    const version = execFileSync('etcd', ['--version'], { encoding: 'utf8' }).split('\n', 1)[0] ?? '';
    return `${version} (${execFileSync('which', ['etcd'], { encoding: 'utf8' }).trim()})`;
  }

  close(): void {
    for (const member of this.#members) member.kill('SIGKILL');
    fs.rmSync(this.#root, { recursive: true, force: true });
  }
}

async function leaderOf(ports: readonly number[]): Promise<number | undefined> {
  for (const port of ports) {
    try {
      const connection = await HttpConnection.open(port);
      const { body } = await connection.request(postBytes('/v3/maintenance/status', '{}'));
      connection.close();
      const { header, leader } = JSON.parse(body) as { header?: { member_id?: string }; leader?: string };
      if (leader !== undefined && leader !== '0' && header?.member_id === leader) return port;
    } catch {
      // Not there yet.
    }
  }
  return undefined;
}

const KEY_BYTES = 8;

/** A new key each time. */
function keys(): () => Buffer {
  let count = 0n;
  return () => {
    const key = Buffer.alloc(KEY_BYTES);
    key.writeBigUInt64BE(++count);
    return key;
  };
}

const nextKey = keys();

/** Puts of new keys, as their gateway takes them. */
export function putRequests(valueBytes: number): () => string {
  const value = Buffer.alloc(valueBytes, 'v').toString('base64');
  return () => postBytes('/v3/kv/put', `{"key":"${nextKey().toString('base64')}","value":"${value}"}`);
}

/** Transactions of so many puts. */
export function transactionRequests(valueBytes: number, puts: number): () => string {
  const value = Buffer.alloc(valueBytes, 'v').toString('base64');
  const one = (): string => `{"request_put":{"key":"${nextKey().toString('base64')}","value":"${value}"}}`;
  return () => postBytes('/v3/kv/txn', `{"success":[${Array.from({ length: puts }, one).join(',')}]}`);
}

/** Puts of new keys over gRPC, on so many channels. */
export function grpcPuts(
  port: number,
  count: number,
  valueBytes: number,
): { readonly workers: readonly Worker[]; readonly close: () => void } {
  const value = bytesField(2, Buffer.alloc(valueBytes, 'v'));
  const connections = Array.from({ length: count }, () => new GrpcConnection(port));
  return {
    workers: connections.map((connection): Worker => {
      return () => connection.call('/etcdserverpb.KV/Put', Buffer.concat([bytesField(1, nextKey()), value]));
    }),
    close: () => {
      for (const connection of connections) connection.close();
    },
  };
}
