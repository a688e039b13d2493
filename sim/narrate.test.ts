import { describe, expect, it } from 'vitest';
import { scenarioFromSeed } from './generate.ts';
import { isInteresting, narrate } from './narrate.ts';
import { REAL_ENGINE } from './real_engine.ts';
import type { Happening } from './recorder.ts';
import { runScenario } from './run.ts';

describe('narrate', () => {
  it('has a sentence for everything that happens', () => {
    const happenings: Happening[] = [];
    runScenario(scenarioFromSeed(3, { durationMs: 5_000 }), { onHappening: (happening) => happenings.push(happening) });
    const lines = happenings.map((happening) => narrate(happening, REAL_ENGINE.describeMessage.bind(REAL_ENGINE)));
    expect(lines.length).toBeGreaterThan(500);
    for (const line of lines) {
      expect(line).toMatch(/^ *[0-9]+\.[0-9]{4} s {2}/);
      expect(line).not.toMatch(/undefined|\[object|NaN/);
    }
    const interesting = happenings.filter(isInteresting);
    expect(interesting.length).toBeGreaterThan(5);
    expect(interesting.length).toBeLessThan(happenings.length / 10);
  });
});
