import { randomInt } from 'node:crypto';
import { FencedError, type SafekeeperClient } from '../../client/index.ts';

/** Generations go up in steps of this, plus a random part: two that raise at the same moment do not get the same one. */
const STEP = 1_000;
const ATTEMPTS_MAX = 5;

type GenerationClient = Pick<SafekeeperClient, 'metrics' | 'raiseGeneration' | 'latestLsn'>;

/**
 * Raises the log's generation above every one before, so that no earlier connector writes any more.
 * @param wanted this one, instead of the next; it may be in force already, as a take-over leaves it.
 * @returns the generation, and the latest LSN at that point.
 * @throws FencedError when others raise it all the time, or `wanted` is lower than the log's.
 */
export async function takeGeneration(
  client: GenerationClient,
  wanted: number | undefined,
  signal: AbortSignal,
): Promise<{ readonly generation: number; readonly latestLsn: bigint }> {
  for (let attempt = 1; ; attempt++) {
    const next = wanted ?? nextGeneration(await generationOf(client, signal));
    try {
      return await client.raiseGeneration(next, { signal });
    } catch (error) {
      if (!(error instanceof FencedError) || attempt === ATTEMPTS_MAX) throw error;
      if (wanted === undefined) continue;
      if ((await generationOf(client, signal)) === wanted) {
        return { generation: wanted, latestLsn: await client.latestLsn({ signal }) };
      }
      throw error;
    }
  }
}

async function generationOf(client: GenerationClient, signal: AbortSignal): Promise<number> {
  return Number((await client.metrics({ signal })).generation ?? 0);
}

/** The next one above `current`. */
export function nextGeneration(current: number): number {
  return (Math.floor(current / STEP) + 1) * STEP + randomInt(STEP);
}
