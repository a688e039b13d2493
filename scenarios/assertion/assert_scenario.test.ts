import { describe, expect, it } from 'vitest';
import { scenarioFromSeed } from '../../sim/index.ts';
import { readScenario } from '../file/read_scenario.ts';
import { assertScenario } from './assert_scenario.ts';
import { replayCommand } from './replay_command.ts';
import { ScenarioFailure } from './scenario_failure.ts';

const HEALTHY = readScenario({ version: 1, seed: 1, cluster: { replicas: 3 }, durationMs: 1_000 });
/** Asks for a leader at once, which nobody can give. */
const IMPATIENT = { ...HEALTHY, healAtMs: 0, liveness: { leaderWithinMs: 0, settleWithinMs: 0 } };

describe('assertScenario', () => {
  it('is silent where nothing breaks', () => {
    expect(() => assertScenario(HEALTHY)).not.toThrow();
  });

  it('tells what broke, what led there, and how to replay it', () => {
    let failure: unknown;
    try {
      assertScenario(IMPATIENT);
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(ScenarioFailure);
    expect(failure).toMatchObject({ property: 'liveness', scenario: IMPATIENT });
    const lines = (failure as ScenarioFailure).message.split('\n');
    expect(lines[0]).toMatch(/^liveness: /);
    expect(lines[1]).toBe('Seed 1, after 0.000 s of virtual time, 0 faults. What happened last:');
    expect(lines.some((line) => line.includes('everything is healed'))).toBe(true);
    expect(lines.at(-1)).toBe(replayCommand(IMPATIENT));
  });
});

describe('replayCommand', () => {
  it('names the seed where that is all there is to it', () => {
    expect(replayCommand(scenarioFromSeed(8))).toBe('npx safekeeper sim -seed 8 -duration 60000ms -detail protocol');
    expect(replayCommand(scenarioFromSeed(8, { replicas: 6, durationMs: 2_000 }))).toBe(
      'npx safekeeper sim -seed 8 -duration 2000ms -replicas 6 -detail protocol',
    );
    expect(replayCommand(scenarioFromSeed(8, { mode: 'beyond', durationMs: 2_000 }))).toMatch(/-mode beyond/);
  });

  it('holds the whole scenario otherwise', () => {
    const command = replayCommand(IMPATIENT);
    const json = /^echo '(.*)' \| npx safekeeper sim -scenario - -detail protocol$/.exec(command)?.[1];
    expect(readScenario(json)).toEqual(IMPATIENT);
  });
});
