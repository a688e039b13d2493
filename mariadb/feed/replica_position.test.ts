import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Gtid } from '../binlog/gtid.ts';
import { ReplicaPosition, UnservableError } from './replica_position.ts';

/** A history: domains of increasing sequence numbers, each transaction by one of three servers. */
const history = fc
  .array(fc.record({ domainId: fc.integer({ min: 0, max: 2 }), serverId: fc.integer({ min: 1, max: 3 }) }), {
    maxLength: 30,
  })
  .map((transactions) => {
    const next = new Map<number, bigint>();
    return transactions.map(({ domainId, serverId }): Gtid => {
      const sequence = (next.get(domainId) ?? 0n) + 1n;
      next.set(domainId, sequence);
      return { domainId, serverId, sequence };
    });
  });

/** The position of a replica that has the first `count`. */
function positionAfter(transactions: readonly Gtid[], count: number): string {
  const last = new Map<number, Gtid>();
  for (const gtid of transactions.slice(0, count)) last.set(gtid.domainId, gtid);
  return [...last.values()].map(({ domainId, serverId, sequence }) => `${domainId}-${serverId}-${sequence}`).join(',');
}

describe('a replica', () => {
  it('gets exactly what it lacks, wherever the log is read from', () => {
    fc.assert(
      fc.property(history, fc.nat(30), fc.nat(30), (transactions, has, from) => {
        const count = Math.min(has, transactions.length);
        const begin = Math.min(from, count);
        const position = new ReplicaPosition(positionAfter(transactions, count));
        const before = new Map<string, Gtid>();
        for (const gtid of transactions.slice(0, begin)) before.set(`${gtid.domainId}-${gtid.serverId}`, gtid);
        expect(position.covers([...before.values()])).toBe(true);
        position.beginsAfter([...before.values()]);
        const lacking = transactions.slice(begin).filter((gtid) => position.lacks(gtid));
        expect(lacking).toEqual(transactions.slice(count));
        position.reachedEnd(new Set(transactions.map(({ domainId }) => domainId)));
      }),
    );
  });

  it('that lacks something from before the log is not covered', () => {
    const before: Gtid[] = [{ domainId: 0, serverId: 1, sequence: 5n }];
    expect(new ReplicaPosition('').covers(before)).toBe(false);
    expect(new ReplicaPosition('0-1-4').covers(before)).toBe(false);
    expect(new ReplicaPosition('0-1-5,1-1-1').covers(before)).toBe(true);
  });

  it('with another history is refused', () => {
    const one = (sequence: bigint, serverId = 1): Gtid => ({ domainId: 0, serverId, sequence });
    expect(() => new ReplicaPosition('0-2-1').lacks(one(1n))).toThrow('Its history is another one');
    const hole = new ReplicaPosition('0-1-2');
    expect(hole.lacks(one(1n))).toBe(false);
    expect(() => hole.lacks(one(3n))).toThrow('comes instead');
    const ahead = new ReplicaPosition('0-1-9');
    expect(ahead.lacks(one(1n))).toBe(false);
    expect(() => ahead.reachedEnd(new Set([0]))).toThrow('ahead of it');
    expect(() => new ReplicaPosition('0-1')).toThrow(UnservableError);
    // A domain that the log knows nothing of is the replica's own.
    new ReplicaPosition('7-1-9').reachedEnd(new Set([0]));
  });
});
