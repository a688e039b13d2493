import type { AppContext } from './call.ts';
import { metrics, ping } from './health.ts';
import { ROUTE_DOCS, type RouteDoc } from './openapi/route_docs.ts';
import { livez, readyz } from './probes.ts';
import { prometheus } from './prometheus.ts';
import { raiseGeneration } from './raise_generation.ts';
import { getLatestLsn, getWal } from './reads.ts';
import type { Reply } from './reply.ts';
import type { Service } from './service.ts';
import { streamWal } from './stream_wal.ts';

/** Who may use a route. `public` routes ask for a credential only with `-auth-reads`, `open` ones never: probes have none. */
export type Access = 'open' | 'public' | 'protected';

export interface Route {
  readonly method: 'GET' | 'POST';
  readonly access: Access;
  readonly handle: (service: Service, context: AppContext) => Reply | Promise<Reply>;
  /** Its name in the reference. */
  readonly id: string;
  readonly doc: RouteDoc;
}

type Id = keyof typeof ROUTE_DOCS;

const get = (access: Access, handle: Route['handle'], id: Id): Route => ({
  method: 'GET',
  access,
  handle,
  id,
  doc: ROUTE_DOCS[id],
});
const post = (handle: Route['handle'], id: Id): Route => ({
  method: 'POST',
  access: 'protected',
  handle,
  id,
  doc: ROUTE_DOCS[id],
});

/** The endpoints for clients. Those between replicas are in `../peers/receive.ts`. */
export const ROUTES: Readonly<Record<string, Route>> = {
  '/api/v1/stream_wal': post(streamWal, 'streamWal'),
  '/api/v1/raise_generation': post(raiseGeneration, 'raiseGeneration'),
  '/api/v1/get_wal': get('public', getWal, 'getWal'),
  '/api/v1/get_latest_lsn': get('public', getLatestLsn, 'getLatestLsn'),
  '/api/v1/ping': get('public', ping, 'ping'),
  '/api/v1/metrics': get('public', metrics, 'metrics'),
  '/metrics': get('public', prometheus, 'prometheus'),
  '/livez': get('open', livez, 'livez'),
  '/readyz': get('open', readyz, 'readyz'),
};
