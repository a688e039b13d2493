import { describe, expect, it } from 'vitest';
import { scenarioFromSeed } from '../generate.ts';
import type { Happening } from '../recorder.ts';
import { runScenario, type RunResult } from '../run.ts';
import type { Scenario } from '../scenario.ts';
import type { ScheduledFault } from './fault.ts';

/** Three replicas in good health to which only these faults happen, and all that happened. */
function run(
  faults: readonly ScheduledFault[],
  change: Partial<Scenario> = {},
): RunResult & { story: string[]; halts: string[] } {
  const drawn = scenarioFromSeed(5, { replicas: 3, durationMs: 8_000, mode: 'budget' });
  const scenario: Scenario = {
    ...drawn,
    network: { ...drawn.network, loss: 0, duplicate: 0, replay: 0, damaged: 0, delayMeanMs: 1, queueMax: 1_000 },
    disks: drawn.disks.map((disk) => ({ ...disk, syncMs: 1, readMs: 0.1, writeMs: 0.1 })),
    clocks: drawn.clocks.map((clock) => ({ ...clock, driftPpm: 0, granularityMs: 0 })),
    faults,
    ...change,
  };
  const happenings: Happening[] = [];
  const result = runScenario(scenario, { onHappening: (happening) => happenings.push(happening) });
  const story = happenings.flatMap((happening) => (happening.what === 'fault' ? [happening.sentence] : []));
  const halts = happenings.flatMap((happening) =>
    happening.what === 'effect' && happening.effect.kind === 'halt' ? [happening.effect.sentence] : [],
  );
  return { ...result, story, halts };
}

const follower = { role: 'follower', order: 0 } as const;

describe('the budget', () => {
  it('spends a minority, and no more', () => {
    const { violation, story, statistics } = run([
      { atMs: 2_000, kind: 'death', target: follower },
      { atMs: 2_500, kind: 'death', target: follower },
      { atMs: 3_000, kind: 'loseDirectory', target: follower, downMs: 100 },
      { atMs: 3_100, kind: 'rot', target: follower, area: 'frames', copy: 0, at: 0.5, damage: 'sector' },
    ]);
    expect(violation).toBeUndefined();
    expect(story.filter((sentence) => /dies|lost its|rot|damaged/.test(sentence))).toHaveLength(1);
    expect(statistics.committedRecords).toBeGreaterThan(20);
  });

  it('spends nobody before the cluster is founded', () => {
    expect(run([{ atMs: 0, kind: 'death', target: { replica: 1 } }]).story).not.toContain('replica-2: dies for good');
  });

  it('has no end beyond, but for the last data directory', () => {
    const { violation, story } = run(
      [
        { atMs: 2_000, kind: 'loseDirectory', target: { replica: 0 }, downMs: 100 },
        { atMs: 2_500, kind: 'loseDirectory', target: { replica: 1 }, downMs: 100 },
        { atMs: 3_000, kind: 'loseDirectory', target: { replica: 2 }, downMs: 100 },
      ],
      { mode: 'beyond' },
    );
    expect(violation).toBeUndefined();
    expect(story.filter((sentence) => /has lost its data directory/.test(sentence))).toHaveLength(2);
  });
});

describe('a data directory', () => {
  it('that is lost is turned away, and the others go on', () => {
    const { violation, marks } = run([{ atMs: 2_000, kind: 'loseDirectory', target: { replica: 1 }, downMs: 100 }]);
    expect(violation).toBeUndefined();
    expect(marks['replica with another data directory turned away']).toBeGreaterThan(0);
  });

  it("that is another replica's is not opened", () => {
    const { violation, halts, marks } = run([
      { atMs: 2_000, kind: 'copyDirectory', target: { replica: 1 }, from: 0, downMs: 100 },
    ]);
    expect(violation).toBeUndefined();
    expect(marks['halted after a fault']).toBeGreaterThan(0);
    expect(halts.some((text) => /belongs to replica replica-1/.test(text))).toBe(true);
  });

  it('is restored from an old copy only when a later start is known to all others', () => {
    const save: ScheduledFault = { atMs: 2_000, kind: 'saveDirectory', target: { replica: 1 } };
    const restore: ScheduledFault = { atMs: 4_000, kind: 'restoreDirectory', target: { replica: 1 }, downMs: 100 };
    const restart: ScheduledFault = {
      atMs: 3_000,
      kind: 'crash',
      target: { replica: 1 },
      afterEffects: 0,
      downMs: 50,
    };
    expect(run([save, restore]).marks['data directory restored from an old copy']).toBeUndefined();
    const { violation, marks } = run([save, restart, restore]);
    expect(violation).toBeUndefined();
    expect(marks['data directory restored from an old copy']).toBe(1);
    expect(marks['replica with another data directory turned away']).toBeGreaterThan(0);
  });
});

describe('a trigger', () => {
  it('strikes whoever does something, right there', () => {
    const target = { role: 'trigger' } as const;
    const { violation, story, marks } = run([
      { atMs: 0, on: 'becomesLeader', kind: 'crash', target, afterEffects: 0, downMs: 300 },
      { atMs: 0, on: 'acknowledges', by: follower, kind: 'pause', target, forMs: 100 },
    ]);
    expect(violation).toBeUndefined();
    expect(story.some((sentence) => /: crash, down/.test(sentence))).toBe(true);
    expect(story.some((sentence) => sentence.endsWith('paused for 100 ms'))).toBe(true);
    expect(marks['leader elected']).toBeGreaterThan(1);
  });
});

describe('a filter', () => {
  it('keeps messages of some types from arriving until it ends', () => {
    const { violation, story, marks } = run([
      { atMs: 0, kind: 'filter', types: ['voteAnswer'], action: 'drop', forMs: 3_000 },
      { atMs: 4_000, kind: 'filter', to: follower, types: ['append'], action: 'hold', forMs: 500 },
    ]);
    expect(violation).toBeUndefined();
    expect(story.some((sentence) => /voteAnswer.* from anyone to anyone are lost for 3000 ms/.test(sentence))).toBe(
      true,
    );
    expect(marks['messages of some types held back']).toBe(1);
  });
});
