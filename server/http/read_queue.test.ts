import { expect, test } from 'vitest';
import type { Call } from './call.ts';
import { ReadQueue } from './read_queue.ts';

const OK = { status: 200, body: '{}' };

function reader() {
  const listeners: (() => void)[] = [];
  const call = { onGone: (listener: () => void) => void listeners.push(listener) } as unknown as Call;
  let finish: () => void = () => undefined;
  let began = false;
  return {
    call,
    get began() {
      return began;
    },
    goAway: () => {
      for (const listener of listeners) listener();
    },
    finish: () => finish(),
    read: () => {
      began = true;
      return new Promise<typeof OK>((resolve) => (finish = () => resolve(OK)));
    },
  };
}

test('reads take their turns; who goes away gives up its own; too many are told to come back', async () => {
  const queue = new ReadQueue(1, 2);
  const [first, second, third, fourth] = [reader(), reader(), reader(), reader()];
  const answers = [first, second, third].map((one) => queue.run(one.call, one.read));
  expect((await queue.run(fourth.call, fourth.read)).status).toBe(429);
  expect([first.began, second.began, third.began, fourth.began]).toEqual([true, false, false, false]);
  second.goAway();
  first.finish();
  expect((await Promise.all(answers.slice(0, 2))).map(({ status }) => status)).toEqual([200, 429]);
  await expect.poll(() => third.began).toBe(true);
  expect(second.began).toBe(false);
  third.finish();
  expect((await answers[2])?.status).toBe(200);
  const last = queue.run(fourth.call, fourth.read);
  expect(fourth.began).toBe(true);
  fourth.finish();
  expect((await last).status).toBe(200);
});
