import { describe, expect, it } from 'vitest';
import type { DiskEffect, DiskOperation } from '../../engine/vocabulary/index.ts';
import { EventQueue } from '../event_queue.ts';
import { Random } from '../random.ts';
import { type DiskOutcome, SimulatedDisk } from './disk.ts';
import type { DiskParameters } from './parameters.ts';

const PARAMETERS: DiskParameters = { writeMs: 1, syncMs: 10, readMs: 1, earlyWriteback: 0, finishesAfterCrash: 0.5 };
const letters = (letter: string, count: number) => new Uint8Array(count).fill(letter.charCodeAt(0));
const write = (file: string, offset: number, bytes: Uint8Array): DiskOperation => ({
  op: 'write',
  file,
  offset,
  chunks: [bytes],
});

function setUp(seed: number) {
  const queue = new EventQueue();
  const disk = new SimulatedDisk(queue, new Random(`disk ${seed}`), PARAMETERS);
  const outcomes: DiskOutcome[] = [];
  let nextId = 1;
  return {
    queue,
    disk,
    outcomes,
    submit: (...stages: DiskOperation[][]) => {
      const effect: DiskEffect = { kind: 'disk', id: nextId++, stages };
      disk.submit(effect, (outcome) => outcomes.push(outcome));
    },
    run: (untilMs: number) => {
      while (queue.runNext(untilMs));
    },
  };
}

describe('SimulatedDisk', () => {
  it('runs stages one after the other and reports once, with the reads in their order', () => {
    const { submit, run, outcomes, disk } = setUp(1);
    submit([write('a', 0, letters('a', 3)), write('b', 0, letters('b', 3))], [{ op: 'sync', file: 'a' }]);
    run(1000);
    submit([
      { op: 'read', file: 'b', offset: 1, length: 10 },
      { op: 'read', file: 'a', offset: 0, length: 2 },
      { op: 'read', file: 'none', offset: 0, length: 2 },
    ]);
    run(2000);
    expect(outcomes[0]).toEqual({ kind: 'done', id: 1, reads: [] });
    expect(outcomes[1]).toEqual({ kind: 'done', id: 2, reads: [letters('b', 2), letters('a', 2), new Uint8Array(0)] });
    expect(disk.idle).toBe(true);
  });

  it('may crash between any two operations, but never carries out a later stage before an earlier one', () => {
    const found = new Set<string>();
    for (let seed = 0; seed < 300; seed++) {
      const { submit, run, outcomes, disk } = setUp(seed);
      submit([write('a', 0, letters('a', 1))], [write('b', 0, letters('b', 1))], [write('c', 0, letters('c', 1))]);
      run(seed / 60);
      const reported = outcomes.length > 0;
      disk.crash();
      run(1000);
      const names = disk.files
        .list()
        .map((file) => file.name)
        .join('');
      if (!reported) expect(outcomes).toEqual([]);
      found.add(`${reported ? 'reported ' : ''}${names}`);
    }
    expect(found).toEqual(new Set(['', 'a', 'ab', 'abc', 'reported abc']));
  });

  it('reports the first failure and starts no further stage', () => {
    const { submit, run, outcomes, disk } = setUp(3);
    disk.faults.failNext('sync');
    submit([write('a', 0, letters('a', 3))], [{ op: 'sync', file: 'a' }], [write('b', 0, letters('b', 3))]);
    run(1000);
    expect(outcomes).toEqual([{ kind: 'failed', id: 1, failure: 'io', reason: 'sync a: input/output error' }]);
    expect(disk.files.find('a')?.size).toBe(3);
    expect(disk.files.find('b')).toBeUndefined();
    submit([{ op: 'sync', file: 'a' }]);
    run(2000);
    expect(outcomes[1]?.kind).toBe('done');
  });

  it('is full for writes that grow a file only', () => {
    const { submit, run, outcomes, disk } = setUp(4);
    submit([write('a', 0, letters('a', 3))]);
    run(1000);
    disk.faults.full = true;
    submit([write('a', 0, letters('b', 3))]);
    submit([write('a', 2, letters('b', 3))]);
    run(2000);
    expect(outcomes.map((outcome) => (outcome.kind === 'failed' ? outcome.failure : outcome.kind))).toEqual([
      'done',
      'done',
      'full',
    ]);
  });

  it('stalls, and goes on afterwards', () => {
    const { submit, run, outcomes, disk } = setUp(5);
    submit([write('a', 0, letters('a', 3))], [{ op: 'sync', file: 'a' }]);
    disk.stall(5000);
    run(4999);
    expect(outcomes).toEqual([]);
    run(7000);
    expect(outcomes.length).toBe(1);
    disk.stall(100_000);
    submit([write('a', 0, letters('a', 3))]);
    disk.heal();
    run(8000);
    expect(outcomes.length).toBe(2);
  });
});
