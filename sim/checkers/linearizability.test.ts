import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../engine/vocabulary/index.ts';
import type { ClientRequest, RequestBody } from '../clients/request.ts';
import { Stage } from '../testing/stage.ts';
import { Violation } from '../violation.ts';
import { Linearizability } from './linearizability.ts';

type Kind = 'stored' | 'latest' | 'record' | 'notFound' | 'unanswered';

/** One request of a history: what it was told of an LSN, and when it began and ended. */
interface Operation {
  readonly kind: Kind;
  readonly lsn: number;
  readonly begins: number;
  readonly ends: number;
}

/** Histories of up to five requests that overlap in any way. */
const someHistory: fc.Arbitrary<Operation[]> = fc
  .array(
    fc.record({
      kind: fc.constantFrom<Kind>('stored', 'stored', 'latest', 'record', 'notFound', 'unanswered'),
      lsn: fc.integer({ min: 1, max: 3 }),
      one: fc.nat(100),
      other: fc.nat(100),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((drawn) =>
    drawn.map(({ kind, lsn, one, other }, at) => ({
      kind,
      lsn: kind === 'latest' && lsn === 3 ? 0 : lsn,
      begins: Math.min(one, other) + at / 1000,
      ends: kind === 'unanswered' ? Infinity : Math.max(one, other) + at / 1000 + 0.0005,
    })),
  );

const stage = new Stage(1);
const replica = stage.replica(0);

function bodyOf({ kind, lsn }: Operation): RequestBody {
  if (kind === 'latest') return { kind: 'read', query: { kind: 'latest' }, consistency: 'linearizable' };
  if (kind === 'record' || kind === 'notFound')
    return { kind: 'read', query: { kind: 'record', lsn: BigInt(lsn) }, consistency: 'linearizable' };
  return { kind: 'propose', proposal: recordAt(lsn) };
}

function recordAt(lsn: number) {
  const data = Uint8Array.of(lsn);
  return {
    kind: 'record' as const,
    lsn: BigInt(lsn),
    data,
    spaceId: undefined,
    pageNo: undefined,
    previousLsn: undefined,
    generation: 0,
  };
}

function answerOf({ kind, lsn }: Operation, count: number): Answer {
  switch (kind) {
    case 'latest':
      return { kind, lsn: BigInt(lsn), generation: 0, recordCount: count };
    case 'record':
      return { ...recordAt(lsn), kind };
    case 'notFound':
      return { kind, lsn: BigInt(lsn), latestLsn: 0n };
    case 'stored':
    case 'unanswered':
      return { kind: 'stored', lsn: BigInt(lsn) };
  }
}

/** Tells the checker of a history as it happens. False when it objects. */
function judged(history: readonly Operation[]): boolean {
  const checker = new Linearizability();
  const requests = history.map(
    (operation, number): ClientRequest => ({
      number,
      client: `c${number}`,
      body: bodyOf(operation),
      committedBefore: 0,
    }),
  );
  const moments = history
    .flatMap((operation, number) => [
      { at: operation.begins, number, isEnd: false },
      { at: operation.ends, number, isEnd: true },
    ])
    .filter(({ at }) => at < Infinity)
    .sort((one, other) => one.at - other.at);
  try {
    for (const { number, isEnd } of moments) {
      const request = requests[number] as ClientRequest;
      // The count is not what is judged here: it says nothing the LSN does not.
      if (isEnd)
        checker.answered(replica, request, answerOf(history[number] as Operation, Number(history[number]?.lsn)));
      else checker.asked(replica, request);
    }
  } catch (error) {
    if (error instanceof Violation) return false;
    throw error;
  }
  return true;
}

/** The definition, by trying every order: what was answered took effect between its two moments, the rest perhaps. */
function isLinearizable(history: readonly Operation[]): boolean {
  const search = (left: readonly Operation[], log: readonly number[]): boolean => {
    if (left.every(({ kind }) => kind === 'unanswered')) return true;
    const firstEnd = Math.min(...left.map(({ ends }) => ends));
    return left.some((operation) => {
      if (operation.begins > firstEnd) return false;
      const rest = left.filter((other) => other !== operation);
      const after = applied(operation, log);
      return after !== undefined && search(rest, after);
    });
  };
  return search(history, []);
}

function applied({ kind, lsn }: Operation, log: readonly number[]): readonly number[] | undefined {
  const latest = log[log.length - 1] ?? 0;
  switch (kind) {
    case 'latest':
      return latest === lsn ? log : undefined;
    case 'record':
      return log.includes(lsn) ? log : undefined;
    case 'notFound':
      return log.includes(lsn) ? undefined : log;
    case 'stored':
      if (log.includes(lsn)) return log;
      return lsn > latest ? [...log, lsn] : undefined;
    case 'unanswered':
      // Refused, if it comes too late.
      return lsn > latest ? [...log, lsn] : log;
  }
}

describe('Linearizability', () => {
  it('agrees with the definition on every small history', () => {
    let refused = 0;
    fc.assert(
      fc.property(someHistory, (history) => {
        const expected = isLinearizable(history);
        if (!expected) refused += 1;
        expect(judged(history)).toBe(expected);
      }),
      { numRuns: 5_000 },
    );
    expect(refused).toBeGreaterThan(500);
  });
});
