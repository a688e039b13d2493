import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { parseExactJson } from '../exact_json.ts';
import { encodeFrame, FrameReader } from '../stream/frame.ts';
import { LSN_MAX, toU64 } from '../u64.ts';

/** How a replica treats one request, decided by the test. */
export type Treatment =
  | 'serve'
  /** The connection breaks before the request is looked at. */
  | 'dropBefore'
  /** The request is carried out, then the connection breaks: the answer is lost. */
  | 'dropAfter'
  /** Nothing is ever answered. */
  | 'hang'
  | { readonly status: number; readonly body: object | string; readonly headers?: Readonly<Record<string, string>> };

export interface FakeRequest {
  readonly replica: number;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Readonly<Record<string, unknown>>;
}

interface Stored {
  readonly base64: string;
  readonly spaceId: unknown;
  readonly pageNo: unknown;
}

interface Answer {
  readonly status: number;
  readonly json: string;
}

export interface FakeOptions {
  readonly replicas?: number;
  readonly apiKey?: string;
  /** How long a record waits for its predecessor. */
  readonly heldMs?: number;
}

/**
 * Replicas that share one log in memory and speak the public API over real sockets: enough of it to test a client
 * against every way in which a real cluster misbehaves. The leader is whatever `leader` says; the others forward.
 */
export class FakeCluster {
  readonly records = new Map<bigint, Stored>();
  readonly requests: FakeRequest[] = [];
  latestLsn = 0n;
  generation = 0;
  /** Which replica leads; undefined: none. */
  leader: number | undefined = 0;
  treat: (request: FakeRequest) => Treatment = () => 'serve';
  readonly #options: FakeOptions;
  readonly #servers: Server[] = [];
  readonly #ports: number[] = [];
  readonly #sockets = new Map<Server, Set<Socket>>();
  readonly #changed = new Set<() => void>();
  /** Records last refused: who waits for them waits in vain. */
  readonly #refused = new Set<bigint>();

  private constructor(options: FakeOptions) {
    this.#options = options;
  }

  static async start(options: FakeOptions = {}): Promise<FakeCluster> {
    const cluster = new FakeCluster(options);
    for (let replica = 0; replica < (options.replicas ?? 3); replica += 1) await cluster.#listen(replica, 0);
    return cluster;
  }

  get urls(): string[] {
    return this.#ports.map((port) => `http://127.0.0.1:${port}`);
  }

  /** How many writes were asked for with this LSN. */
  writesOf(lsn: bigint): number {
    return this.requests.filter(({ path, body }) => path === '/api/v1/stream_wal' && toU64(body.lsn) === lsn).length;
  }

  /** The process dies: every connection breaks and new ones are refused. */
  async kill(replica: number): Promise<void> {
    const server = this.#servers[replica];
    if (server === undefined) return;
    for (const socket of this.#sockets.get(server) ?? []) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  async restart(replica: number): Promise<void> {
    await this.#listen(replica, this.#ports[replica] ?? 0);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#servers.map((_server, replica) => this.kill(replica)));
  }

  async #listen(replica: number, port: number): Promise<void> {
    const server = createServer((request, response) => void this.#serve(replica, request, response));
    const sockets = new Set<Socket>();
    server.on('connection', (socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
    this.#sockets.set(server, sockets);
    this.#servers[replica] = server;
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    this.#ports[replica] = (server.address() as AddressInfo).port;
  }

  async #serve(replica: number, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    if (incoming.headers['content-type'] === 'application/octet-stream') {
      await this.#serveStream(replica, incoming, response);
      return;
    }
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const url = new URL(incoming.url ?? '/', 'http://fake');
    const text = Buffer.concat(chunks).toString();
    const request: FakeRequest = {
      replica,
      method: incoming.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: incoming.headers,
      body: text === '' ? {} : (parseExactJson(text) as Record<string, unknown>),
    };
    this.requests.push(request);
    const treatment = this.treat(request);
    if (treatment === 'hang') return;
    if (treatment === 'dropBefore') return void incoming.socket.destroy();
    if (typeof treatment === 'object') {
      const { status, headers, body } = treatment;
      response.writeHead(status, headers);
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
      return;
    }
    if (request.query.get('follow') === 'true') return this.#follow(request.query, response);
    const answer = await this.#answer(request);
    if (treatment === 'dropAfter') return void incoming.socket.destroy();
    response.writeHead(answer.status, answer.status === 503 ? { 'retry-after': '1' } : {});
    response.end(answer.json);
  }

  /** A stream of frames: each record is looked at as if it had come alone. */
  async #serveStream(replica: number, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '/', 'http://fake');
    let previous = url.searchParams.get('prev_lsn') ?? undefined;
    const frames = new FrameReader();
    const { socket } = incoming;
    const end = ({ status, json }: Answer): void => {
      if (response.headersSent) response.end(`${json}\n`);
      else response.writeHead(status, status === 503 ? { 'retry-after': '1' } : {}).end(json);
      setTimeout(() => socket.destroy(), 200).unref();
    };
    try {
      for await (const piece of incoming) {
        for (const { lsn, data, spaceId, pageNo } of frames.push(piece as Buffer)) {
          const request: FakeRequest = {
            replica,
            method: 'POST',
            path: url.pathname,
            query: url.searchParams,
            headers: incoming.headers,
            body: {
              lsn: Number(lsn),
              wal_data: Buffer.from(data).toString('base64'),
              space_id: spaceId,
              page_no: pageNo,
              prev_lsn: previous === undefined ? undefined : Number(previous),
              generation: Number(url.searchParams.get('generation') ?? 0),
            },
          };
          previous = String(lsn);
          this.requests.push(request);
          const treatment = this.treat(request);
          if (treatment === 'hang') await new Promise(() => undefined);
          if (treatment === 'dropBefore') return void socket.destroy();
          if (typeof treatment === 'object') {
            const { status, body } = treatment;
            return end({ status, json: typeof body === 'string' ? body : JSON.stringify(body) });
          }
          const answer = await this.#answer(request);
          if (treatment === 'dropAfter') return void socket.destroy();
          if (answer.status !== 200) return end(answer);
          if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/x-ndjson' });
          response.write(`{"last_applied_lsn":${lsn}}\n`);
        }
      }
    } catch {
      return;
    }
    response.end(`{"status":"success"}\n`);
  }

  async #follow(query: URLSearchParams, response: ServerResponse): Promise<void> {
    let next = BigInt(query.get('start_lsn') ?? '1');
    const through = BigInt(query.get('end_lsn') ?? LSN_MAX);
    response.writeHead(200, { 'content-type': 'application/octet-stream' }).flushHeaders();
    while (!response.destroyed) {
      for (const [lsn, { base64 }] of this.records) {
        if (lsn < next || lsn > through) continue;
        response.write(encodeFrame({ lsn, data: Buffer.from(base64, 'base64') }));
        next = lsn + 1n;
      }
      if (this.latestLsn >= through) break;
      await this.#change(20);
    }
    const end = Buffer.alloc(20);
    end.writeUInt32LE(8, 8);
    end.writeBigUInt64LE(this.latestLsn, 12);
    response.end(end);
  }

  async #answer(request: FakeRequest): Promise<Answer> {
    const { apiKey } = this.#options;
    switch (request.path) {
      case '/api/v1/ping': {
        const state = this.leader === request.replica ? 'leader' : 'follower';
        return { status: 200, json: `{"status":"ok","version":"0.0.0","state":"${state}"}` };
      }
      case '/api/v1/metrics':
        return { status: 200, json: `{"status":"success","metrics":{"latest_lsn":${this.latestLsn},"term":1}}` };
      case '/api/v1/get_latest_lsn':
        if (request.query.get('consistency') === 'linearizable' && this.leader === undefined) return NO_LEADER;
        return { status: 200, json: `{"status":"success","latest_lsn":${this.latestLsn}}` };
      case '/api/v1/get_wal':
        return this.#get(BigInt(request.query.get('lsn') ?? '0'));
      case '/api/v1/get_wal_range':
        return this.#getRange(request.query);
      case '/api/v1/stream_wal':
        if (apiKey !== undefined && request.headers['x-api-key'] !== apiKey) return UNAUTHORIZED;
        if (this.leader === undefined) return NO_LEADER;
        return await this.#write(request.body);
      case '/api/v1/raise_generation':
        if (this.leader === undefined) return NO_LEADER;
        if (Number(request.body.generation) < this.generation) return this.#refuse('fenced');
        this.generation = Number(request.body.generation);
        return {
          status: 200,
          json: `{"status":"success","generation":${this.generation},"latest_lsn":${this.latestLsn}}`,
        };
      default:
        return { status: 404, json: '{"status":"error","error":"No such path.","code":"not_found"}' };
    }
  }

  #get(lsn: bigint): Answer {
    const record = this.records.get(lsn);
    if (record === undefined) {
      const json = `{"status":"error","error":"No record has LSN ${lsn}.","code":"not_found","latest_lsn":${this.latestLsn}}`;
      return { status: 404, json };
    }
    return { status: 200, json: `{"status":"success",${recordJson(lsn, record).slice(1)}` };
  }

  #getRange(query: URLSearchParams): Answer {
    const [from, through] = [BigInt(query.get('start_lsn') ?? '1'), BigInt(query.get('end_lsn') ?? '0')];
    const inRange = [...this.records].filter(([lsn]) => lsn >= from && lsn <= through);
    const page = inRange.slice(0, Number(query.get('limit')));
    const last = page.at(-1)?.[0];
    const wals = page.map(([lsn, record]) => recordJson(lsn, record)).join(',');
    const next = last === undefined ? from : last + 1n;
    const rest = `"next_lsn":${next},"more":${page.length < inRange.length},"latest_lsn":${this.latestLsn}`;
    return { status: 200, json: `{"status":"success","wals":[${wals}],${rest}}` };
  }

  async #write(body: FakeRequest['body']): Promise<Answer> {
    const lsn = toU64(body.lsn) ?? 0n;
    this.#refused.delete(lsn);
    const answer = await this.#admit(lsn, body);
    if (answer.status === 409) this.#refused.add(lsn);
    for (const wake of this.#changed) wake();
    return answer;
  }

  async #admit(lsn: bigint, body: FakeRequest['body']): Promise<Answer> {
    const previous = body.prev_lsn === undefined ? undefined : toU64(body.prev_lsn);
    if (Number(body.generation ?? 0) < this.generation) return this.#refuse('fenced');
    const expires = performance.now() + (this.#options.heldMs ?? 5_000);
    for (;;) {
      const stored = this.records.get(lsn);
      if (stored !== undefined) {
        const same =
          stored.base64 === body.wal_data && stored.spaceId === body.space_id && stored.pageNo === body.page_no;
        return same ? acknowledged(lsn) : this.#refuse('conflict');
      }
      if (lsn <= this.latestLsn) return this.#refuse('out_of_order');
      if (previous === undefined || previous === this.latestLsn) break;
      const inVain = previous < this.latestLsn || this.#refused.has(previous);
      if (inVain || performance.now() >= expires) return this.#refuse('gap');
      await this.#change(expires - performance.now());
    }
    this.records.set(lsn, { base64: String(body.wal_data), spaceId: body.space_id, pageNo: body.page_no });
    this.latestLsn = lsn;
    return acknowledged(lsn);
  }

  /** Waits until a record is stored or refused, or so many milliseconds. */
  async #change(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#changed.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.#changed.add(wake);
    });
  }

  #refuse(code: string): Answer {
    const json = `{"status":"error","error":"Refused: ${code}.","code":"${code}","latest_lsn":${this.latestLsn}}`;
    return { status: 409, json };
  }
}

const NO_LEADER: Answer = { status: 503, json: '{"status":"error","error":"No leader yet.","code":"no_leader"}' };
const UNAUTHORIZED: Answer = {
  status: 401,
  json: '{"status":"error","error":"Authentication required.","code":"unauthorized"}',
};

function recordJson(lsn: bigint, record: Stored): string {
  const fields = JSON.stringify({ wal_data: record.base64, space_id: record.spaceId, page_no: record.pageNo });
  return `{"lsn":${lsn},${fields.slice(1)}`;
}

function acknowledged(lsn: bigint): Answer {
  return { status: 200, json: `{"status":"success","last_applied_lsn":${lsn}}` };
}
