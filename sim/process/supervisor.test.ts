import { describe, expect, it } from 'vitest';
import { Random } from '../random.ts';
import { Stage } from '../testing/stage.ts';
import { Supervisor } from './supervisor.ts';

describe('Supervisor', () => {
  it('waits longer and longer for a process that halts at every start, up to a bound', () => {
    const stage = new Stage(2);
    const supervisor = new Supervisor(new Random('supervisor'), [100, 100]);
    const replica = stage.replica(0);
    const pauses = Array.from({ length: 9 }, () => supervisor.pauseMs(replica, 20));
    expect(pauses).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 6_400, 6_400]);
    expect(supervisor.pauseMs(stage.replica(1), 20)).toBe(100);
    expect(supervisor.pauseMs(replica, 5_000)).toBe(100);
    expect(supervisor.pauseMs(replica, 20)).toBe(200);
  });
});
