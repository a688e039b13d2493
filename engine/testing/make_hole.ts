import { changeJournal } from '../draft.ts';
import { identifierOf } from '../journal/write.ts';
import type { Index } from '../vocabulary/units.ts';
import type { LoneNode } from './lone_node.ts';

/** As if the bytes of an entry that is in memory had been found damaged at the start. */
export function makeHole(node: LoneNode, index: Index): void {
  node.change((d) => {
    const { tail, tailBytes, holes } = d.journal;
    const stored = tail.get(index);
    if (stored === undefined) throw new Error(`entry ${index} is not in memory`);
    const { segment, framesLsn, recordCount } = stored;
    changeJournal(d, {
      tail: tail.delete(index),
      tailBytes: tailBytes - stored.entry.body.length,
      holes: holes.set(index, { identifier: identifierOf(stored, 0), segment, framesLsn, recordCount }),
    });
  });
}
