import { expect, it } from 'vitest';
import { scenarioFromSeed } from './generate.ts';
import { lastHappenings } from './last_happenings.ts';
import type { Happening } from './recorder.ts';
import { runScenario } from './run.ts';

const scenario = scenarioFromSeed(3, { replicas: 3, durationMs: 2_000 });

it('has the last of a run, oldest first', () => {
  const all: Happening[] = [];
  runScenario(scenario, { onHappening: (happening) => all.push(happening) });
  expect(lastHappenings(scenario, 50)).toEqual(all.slice(-50));
  expect(lastHappenings(scenario, all.length + 1)).toEqual(all);
});

it('passes over what is not wanted', () => {
  const answers = lastHappenings(scenario, 5, ({ what }) => what === 'answer');
  expect(answers.map(({ what }) => what)).toEqual(Array.from({ length: 5 }, () => 'answer'));
});
