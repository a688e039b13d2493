import { expect } from 'vitest';
import { toHex } from '../bytes/hex.ts';
import { entryAt } from '../inspect.ts';
import type { Term } from '../vocabulary/units.ts';
import type { CalmCluster } from './calm_cluster.ts';
import { append, entriesOfTerms, tell, termsOf } from './forge.ts';

/** Gives node `i` a log whose entries after the founding one are of these terms, as leaders of those terms sent it. */
export function giveLog(cluster: CalmCluster, i: number, sender: number, terms: readonly Term[]): void {
  let previousTerm = 0;
  for (const entry of entriesOfTerms(2, terms)) {
    tell(cluster, sender, i, entry.term, append(entry.index - 1, previousTerm, { entries: [entry] }));
    previousTerm = entry.term;
  }
}

/** The same entries, byte for byte, on every node. */
export function expectSameLogs(cluster: CalmCluster): void {
  const first = cluster.node(0).state;
  for (const { state } of cluster.nodes) {
    expect(termsOf(state)).toEqual(termsOf(first));
    for (let index = 1; index <= first.journal.lastIndex; index++) {
      const [here, there] = [entryAt(state, index), entryAt(first, index)];
      // Old entries may have left the memory of one of them.
      if (here !== undefined && there !== undefined) expect(toHex(here.body)).toBe(toHex(there.body));
    }
  }
}
