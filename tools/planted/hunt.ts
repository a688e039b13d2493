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
}

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

/** Plants the mistake, lets the simulator look for it, and replays the file that the shrunken failure was saved to. */
export async function hunt(
  mistake: PlantedMistake,
  { from, seeds, duration, shrinkFor }: HuntOptions,
): Promise<Hunted> {
  const copy = await copyWith(mistake);
  try {
    const shrinking = shrinkFor === undefined ? ['-no-shrink'] : ['-shrink-for', shrinkFor];
    const campaign = ['fuzz', '-from', from, '-seeds', seeds, '-duration', duration, '-save-to', 'found', ...shrinking];
    const { failures, files } = await runSafekeeper(copy, campaign);
    const [failure] = failures as { seed: number; property: string }[];
    if (failure === undefined) return {};
    const caught = { caughtBy: failure.property, seedsNeeded: failure.seed };
    const [file] = files as string[];
    if (shrinkFor === undefined || file === undefined) return caught;
    return { ...caught, shrunk: await replay(copy, file) };
  } finally {
    await removeCopy(copy);
  }
}

async function replay(copy: string, file: string): Promise<Shrunk> {
  const text = await readFile(join(copy, file), 'utf8');
  const { faults } = JSON.parse(text) as { faults: unknown[] };
  const { property } = await runSafekeeper(copy, ['sim', '-scenario', file, '-detail', 'quiet']);
  return { faults: faults.length, failsBy: typeof property === 'string' ? property : undefined, text };
}
