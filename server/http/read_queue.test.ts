import { expect, test } from 'vitest';
import type { Call } from './call.ts';
import { ReadQueue } from './read_queue.ts';

function client() {
  const listeners: (() => void)[] = [];
  return {
    call: { onGone: (listener: () => void) => void listeners.push(listener) } as unknown as Call,
    goAway: () => {
      for (const listener of listeners) listener();
    },
  };
}

test('reads take their turns; who goes away gives up its own; too many are told to come back', async () => {
  const queue = new ReadQueue(1, 2);
  const begun: string[] = [];
  const enter = (name: string, call: Call) =>
    queue.turn(call).then((done) => {
      begun.push(done === undefined ? `${name} not` : name);
      return done;
    });
  const second = client();
  const first = await enter('first', client().call);
  const waiting = [enter('second', second.call), enter('third', client().call)];
  await enter('fourth', client().call);
  second.goAway();
  await waiting[0];
  expect(begun).toEqual(['first', 'fourth not', 'second not']);
  first?.();
  const third = await waiting[1];
  expect(begun.at(-1)).toBe('third');
  third?.();
  expect(await enter('fifth', client().call)).toBeDefined();
});
