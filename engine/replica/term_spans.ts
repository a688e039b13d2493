/** A run of entries of one term: from `firstIndex` up to the entry before the next span, or to the end of the log. */
export interface TermSpan {
  readonly term: number;
  readonly firstIndex: number;
}

/**
 * The term of every entry of a log, compressed: terms only ever rise along a log, so one span for each term is enough,
 * and a log of millions of entries has a handful. Strictly ascending in `term` and in `firstIndex`. Below the first
 * span the term is 0: there the log is not known, or there is none. Where the log ends is not said here.
 *
 * Terms are non-negative safe integers, indexes count from 1. Source: Neon's safekeeper (`TermHistory`); etcd-io/raft
 * `log.go` for what is asked of it.
 */
export type TermSpans = readonly TermSpan[];

/** The spans of an empty log. */
export const NO_TERM_SPANS: TermSpans = [];

/** The term of the entry at `index`, 0 below the first span. The caller sees to it that the log has the index. */
export function termAt(spans: TermSpans, index: number): number {
  return spans[spanAt(spans, index)]?.term ?? 0;
}

/**
 * The spans after an entry of `term` has been appended at `index`, the one after the end of the log. The same object
 * when the term goes on, as nearly always.
 *
 * Throws `RangeError` if the term is below the last one or the index inside an earlier span: no log looks like that.
 */
export function appendTerm(spans: TermSpans, index: number, term: number): TermSpans {
  const last = spans[spans.length - 1];
  if (last === undefined) {
    return [{ term, firstIndex: index }];
  }
  if (term < last.term || index < last.firstIndex) {
    throw new RangeError(
      `no entry ${index} of term ${term} follows a span of term ${last.term} from ${last.firstIndex}`,
    );
  }
  if (term === last.term) {
    return spans;
  }
  // A span that begins where the new entry goes has no entry yet: all of its log was dropped (`dropBelow`).
  const kept = index === last.firstIndex ? spans.slice(0, -1) : spans;
  return [...kept, { term, firstIndex: index }];
}

/** The spans of the log without its entries at `index` and above. */
export function truncateFrom(spans: TermSpans, index: number): TermSpans {
  const kept = spanAt(spans, index - 1) + 1;
  return kept === spans.length ? spans : spans.slice(0, kept);
}

/**
 * The spans of the log without its entries below `index`; below it the term is 0 from now on. The span that holds
 * `index`, which may be the one after the end of the log, begins there.
 */
export function dropBelow(spans: TermSpans, index: number): TermSpans {
  const at = spanAt(spans, index);
  const span = spans[at];
  if (span === undefined || (at === 0 && span.firstIndex === index)) {
    return spans;
  }
  if (span.firstIndex === index) {
    return spans.slice(at);
  }
  return [{ term: span.term, firstIndex: index }, ...spans.slice(at + 1)];
}

/**
 * The largest index, at most `maxIndex`, whose term is at most `maxTerm`: where a leader and a follower whose logs
 * conflict may agree at the latest. For everything above it, this log has a term the other cannot have there. `lastIndex`
 * is the end of this log, and bounds the answer too. Where no known entry qualifies, the index before the first span,
 * whose term counts as 0.
 *
 * Source: Ongaro's dissertation §3.5 (fewer rejected AppendEntries); etcd-io/raft `log.go` (`findConflictByTerm`),
 * with the long proof in `raft.go`, at `MsgApp` and `MsgAppResp`.
 */
export function lastIndexWithTermAtMost(
  spans: TermSpans,
  lastIndex: number,
  maxIndex: number,
  maxTerm: number,
): number {
  const bound = Math.min(lastIndex, maxIndex);
  // Terms rise, so the first span above `maxTerm` ends what qualifies. Conflicts are near the end: look from there.
  let firstAbove: TermSpan | undefined;
  for (let at = spans.length - 1; at >= 0; at--) {
    const span = spans[at] as TermSpan;
    if (span.term <= maxTerm) {
      break;
    }
    firstAbove = span;
  }
  return firstAbove === undefined ? bound : Math.min(bound, firstAbove.firstIndex - 1);
}

/** The position of the span that covers `index`, -1 below the first. */
function spanAt(spans: TermSpans, index: number): number {
  let low = 0;
  let high = spans.length;
  const last = spans[high - 1];
  if (last !== undefined && last.firstIndex <= index) {
    // Nearly every question is about the end of the log.
    return high - 1;
  }
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((spans[middle] as TermSpan).firstIndex <= index) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low - 1;
}
