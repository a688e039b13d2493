import { describe, expect, it } from 'vitest';
import { scenarioFromSeed } from '../generate.ts';
import { REAL_ENGINE } from '../real_engine.ts';
import type { Happening } from '../recorder.ts';
import { runScenario } from '../run.ts';
import { createFilter, type Detail } from './detail.ts';
import { narrate } from './narrate.ts';

const describeMessage = REAL_ENGINE.describeMessage.bind(REAL_ENGINE);

function happeningsOf(seed: number): Happening[] {
  const happenings: Happening[] = [];
  runScenario(scenarioFromSeed(seed, { durationMs: 5_000 }), {
    onHappening: (happening) => happenings.push(happening),
  });
  return happenings;
}

describe('narrate', () => {
  it('has a sentence for everything that happens', () => {
    const lines = happeningsOf(3).map((happening) => narrate(happening, describeMessage));
    expect(lines.length).toBeGreaterThan(500);
    for (const line of lines) {
      expect(line).toMatch(/^ *[0-9]+\.[0-9]{4} s {2}/);
      expect(line).not.toMatch(/undefined|\[object|NaN/);
    }
  });

  it('tells more, the more detail is wanted', () => {
    const happenings = happeningsOf(3);
    const told = (detail: Detail): Happening[] => happenings.filter(createFilter(detail, describeMessage));
    const news = told('news');
    const protocol = told('protocol');
    expect(news.length).toBeGreaterThan(5);
    expect(news.length).toBeLessThan(protocol.length / 2);
    expect(protocol.length).toBeLessThan(happenings.length / 2);
    expect(protocol).toEqual(expect.arrayContaining(news));
    expect(told('everything')).toEqual(happenings);
  });
});
