import { describe, expect, it } from 'vitest';
import { runScenario, type Scenario } from '../../sim/index.ts';
import { follower, leader, replica, scenario, whoeverDidIt } from './index.ts';

const eventful = scenario()
  .seed(7)
  .replicas(5)
  .timing({ diskStallMs: 900 })
  .limits({ appendBytesMax: 100 })
  .at(100)
  .timeOut(replica(1))
  .at(500)
  .write('10', 'ten', { after: '0' })
  .by('writer')
  .untilDefinite()
  .to(leader)
  .when('commits', leader)
  .pause(whoeverDidIt)
  .for(700)
  .at(600)
  .isolate(follower(0))
  .flapping(2)
  .for(500)
  .drop('append', 'vote')
  .from(leader)
  .to(replica(4))
  .for(300)
  .later(1_000)
  .powerCut(replica(2), replica(3))
  .backAfter(200)
  .read('10')
  .to(leader);

describe('the builder', () => {
  it('yields plain JSON that runs the same after a journey through a file', () => {
    const made = eventful.build();
    const copy = JSON.parse(JSON.stringify(made)) as Scenario;
    expect(copy).toStrictEqual(made);
    const { hash, violation } = runScenario(made);
    expect(violation).toBeUndefined();
    expect(runScenario(copy).hash).toBe(hash);
  });

  it('writes down what each sentence says', () => {
    const { faults, workload, cluster, seed, disks, clocks, durationMs } = eventful.build();
    expect([seed, cluster.replicas, disks.length, clocks.length, durationMs]).toEqual([7, 5, 5, 5, 2_600]);
    expect(faults).toEqual([
      { atMs: 100, kind: 'clockStep', target: { replica: 0 }, byMs: 1_000 },
      {
        atMs: 500,
        on: 'commits',
        by: { role: 'leader' },
        kind: 'pause',
        target: { role: 'trigger' },
        forMs: 700,
      },
      {
        atMs: 600,
        kind: 'cut',
        cut: { shape: 'isolate', target: { role: 'follower', order: 0 } },
        forMs: 500,
        flaps: 2,
      },
      {
        atMs: 600,
        kind: 'filter',
        action: 'drop',
        types: ['append', 'vote'],
        from: { role: 'leader' },
        to: { replica: 3 },
        forMs: 300,
      },
      {
        atMs: 1_600,
        kind: 'powerCut',
        targets: [{ replica: 1 }, { replica: 2 }],
        afterEffects: 0,
        downMs: 200,
      },
    ]);
    expect(workload.script).toEqual([
      {
        atMs: 500,
        client: 'writer',
        ask: { kind: 'write', lsn: '10', text: 'ten', previousLsn: '0' },
        untilDefinite: true,
        to: { role: 'leader' },
      },
      {
        atMs: 1_600,
        client: 'client',
        ask: { kind: 'read', lsn: '10', consistency: 'linearizable' },
        to: { role: 'leader' },
      },
    ]);
  });

  it('leaves the scenario it goes on from as it was', () => {
    const before = JSON.stringify(eventful.build());
    eventful.crash(leader).backAfter(1).write('11', 'x').to(leader).say('more').build();
    expect(JSON.stringify(eventful.build())).toBe(before);
    expect(eventful.notes).toEqual([]);
  });

  it('says things at their time, which changes nothing in the run', () => {
    const told = eventful.at(900).say('look').showLogs().detail('news').showDisk(2);
    expect(told.notes).toEqual([
      { atMs: 900, text: 'look' },
      { atMs: 900, logs: true },
      { atMs: 900, detail: 'news' },
      { atMs: 900, diskOf: 1 },
    ]);
    expect(runScenario(told.until(2_600).build()).hash).toBe(runScenario(eventful.build()).hash);
  });

  it('begins with a world in which nothing happens by itself', () => {
    const { marks, statistics, violation } = runScenario(scenario().at(100).timeOut(replica(1)).until(5_000).build());
    expect(violation).toBeUndefined();
    expect(marks).toEqual({ 'cluster founded': 3, 'leader elected': 1 });
    expect(statistics.network.lost).toBe(0);
    expect(statistics.committedRecords).toBe(0);
  });
});
