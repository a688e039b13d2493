import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { scenarioFromSeed } from '../../sim/index.ts';
import { NAMED_SCENARIOS } from '../named/index.ts';
import { ScenarioProblem } from '../shape/problem.ts';
import { formatScenario } from './format_scenario.ts';
import { readScenario } from './read_scenario.ts';

const MINIMAL = { version: 1, seed: 7, cluster: { replicas: 3 } };
const REGRESSIONS = new URL('../regressions/', import.meta.url);

describe('a scenario file', { timeout: 30_000 }, () => {
  it('reads back as the scenario it was written from, for every seed', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom('budget', 'beyond'), (seed, mode) => {
        const scenario = scenarioFromSeed(seed, { mode: mode as 'budget' | 'beyond' });
        expect(readScenario(formatScenario(scenario))).toEqual(scenario);
      }),
      { numRuns: 300 },
    );
  });

  it('has a fault a line, however its fields were ordered', () => {
    const calm = readScenario(MINIMAL);
    const atMs = 5;
    const text = formatScenario({ ...calm, faults: [{ atMs, apartMs: 0, downMs: 1, kind: 'powerCutAll' }] });
    expect(text).toContain('  "faults": [{ "kind": "powerCutAll", "atMs": 5, "downMs": 1, "apartMs": 0 }],\n');
    expect(text.split('\n').length).toBeLessThan(60);
  });

  it.each(readdirSync(REGRESSIONS).filter((name) => name.endsWith('.json')))(
    '%s reads as it stands, with what it lacks',
    (name) => {
      const text = readFileSync(new URL(name, REGRESSIONS), 'utf8');
      expect(readScenario(text)).toMatchObject(JSON.parse(text) as object);
    },
  );

  it.each(NAMED_SCENARIOS)('holds the named scenario "$name" whole', ({ scenario }) => {
    expect(readScenario(formatScenario(scenario))).toEqual(scenario);
  });

  it('may leave out whatever is calm', () => {
    const scenario = readScenario({ ...MINIMAL, faults: [{ kind: 'powerCutAll', atMs: 500, downMs: 10 }] });
    expect(scenario).toMatchObject({
      version: 1,
      seed: 7,
      durationMs: 60_000,
      healAtMs: 48_000,
      network: { loss: 0, queueMax: 100_000 },
      disks: [{ syncMs: 1 }, { syncMs: 1 }, { syncMs: 1 }],
      workload: { writers: [{ kind: 'chained' }], readers: [] },
      faults: [{ kind: 'powerCutAll', atMs: 500, downMs: 10, apartMs: 0 }],
      liveness: { leaderWithinMs: 15_000 },
    });
    expect(scenario.network).not.toHaveProperty('damaged');
    expect(scenario.cluster.limits.inflightBytesMax).toBeGreaterThan(0);
  });

  const fault = (fields: object) => ({ ...MINIMAL, faults: [{ kind: 'powerCutAll', atMs: 1, downMs: 1 }, fields] });
  it.each<[string, unknown, RegExp]>([
    [
      'text that is no JSON',
      '{',
      /^The scenario cannot be read: it is not JSON \(.*\)\. "safekeeper sim -save FILE" writes one/,
    ],
    ['a list', [], /^The scenario is \[\]; it should be an object/],
    ['no version', { seed: 1 }, /^version is missing\. Add "version": 1\.$/],
    ['a later version', { ...MINIMAL, version: 2 }, /^version is 2; this safekeeper reads version 1\. Run it with/],
    ['no replicas', { version: 1, seed: 1 }, /^cluster\.replicas is missing\. Add it\.$/],
    [
      'too many replicas',
      { ...MINIMAL, cluster: { replicas: 9 } },
      /^cluster\.replicas is 9; it should be from 1 to 7/,
    ],
    [
      'an unknown field',
      { ...MINIMAL, netwrk: {} },
      /^netwrk is not known to this safekeeper\. There are version, mode,/,
    ],
    ['an unknown field further in', { ...MINIMAL, network: { los: 1 } }, /^network\.los is not known/],
    [
      'a word for a number',
      { ...MINIMAL, network: { loss: 'much' } },
      /^network\.loss is "much"; it should be a number from 0 to 1/,
    ],
    [
      'a fraction for a count',
      { ...MINIMAL, network: { queueMax: 1.5 } },
      /^network\.queueMax is 1\.5; .* a whole number/,
    ],
    ['too few disks', { ...MINIMAL, disks: [{}] }, /^disks has 1 elements; it should have 3/],
    [
      'an LSN as a number',
      { ...MINIMAL, workload: { firstLsn: 5 } },
      /^workload\.firstLsn is 5; it should be an LSN in quotes/,
    ],
    ['a fault without a kind', fault({ atMs: 1 }), /^faults\[1\]\.kind is missing/],
    [
      'an unknown kind of fault',
      fault({ kind: 'meteor' }),
      /^faults\[1\]\.kind is "meteor": no such kind of fault\. This safekeeper knows crash, .*restoreDirectory\. Correct it, or use/,
    ],
    ['a fault without a time', fault({ kind: 'death', target: { role: 'leader' } }), /^faults\[1\]\.atMs is missing/],
    [
      'a replica that is not there',
      fault({ kind: 'death', atMs: 1, target: { replica: 3 } }),
      /^faults\[1\]\.target\.replica is 3; it should be from 0 to 2/,
    ],
    [
      'an unknown role',
      fault({ kind: 'death', atMs: 1, target: { role: 'boss' } }),
      /^faults\[1\]\.target\.role is "boss": no such role/,
    ],
    [
      'an unknown trigger',
      fault({ kind: 'death', atMs: 1, target: { replica: 0 }, on: 'rings' }),
      /^faults\[1\]\.on is "rings"; one of "recovers", /,
    ],
    [
      'healing after the end',
      { ...MINIMAL, durationMs: 5, healAtMs: 6 },
      /^healAtMs is 6; it should be no later than durationMs, 5/,
    ],
    [
      'heartbeats too rare',
      { ...MINIMAL, cluster: { replicas: 3, timing: { heartbeatMs: 500 } } },
      /^cluster\.timing\.heartbeatMs is 500; it should be less/,
    ],
  ])('is refused with %s', (_, source, sentence) => {
    expect(() => readScenario(source)).toThrow(sentence);
    expect(() => readScenario(source)).toThrow(ScenarioProblem);
  });
});
