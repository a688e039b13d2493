import { describe, expect, it } from 'vitest';
import { IntMap } from '../collections/int_map.ts';
import { commitUpTo } from '../replica/commitment.ts';
import type { NodeState } from '../state.ts';
import { makeEntry } from '../testing/entries.ts';
import { LoneNode } from '../testing/lone_node.ts';
import { makeHole } from '../testing/make_hole.ts';
import { DEFAULT_LIMITS } from '../vocabulary/config.ts';
import type { LogEntry } from './entry.ts';
import { fillHole } from './fill.ts';
import { findInMemory } from './find.ts';
import { appendToLog, trimTail } from './log.ts';
import { flushJournal } from './write.ts';

function recordEntry(index: number): LogEntry {
  return makeEntry({ index, term: 1, lsn: BigInt(index), data: Uint8Array.of(index) });
}

/** A node with records at indexes and LSNs 2 to `last`, durable, all in memory. */
function nodeWithRecords(last: number): LoneNode {
  const node = new LoneNode({ limits: { ...DEFAULT_LIMITS, tailEntriesMax: 4 } });
  node.workAll();
  node.change((d) => {
    appendToLog(
      d,
      Array.from({ length: last - 1 }, (_, i) => recordEntry(i + 2)),
    );
    flushJournal(d);
  });
  node.workAll();
  return node;
}

function found({ journal }: NodeState, lsn: bigint): string {
  return findInMemory(journal, lsn).kind;
}

describe('the tail of the log in memory', () => {
  it('is trimmed to what was committed and made durable', () => {
    const node = nodeWithRecords(40);
    node.change((d) => {
      commitUpTo(d, 30);
      trimTail(d, 30);
    });
    expect(node.state.journal.tail.firstKey()).toBe(30);
    expect(found(node.state, 29n)).toBe('older');
    expect(found(node.state, 30n)).toBe('entry');
    expect(found(node.state, 41n)).toBe('absent');
  });

  it('has no gap when a hole is filled after entries behind it were trimmed', () => {
    const node = nodeWithRecords(40);
    makeHole(node, 5);
    node.change((d) => {
      commitUpTo(d, 40);
      trimTail(d, 40);
    });
    node.change((d) => {
      fillHole(d, recordEntry(5));
      flushJournal(d);
    });
    node.workAll();
    expect(node.state.journal.holes.size).toBe(0);
    // A record that is stored must never pass for one that is not: a definite "no" would rest on it.
    for (let lsn = 2n; lsn <= 40n; lsn++) expect(['entry', 'older']).toContain(found(node.state, lsn));
  });

  it('counts its bytes also when everything in it may go', () => {
    const node = nodeWithRecords(6);
    makeHole(node, 6);
    node.change((d) => {
      d.config = { ...d.config, limits: { ...d.config.limits, tailEntriesMax: 0, tailBytesMax: 0 } };
      commitUpTo(d, 6);
      trimTail(d, 6);
    });
    const { tail, tailBytes } = node.state.journal;
    let bytes = 0;
    tail.forEach(({ entry }) => (bytes += entry.body.length));
    expect(tailBytes).toBe(bytes);
  });

  it('finds records on both sides of holes and no-ops', () => {
    const node = nodeWithRecords(12);
    for (const index of [4, 5, 11]) makeHole(node, index);
    for (let lsn = 2n; lsn <= 12n; lsn++) {
      expect(found(node.state, lsn)).toBe([4n, 5n, 11n].includes(lsn) ? 'hole' : 'entry');
    }
    expect(found(node.state, 13n)).toBe('absent');
    expect(findInMemory({ ...node.state.journal, tail: IntMap.empty(), holes: IntMap.empty() }, 3n).kind).toBe('older');
  });
});
