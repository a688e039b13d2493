import { createFilter, type Detail, type Happening, REAL_ENGINE } from '../../sim/index.ts';
import { UsageError } from './flags.ts';
import { nearest } from './nearest.ts';

/** How much of a run `sim` tells: nothing but its end, or what `Detail` says. */
export type SimDetail = 'quiet' | Detail;

const DETAILS: Readonly<Record<SimDetail, true>> = { quiet: true, news: true, protocol: true, everything: true };

/** @throws UsageError for another word. */
export function readDetail(word: string): SimDetail {
  if (Object.hasOwn(DETAILS, word)) return word as SimDetail;
  const like = nearest(word, Object.keys(DETAILS));
  const advice = like === undefined ? '' : ` Did you mean ${like}?`;
  throw new UsageError(`-detail is quiet, news, protocol or everything, not "${word}".${advice}`);
}

/** Chooses what is told of one run. */
export function filterOf(detail: SimDetail): (happening: Happening) => boolean {
  if (detail === 'quiet') return () => false;
  return createFilter(detail, REAL_ENGINE.describeMessage);
}
