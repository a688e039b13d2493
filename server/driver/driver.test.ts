import { describe, expect, test } from 'vitest';
import {
  type Answer,
  DEFAULT_LIMITS,
  DEFAULT_TIMING,
  type Effect,
  type Event,
  type NodeConfig,
} from '../../engine/index.ts';
import { Driver } from './driver.ts';
import { type FakeNode, fakeEngine } from '../testing/fake_engine.ts';
import type { World } from './world.ts';

const CONFIG: NodeConfig = {
  replicaId: 'safekeeper-1',
  advertiseUrl: 'http://localhost:8090',
  peerUrls: [],
  timing: DEFAULT_TIMING,
  limits: DEFAULT_LIMITS,
  segmentBytes: 0,
};

/** A world that writes down what is done to it. Disk effects end when the test says so. */
function recordedWorld() {
  const done: string[] = [];
  const disks: Parameters<World['runDisk']>[1][] = [];
  const timers: (() => void)[] = [];
  let now = 0;
  const world: World = {
    nowMs: () => now++,
    setTimer(_delayMs, fire) {
      timers.push(fire);
      return () => undefined;
    },
    endOfTurn: (run) => run(),
    send: (to, bytes) => done.push(`send ${to} ${bytes.byteLength}`),
    runDisk(effect, finished) {
      done.push(`disk ${effect.id}`);
      disks.push(finished);
    },
    observe: ({ what }) => done.push(`observe ${what}`),
    halted: (cause, sentence) => done.push(`halt ${cause}: ${sentence}`),
    crashed: (error) => done.push(`crash ${String(error)}`),
  };
  return { world, done, disks, timers };
}

function driven(
  react: (event: Event, node: FakeNode) => readonly Effect[],
  deadline: (node: FakeNode) => number | null = () => null,
) {
  const recorded = recordedWorld();
  const seen: Event[] = [];
  const engine = fakeEngine(
    (event, node) => {
      seen.push(event);
      return react(event, node);
    },
    { deadline },
  );
  const driver = new Driver(engine, recorded.world, CONFIG, 1);
  return { ...recorded, driver, seen, kinds: () => seen.map((event) => event.kind) };
}

const RECORD = { kind: 'latest' } as const;
const STORED: Answer = { kind: 'latest', lsn: 7n, generation: 0, recordCount: 1 };

test('runs the effects of a step in order', () => {
  const { driver, done } = driven((event) =>
    event.kind === 'start'
      ? [
          { kind: 'observe', observation: { what: 'holeFilled', index: 1 } },
          { kind: 'send', to: 'http://b', bytes: new Uint8Array(3) },
          { kind: 'disk', id: 4, stages: [] },
          { kind: 'send', to: 'http://c', bytes: new Uint8Array(1) },
        ]
      : [],
  );
  driver.start([], new Uint8Array(32));
  expect(done).toEqual(['observe holeFilled', 'send http://b 3', 'disk 4', 'send http://c 1']);
});

test('an event that arrives during a step waits until all effects of the step have run', () => {
  const { driver, disks, done, seen } = driven((event) => {
    if (event.kind === 'start') return [{ kind: 'disk', id: 1, stages: [] }];
    if (event.kind === 'diskDone') return [{ kind: 'send', to: 'http://b', bytes: new Uint8Array(1) }];
    return [];
  });
  // A disk that answers before `runDisk` returns.
  const at = done.length;
  disks.push = (finished) => {
    finished({ ok: true, reads: [new Uint8Array(2)] });
    done.push('disk returned');
    return 1;
  };
  driver.start([], new Uint8Array(32));
  expect(done.slice(at)).toEqual(['disk 1', 'disk returned', 'send http://b 1']);
  expect(seen[1]).toMatchObject({ kind: 'diskDone', id: 1, reads: [new Uint8Array(2)] });
});

test('a failed disk effect is told with its reason', () => {
  const { driver, disks, seen } = driven((event) =>
    event.kind === 'start' ? [{ kind: 'disk', id: 9, stages: [] }] : [],
  );
  driver.start([], new Uint8Array(32));
  disks[0]?.({ ok: false, failure: 'full', reason: 'write x: ENOSPC' });
  expect(seen[1]).toMatchObject({ kind: 'diskFailed', id: 9, failure: 'full', reason: 'write x: ENOSPC' });
});

describe('requests', () => {
  test('each gets its own answer, under ever larger numbers', async () => {
    const { driver, seen } = driven((event) =>
      event.kind === 'propose' ? [{ kind: 'reply', request: event.request, answer: { kind: 'stored', lsn: 1n } }] : [],
    );
    const first = driver.propose({ kind: 'generation', generation: 1 });
    const second = driver.propose({ kind: 'generation', generation: 2 });
    expect(await Promise.all([first.answer, second.answer])).toEqual([
      { kind: 'stored', lsn: 1n },
      { kind: 'stored', lsn: 1n },
    ]);
    expect(seen.map((event) => 'request' in event && event.request)).toEqual([1, 2]);
  });

  test('cancelling tells the engine, and an answer that comes all the same changes nothing', async () => {
    const { driver, kinds } = driven((event) =>
      event.kind === 'cancel' ? [{ kind: 'reply', request: event.request, answer: STORED }] : [],
    );
    const pending = driver.read(RECORD, 'local');
    pending.cancel();
    pending.cancel();
    expect(await pending.answer).toMatchObject({ kind: 'unknown' });
    expect(kinds()).toEqual(['read', 'cancel']);
  });

  test('cancelling after the answer is nothing', async () => {
    const { driver, kinds } = driven((event) =>
      event.kind === 'read' ? [{ kind: 'reply', request: event.request, answer: STORED }] : [],
    );
    const pending = driver.read(RECORD, 'local');
    expect(await pending.answer).toBe(STORED);
    pending.cancel();
    expect(kinds()).toEqual(['read']);
  });
});

test("the timer is armed for the engine's deadline and leads to a tick", () => {
  const { driver, timers, kinds } = driven(
    () => [],
    (node) => (node.events.length === 1 ? 0 : null),
  );
  driver.start([], new Uint8Array(32));
  expect(timers).toHaveLength(1);
  timers[0]?.();
  expect(kinds()).toEqual(['start', 'tick']);
});

describe('the end', () => {
  test('after a halt the engine sees nothing more, and who waits hears that it is unknown', async () => {
    const { driver, done, disks, kinds } = driven((event) => {
      if (event.kind === 'start') return [{ kind: 'disk', id: 1, stages: [] }];
      if (event.kind === 'shutdown') return [{ kind: 'halt', cause: 'shutdown', sentence: 'Asked to.' }];
      return [];
    });
    driver.start([], new Uint8Array(32));
    const pending = driver.read(RECORD, 'local');
    driver.shutdown();
    expect(await pending.answer).toMatchObject({ kind: 'unknown' });
    expect(done.at(-1)).toBe('halt shutdown: Asked to.');
    driver.message(new Uint8Array(1));
    disks[0]?.({ ok: true, reads: [] });
    expect(kinds()).toEqual(['start', 'read', 'shutdown']);
    expect(await driver.read(RECORD, 'local').answer).toMatchObject({ kind: 'unavailable' });
  });

  test('an exception in a step is a bug that ends the driver', async () => {
    const { driver, done, kinds } = driven((event) => {
      if (event.kind === 'message') throw new Error('impossible');
      return [];
    });
    const pending = driver.read(RECORD, 'local');
    driver.message(new Uint8Array(1));
    expect(done).toEqual(['crash Error: impossible']);
    expect(await pending.answer).toMatchObject({ kind: 'unknown' });
    driver.message(new Uint8Array(1));
    expect(kinds()).toEqual(['read', 'message']);
  });
});
