import { UsageError } from './flags.ts';

/** One machine's part of a campaign: the seeds that leave `index` when divided by `of`. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

export const WHOLE: Shard = { index: 0, of: 1 };

/**
 * Reads `i/n`: the seeds that are i modulo n. Machines may be numbered from 0 to n - 1 or from 1 to n, as the CI at hand
 * does it; either way each seed is run once.
 *
 * @throws UsageError for anything else.
 */
export function parseShard(text: string): Shard {
  const match = /^(\d{1,6})\/(\d{1,6})$/.exec(text);
  const [index, of] = [Number(match?.[1]), Number(match?.[2])];
  if (match === null || of === 0 || index > of)
    throw new UsageError(`-shard takes i/n, such as 3/8 for the third of eight machines, not "${text}".`);
  return { index: index % of, of };
}

/** The seeds of a shard, from the first seed on, of so many. */
export function* seedsOf({ index, of }: Shard, from: number, count: number): Generator<number> {
  const skipped = (((index - from) % of) + of) % of;
  for (let seed = from + skipped; seed < from + count; seed += of) yield seed;
}

/** How many they are. */
export function countSeeds({ index, of }: Shard, from: number, count: number): number {
  const skipped = (((index - from) % of) + of) % of;
  return Math.max(0, Math.ceil((count - skipped) / of));
}
