import type { Attempt } from './shape.ts';

/**
 * Takes out what `attempt` can do without: first halves, then ever smaller parts, at last one by one until none can go.
 * What is left is 1-minimal: Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input" (IEEE TSE 2002).
 */
export function removeParts<T>(items: readonly T[], attempt: Attempt<readonly T[]>, atLeast = 0): readonly T[] {
  let kept = items;
  if (kept.length > atLeast && atLeast === 0 && attempt([])) return [];
  let size = Math.ceil(kept.length / 2);
  while (size >= 1) {
    const before = kept.length;
    for (let at = 0; at < kept.length; ) {
      const fewer = [...kept.slice(0, at), ...kept.slice(at + size)];
      if (fewer.length >= atLeast && fewer.length > 0 && attempt(fewer)) kept = fewer;
      else at += size;
    }
    if (size > 1) size = Math.ceil(size / 2);
    else if (kept.length === before) break;
  }
  return kept;
}
