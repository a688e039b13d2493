import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TermSpans } from './term_spans.ts';
import { appendTerm, dropBelow, lastIndexWithTermAtMost, NO_TERM_SPANS, termAt, truncateFrom } from './term_spans.ts';

/** The naive twin: the term of each entry from `first` on, one by one. */
interface Twin {
  readonly first: number;
  readonly terms: readonly number[];
}

function lastIndexOf(twin: Twin): number {
  return twin.first + twin.terms.length - 1;
}

function twinTermAt(twin: Twin, index: number): number {
  return twin.terms[index - twin.first] ?? 0;
}

type Change =
  | { readonly kind: 'append'; readonly termStep: number; readonly count: number }
  | { readonly kind: 'truncate' | 'drop'; readonly back: number };

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constant('append' as const), termStep: fc.nat(3), count: fc.nat(4) }),
  fc.record({ kind: fc.constantFrom('truncate' as const, 'drop' as const), back: fc.nat(8) }),
);

function expectSame(spans: TermSpans, twin: Twin): void {
  const last = lastIndexOf(twin);
  for (let index = 0; index <= last; index++) {
    expect(termAt(spans, index)).toBe(twinTermAt(twin, index));
  }
  spans.forEach((span, at) => {
    const next = spans[at + 1];
    expect(next === undefined || (next.term > span.term && next.firstIndex > span.firstIndex)).toBe(true);
  });
}

function run(changes: readonly Change[], check: (spans: TermSpans, twin: Twin) => void): void {
  let spans = NO_TERM_SPANS;
  let twin: Twin = { first: 1, terms: [] };
  let term = 1;
  for (const each of changes) {
    const last = lastIndexOf(twin);
    Object.freeze(spans);
    if (each.kind === 'append') {
      term += each.termStep;
      for (let added = 1; added <= each.count; added++) {
        spans = appendTerm(spans, last + added, term);
      }
      twin = { first: twin.first, terms: [...twin.terms, ...Array<number>(each.count).fill(term)] };
    } else if (each.kind === 'truncate') {
      const from = Math.max(twin.first, last + 1 - each.back);
      spans = truncateFrom(spans, from);
      twin = { first: twin.first, terms: twin.terms.slice(0, from - twin.first) };
    } else {
      const from = Math.max(twin.first, last + 1 - each.back);
      spans = dropBelow(spans, from);
      twin = { first: from, terms: twin.terms.slice(from - twin.first) };
    }
    check(spans, twin);
  }
}

describe('term spans', () => {
  it('tell what the twin with one term an entry tells, through appends, truncations and dropped prefixes', () => {
    fc.assert(fc.property(fc.array(change, { maxLength: 25 }), (changes) => run(changes, expectSame)));
  });

  it('find the same conflict hint as a search downwards entry by entry', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 15 }), fc.nat(40), fc.nat(15), (changes, maxIndex, maxTerm) =>
        run(changes, (spans, twin) => {
          const last = lastIndexOf(twin);
          let expected = Math.min(last, maxIndex);
          while (twinTermAt(twin, expected) > maxTerm) {
            expected--;
          }
          expect(lastIndexWithTermAtMost(spans, last, maxIndex, maxTerm)).toBe(expected);
        }),
      ),
    );
  });

  it('give the conflict hint of the example in etcd-io/raft', () => {
    // raft.go at MsgAppResp: the leader's log has terms 1 3 3 3 5 5 5 5 5, the follower's 1 1 1 1 2 2.
    const leader = spansOf([1, 3, 3, 3, 5, 5, 5, 5, 5]);
    const follower = spansOf([1, 1, 1, 1, 2, 2]);
    expect(lastIndexWithTermAtMost(follower, 6, 9, 5)).toBe(6);
    expect(lastIndexWithTermAtMost(leader, 9, 6, 2)).toBe(1);
  });

  it('are the same object when nothing changes', () => {
    const spans = spansOf([1, 1, 4]);
    expect(appendTerm(spans, 4, 4)).toBe(spans);
    expect(truncateFrom(spans, 4)).toBe(spans);
    expect(dropBelow(spans, 1)).toBe(spans);
    expect(dropBelow(spans, 0)).toBe(spans);
    expect(dropBelow(NO_TERM_SPANS, 9)).toBe(NO_TERM_SPANS);
  });

  it('forget a log that was dropped whole when the next entry has another term', () => {
    const dropped = dropBelow(spansOf([1, 1, 4]), 4);
    expect(appendTerm(dropped, 4, 6)).toEqual([{ term: 6, firstIndex: 4 }]);
    expect(appendTerm(dropped, 4, 4)).toEqual([{ term: 4, firstIndex: 4 }]);
  });

  it('refuse an entry that no log can have there', () => {
    const spans = spansOf([1, 4, 4]);
    expect(() => appendTerm(spans, 4, 3)).toThrow('no entry 4 of term 3 follows a span of term 4 from 2');
    expect(() => appendTerm(spans, 1, 5)).toThrow(RangeError);
  });
});

function spansOf(terms: readonly number[]): TermSpans {
  return terms.reduce<TermSpans>((spans, term, at) => appendTerm(spans, at + 1, term), NO_TERM_SPANS);
}
