import { describe, expect, it } from 'vitest';
import type { Event } from '../engine/vocabulary/index.ts';
import type { EngineNode, EngineUnderTest } from './engine_under_test.ts';
import { scenarioFromSeed } from './generate.ts';
import { runScenario } from './run.ts';
import type { Scenario } from './scenario.ts';

/** Does nothing but count the events it takes, want a tick every 100 ms, and write its count down now and then. */
interface Counter {
  readonly count: number;
  readonly now: number;
}

const COUNTER: EngineUnderTest = {
  createNode: (): Counter => ({ count: 0, now: 0 }),
  step(node: EngineNode, event: Event) {
    const { count, now } = node as Counter;
    const isDue = event.kind === 'tick' || event.kind === 'start';
    const next: Counter = { count: count + 1, now: isDue ? event.now : now };
    if (event.kind !== 'tick') return { node: next, effects: [] };
    return {
      node: next,
      effects: [
        {
          kind: 'disk',
          id: count,
          stages: [
            [{ op: 'write', file: 'count', offset: 0, chunks: [Uint8Array.of(count)] }],
            [{ op: 'sync', file: 'count' }],
          ],
        },
        { kind: 'send', to: 'http://replica-2:8090', bytes: Uint8Array.of(count) },
      ],
    };
  },
  nextDeadline: (node) => (node as Counter).now + 100,
  inspect: () => ({ phase: 'founding', role: 'follower', lastIndex: 0, commitIndex: 0 }) as never,
  entryAt: () => undefined,
  describeMessage: () => undefined,
};

const quiet = (seed: number): Scenario => ({
  ...scenarioFromSeed(seed, { durationMs: 2_000, replicas: 3, mode: 'budget' }),
  faults: [],
});

describe('World', () => {
  it('finds that nobody leads when nobody tries to', () => {
    const scenario = { ...quiet(1), healAtMs: 0, liveness: { leaderWithinMs: 1_000, settleWithinMs: 1_000 } };
    const result = runScenario(scenario, { engine: COUNTER });
    expect(result.verdict).toBe('failed');
    expect(result.violation?.property).toBe('liveness');
    expect(result.virtualMs).toBe(1_000);
  });

  it('gives events to nodes and carries out what they want', () => {
    const kinds = new Map<string, number>();
    const result = runScenario(quiet(2), {
      engine: COUNTER,
      onHappening: (happening) => {
        if (happening.what === 'event') kinds.set(happening.event.kind, (kinds.get(happening.event.kind) ?? 0) + 1);
      },
    });
    expect(kinds.get('start')).toBe(3);
    expect(kinds.get('tick')).toBeGreaterThan(30);
    expect(kinds.get('diskDone')).toBeGreaterThan(30);
    expect(kinds.get('message')).toBeGreaterThan(10);
    expect(result.events).toBe([...kinds.values()].reduce((sum, count) => sum + count, 0));
  });

  it('tells what an engine throws', () => {
    const engine: EngineUnderTest = {
      ...COUNTER,
      step: () => {
        throw new Error('a broken invariant');
      },
    };
    const result = runScenario(quiet(3), { engine });
    expect(result.violation).toMatchObject({ property: 'engine error', sentence: 'a broken invariant' });
  });

  it('stops a process in the middle of a step', () => {
    const scenario: Scenario = {
      ...quiet(4),
      faults: [{ atMs: 500, kind: 'crash', target: { replica: 0 }, afterEffects: 1, downMs: 100 }],
    };
    const told: string[] = [];
    const result = runScenario(scenario, {
      engine: COUNTER,
      onHappening: (happening) => {
        if (happening.replica !== 0) return;
        if (happening.what === 'effect') told.push(happening.effect.kind);
        if (happening.what === 'ended') told.push(happening.what);
      },
    });
    expect(told[told.indexOf('ended') - 1]).toBe('disk');
    expect(result.marks['crashed in the middle of a step']).toBe(1);
    expect(result.statistics.processStarts).toBe(4);
  });
});
