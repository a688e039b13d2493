import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PlantedMistake } from '../../scenarios/planted/index.ts';
import { copyWith, removeCopy } from './copy.ts';
import { runSafekeeper } from './safekeeper.ts';

export interface HuntOptions {
  /** The first seed, and how many to try. */
  readonly from: string;
  readonly seeds: string;
  readonly duration: string;
  /** For how long the failure is shrunk, as a flag of `fuzz`; undefined: not at all. */
  readonly shrinkFor: string | undefined;
  /** A failure that shrinks to no more faults explains the mistake; else the next ones are shrunk, too. */
  readonly faultsMax: number;
}

/** Failures of one mistake that are shrunk, at most: some runs fail in ways that nothing can be taken from. */
const SHRUNK_MAX = 3;

/** What became of a mistake. */
export interface Hunted {
  /** The property that caught it; undefined when it escaped. */
  readonly caughtBy?: string;
  /** The first seed that failed. */
  readonly seedsNeeded?: number;
  readonly shrunk?: Shrunk;
}

export interface Shrunk {
  readonly faults: number;
  /** The property that the saved scenario breaks, undefined when it breaks none. */
  readonly failsBy: string | undefined;
  /** The text of the saved file. */
  readonly text: string;
}

/**
 * Plants the mistake, lets the simulator look for it, and replays the file that the shrunken failure was saved to: of a
 * few failures the one that explains most.
 */
export async function hunt(mistake: PlantedMistake, options: HuntOptions): Promise<Hunted> {
  const copy = await copyWith(mistake);
  try {
    let found = await campaign(copy, options, Number(options.from));
    let last = found;
    for (let tried = 1; tried < SHRUNK_MAX && faultsOf(found) > options.faultsMax; tried++) {
      last = await campaign(copy, options, (last.seedsNeeded ?? Infinity) + 1);
      const { shrunk, caughtBy } = last;
      if (shrunk === undefined || caughtBy === undefined) break;
      if (shrunk.faults < faultsOf(found)) found = { ...found, caughtBy, shrunk };
    }
    return found;
  } finally {
    await removeCopy(copy);
  }
}

function faultsOf({ shrunk }: Hunted): number {
  return shrunk?.faults ?? 0;
}

/** Runs seeds from `first` on, up to the last of those wanted, until one fails. */
async function campaign(
  copy: string,
  { from, seeds, duration, shrinkFor }: HuntOptions,
  first: number,
): Promise<Hunted> {
  const left = Number(from) + Number(seeds) - first;
  if (left <= 0) return {};
  const shrinking = shrinkFor === undefined ? ['-no-shrink'] : ['-shrink-for', shrinkFor];
  const wanted = ['-from', String(first), '-seeds', String(left), '-duration', duration];
  const { failures, files } = await runSafekeeper(copy, ['fuzz', ...wanted, '-save-to', 'found', ...shrinking]);
  const [failure] = failures as { seed: number; property: string }[];
  if (failure === undefined) return {};
  const caught = { caughtBy: failure.property, seedsNeeded: failure.seed };
  const [file] = files as string[];
  if (shrinkFor === undefined || file === undefined) return caught;
  return { ...caught, shrunk: await replay(copy, file) };
}

async function replay(copy: string, file: string): Promise<Shrunk> {
  const text = await readFile(join(copy, file), 'utf8');
  const { faults } = JSON.parse(text) as { faults: unknown[] };
  const { property } = await runSafekeeper(copy, ['sim', '-scenario', file, '-detail', 'quiet']);
  return { faults: faults.length, failsBy: typeof property === 'string' ? property : undefined, text };
}
