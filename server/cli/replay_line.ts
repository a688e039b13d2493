import { existsSync, realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { formatExactDuration } from './amounts.ts';
import { shellWord } from './shell_word.ts';
import type { SimulationOptions } from './sim_options.ts';

type DrawnBy = Pick<SimulationOptions, 'replicas' | 'durationMs' | 'mode'>;

/** The line to paste that runs one seed again and tells what happens. */
export function replaySeedLine(seed: number, { replicas, durationMs, mode }: DrawnBy): string {
  const duration = formatExactDuration(durationMs);
  if (isInCheckout()) {
    const more = `${replicas === undefined ? '' : ` REPLICAS=${replicas}`}${mode === undefined ? '' : ` MODE=${mode}`}`;
    return `make replay SEED=${seed} DURATION=${duration}${more}`;
  }
  const more = `${replicas === undefined ? '' : ` -replicas ${replicas}`}${mode === undefined ? '' : ` -mode ${mode}`}`;
  return `npx safekeeper sim -seed ${seed} -duration ${duration}${more} -detail protocol`;
}

/** The line to paste that runs a saved scenario again and tells what happens. */
export function replayFileLine(file: string): string {
  const quoted = shellWord(file);
  return isInCheckout() ? `make replay FILE=${quoted}` : `npx safekeeper sim -scenario ${quoted} -detail protocol`;
}

/** Whether this is a checkout of Safekeeper, where `make` knows the way, and not an installed package. */
function isInCheckout(): boolean {
  const top = new URL(import.meta.url.endsWith('.ts') ? '../../' : '../../../', import.meta.url);
  const folder = realpathSync(fileURLToPath(top));
  return existsSync(new URL('Makefile', top)) && realpathSync(process.cwd()) === folder;
}
