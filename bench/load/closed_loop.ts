import { HttpConnection } from './http_connection.ts';

/** Sends the next request and waits for its answer; rejects when that is no success. */
export type Worker = () => Promise<void>;

/** Opens a connection for each worker. */
export async function httpWorkers(
  port: number,
  count: number,
  nextRequest: () => string,
): Promise<{ readonly workers: readonly Worker[]; readonly close: () => void }> {
  const connections = await Promise.all(Array.from({ length: count }, () => HttpConnection.open(port)));
  return {
    workers: connections.map((connection) => async () => {
      const { status, body } = await connection.request(nextRequest());
      if (status !== 200) throw new Error(`answered with ${status}: ${body.slice(0, 300)}`);
    }),
    close: () => {
      for (const connection of connections) connection.close();
    },
  };
}

/** What came of a load. */
export interface LoadFigures {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/**
 * Lets each worker send for so many seconds, its next request as soon as the last one is answered.
 * @throws Error when one is not answered with success: a load of refusals measures nothing.
 */
export async function runClosedLoop(workers: readonly Worker[], seconds: number): Promise<LoadFigures> {
  const latenciesMs: number[] = [];
  const startMs = performance.now();
  const endMs = startMs + seconds * 1_000;
  await Promise.all(
    workers.map(async (work) => {
      for (let nowMs = performance.now(); nowMs < endMs; ) {
        await work();
        const thenMs = performance.now();
        latenciesMs.push(thenMs - nowMs);
        nowMs = thenMs;
      }
    }),
  );
  const tookMs = performance.now() - startMs;
  return {
    perSecond: latenciesMs.length / (tookMs / 1_000),
    p50Ms: quantile(latenciesMs, 0.5),
    p99Ms: quantile(latenciesMs, 0.99),
  };
}

/** The value below which so large a share of them lies. */
export function quantile(values: readonly number[], share: number): number {
  const ascending = Float64Array.from(values).sort();
  return ascending[Math.min(ascending.length - 1, Math.floor(share * ascending.length))] ?? Number.NaN;
}
