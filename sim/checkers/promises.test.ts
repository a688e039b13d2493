import { describe, expect, it } from 'vitest';
import type { Effect } from '../../engine/vocabulary/index.ts';
import { replicaUrl } from '../scenario.ts';
import { entryOf, Stage } from '../testing/stage.ts';
import { DurablePromises } from './durable_promises.ts';
import { MemoryAndDisk } from './memory_and_disk.ts';

const sendTo = (number: number): Effect => ({ kind: 'send', to: replicaUrl(number), bytes: new Uint8Array(0) });

describe('DurablePromises', () => {
  it('wants a term on the platter before it is shown', () => {
    const stage = new Stage(2);
    const checker = new DurablePromises(stage.context);
    stage.message = { type: 'append', from: 'replica-1', term: 3 };
    stage.storeTerm(0, 2);
    expect(() => checker.effect(stage.replica(0), sendTo(1))).toThrow(/its platter holds 2/);
    stage.storeTerm(0, 3);
    checker.effect(stage.replica(0), sendTo(1));
    stage.storeTerm(0, 2);
    expect(() => checker.started(stage.replica(0))).toThrow(/starts with 2/);
  });

  it('wants a vote on the platter, and one in a term', () => {
    const stage = new Stage(3);
    const checker = new DurablePromises(stage.context);
    stage.message = { type: 'voteAnswer', from: 'replica-1', term: 3, granted: true };
    stage.storeTerm(0, 3);
    expect(() => checker.effect(stage.replica(0), sendTo(1))).toThrow(/holds a vote for ""/);
    stage.storeTerm(0, 3, 'replica-2');
    checker.effect(stage.replica(0), sendTo(1));
    checker.started(stage.replica(0));
    stage.storeTerm(0, 3, 'replica-3');
    expect(() => checker.effect(stage.replica(0), sendTo(2))).toThrow(/in which it voted for replica-2/);
    expect(() => checker.started(stage.replica(0))).toThrow(/voted for replica-2/);
  });

  it('takes a candidate for a voter of its own', () => {
    const stage = new Stage(2);
    const checker = new DurablePromises(stage.context);
    stage.message = { type: 'vote', from: 'replica-1', term: 3 };
    stage.storeTerm(0, 3, 'replica-2');
    expect(() => checker.effect(stage.replica(0), sendTo(1))).toThrow(/votes for replica-1/);
  });
});

describe('MemoryAndDisk', () => {
  it('compares only when there is a node to ask', () => {
    const stage = new Stage(1);
    stage.store(0, [entryOf(1, 1)]);
    expect(new MemoryAndDisk(stage.context).sample(stage.replica(0))).toBe(false);
  });
});
