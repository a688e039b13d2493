import { expect, it } from 'vitest';
import type { MessageFacts } from '../engine_under_test.ts';
import type { Happening } from '../recorder.ts';
import { createFilter } from './detail.ts';

/** Which of these messages of replica-1 to replica-2 are told. */
function told(...messages: readonly Partial<MessageFacts>[]): boolean[] {
  const filter = createFilter('protocol', ([number]) => {
    const facts = messages[number ?? 0];
    return facts === undefined ? undefined : { type: 'append', from: 'replica-1', term: 1, ...facts };
  });
  return messages.map((_, number) => {
    const effect = { kind: 'send', to: 'http://replica-2:8090', bytes: Uint8Array.of(number) } as const;
    const happening: Happening = { atMs: 0, replica: 0, what: 'effect', effect };
    return filter(happening);
  });
}

it('tells of a heartbeat only when it says something new', () => {
  expect(told({ commitIndex: 3 }, { commitIndex: 3 }, { commitIndex: 4 }, { commitIndex: 4, round: 1 })).toEqual([
    true,
    false,
    true,
    true,
  ]);
  expect(told({ commitIndex: 3 }, { commitIndex: 3, term: 2 })).toEqual([true, true]);
});

it('tells of an acknowledgement only when it goes further, or says no', () => {
  const answer = { type: 'appendAnswer', matchIndex: 3 };
  expect(told(answer, answer, { ...answer, matchIndex: 4 }, answer, { ...answer, rejected: true })).toEqual([
    true,
    false,
    true,
    false,
    true,
  ]);
});

it('tells of every vote and of no handshake', () => {
  expect(told({ type: 'vote' }, { type: 'vote' }, { type: 'hello' })).toEqual([true, true, false]);
});
