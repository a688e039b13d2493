import type { Call } from './call.ts';
import { metrics, ping } from './health.ts';
import { ROUTE_DOCS, type RouteDoc } from './openapi/route_docs.ts';
import { livez, readyz } from './probes.ts';
import { prometheus } from './prometheus.ts';
import { raiseGeneration } from './raise_generation.ts';
import { getLatestLsn, getWal, getWalRange } from './reads.ts';
import type { Reply } from './reply.ts';
import type { Streamed } from './streams/streamed.ts';
import type { Service } from './service.ts';
import { streamWal } from './stream_wal.ts';

/** Who may use a route. `public` routes ask for a credential only with `-auth-reads`, `open` ones never: probes have none. */
export type Access = 'open' | 'public' | 'protected';

export interface Endpoint {
  readonly method: 'GET' | 'POST';
  readonly access: Access;
  readonly handle: (service: Service, call: Call) => Reply | Promise<Reply | Streamed>;
}

/** An endpoint of the API, with what the reference says of it. */
export interface Route extends Endpoint {
  /** Its name in the reference. */
  readonly id: string;
  readonly doc: RouteDoc;
}

function route(
  method: Endpoint['method'],
  access: Access,
  handle: Endpoint['handle'],
  id: keyof typeof ROUTE_DOCS,
): Route {
  return { method, access, handle, id, doc: ROUTE_DOCS[id] };
}

/** The endpoints for clients. Those between replicas are in `../peers/receive.ts`. */
export const ROUTES: Readonly<Record<string, Route>> = {
  '/api/v1/stream_wal': route('POST', 'protected', streamWal, 'streamWal'),
  '/api/v1/raise_generation': route('POST', 'protected', raiseGeneration, 'raiseGeneration'),
  '/api/v1/get_wal': route('GET', 'public', getWal, 'getWal'),
  '/api/v1/get_wal_range': route('GET', 'public', getWalRange, 'getWalRange'),
  '/api/v1/get_latest_lsn': route('GET', 'public', getLatestLsn, 'getLatestLsn'),
  '/api/v1/ping': route('GET', 'public', ping, 'ping'),
  '/api/v1/metrics': route('GET', 'public', metrics, 'metrics'),
  '/metrics': route('GET', 'public', prometheus, 'prometheus'),
  '/livez': route('GET', 'open', livez, 'livez'),
  '/readyz': route('GET', 'open', readyz, 'readyz'),
};
