import { describe, expect, it } from 'vitest';
import { inspect } from '../inspect.ts';
import { opened, termsOf } from '../testing/forge.ts';
import { giveLog } from '../testing/logs.ts';
import { lead, progressOf } from '../testing/roles.ts';
import { isHandshake, silentCluster } from '../testing/silence.ts';
import type { Index, Term } from '../vocabulary/units.ts';

interface Conflict {
  readonly what: string;
  /** The terms of both logs from index 2 on: at index 1 there is the founding entry, as in every log. */
  readonly leader: readonly Term[];
  readonly follower: readonly Term[];
  /** Each append that was refused: the index before it, and the place where the follower would look next. */
  readonly refused: readonly { readonly previousIndex: Index; readonly hintIndex: Index; readonly hintTerm: Term }[];
  /** Where the logs were found to agree. */
  readonly agreed: Index;
}

// The cases of etcd's table but the last, of a follower whose log was compacted: prefixes are not dropped yet.
const CONFLICTS: readonly Conflict[] = [
  {
    what: 'the leader skips a term that only the follower has',
    leader: [1, 2, 2, 4, 4, 4, 4],
    follower: [1, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3],
    refused: [{ previousIndex: 8, hintIndex: 8, hintTerm: 3 }],
    agreed: 4,
  },
  {
    what: 'the leader goes on from the last entry of a term that both have',
    leader: [1, 2, 2, 3, 4, 4, 4, 5],
    follower: [1, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3],
    refused: [{ previousIndex: 9, hintIndex: 9, hintTerm: 3 }],
    agreed: 5,
  },
  {
    what: 'the follower skips terms that the leader cannot have there',
    leader: [1, 1, 1, 1],
    follower: [1, 2, 2, 4],
    refused: [{ previousIndex: 5, hintIndex: 2, hintTerm: 1 }],
    agreed: 2,
  },
  {
    // etcd's follower skips terms here too, and needs one round less.
    what: 'the follower skips them once the leader asks for an index that it has',
    leader: [1, 1, 1, 1, 1, 1],
    follower: [1, 2, 2, 4],
    refused: [
      { previousIndex: 7, hintIndex: 5, hintTerm: 4 },
      { previousIndex: 5, hintIndex: 2, hintTerm: 1 },
    ],
    agreed: 2,
  },
  {
    what: 'the follower has the longer log and skips',
    leader: [1, 1, 1, 1],
    follower: [1, 2, 2, 4, 4, 4],
    refused: [{ previousIndex: 5, hintIndex: 2, hintTerm: 1 }],
    agreed: 2,
  },
  {
    what: 'the follower lacks the end and nothing else',
    leader: [1, 1, 1, 4, 5],
    follower: [1, 1, 1, 4],
    refused: [{ previousIndex: 6, hintIndex: 5, hintTerm: 4 }],
    agreed: 5,
  },
  {
    what: 'the leader skips a term as long as its log',
    leader: [2, 5, 5, 5, 5, 5, 5, 5, 5],
    follower: [2, 4, 4, 4, 4, 4],
    refused: [{ previousIndex: 10, hintIndex: 7, hintTerm: 4 }],
    agreed: 2,
  },
  {
    what: 'the follower skips a term as long as its log',
    leader: [2, 2, 2, 2, 2],
    follower: [2, 4, 4, 4, 4, 4, 4, 4],
    refused: [{ previousIndex: 6, hintIndex: 2, hintTerm: 2 }],
    agreed: 2,
  },
];

describe('a leader whose follower refuses an append', () => {
  it.each(CONFLICTS)(
    'finds where their logs agree, not entry by entry: $what (TestFastLogRejection, Ongaro 3.5)',
    (conflict) => {
      const { leader, follower, refused, agreed } = conflict;
      const cluster = silentCluster(3);
      giveLog(cluster, 0, 2, leader);
      giveLog(cluster, 1, 2, follower);
      lead(cluster, 0, 2, Math.max(...leader, ...follower));
      const refusals: unknown[] = [];
      let accepted: Index | undefined;
      let asked: Index | undefined;
      cluster.deliver = (from, to, bytes) => {
        const { body } = opened(bytes);
        if (from === 1 && body.type === 'appendAnswer') {
          if (body.rejected !== undefined) refusals.push(body.rejected);
          else accepted ??= asked;
        }
        if (to === 1 && body.type === 'append') asked = body.previousIndex;
        return isHandshake(from, to, bytes) || from + to === 1;
      };
      // The first append was lost; the heartbeat asks for the same place.
      cluster.run(100);
      expect(refusals).toEqual(refused);
      expect(accepted).toBe(agreed);
      const { lastIndex } = inspect(cluster.node(0).state);
      expect(termsOf(cluster.node(1).state)).toEqual(termsOf(cluster.node(0).state));
      expect(progressOf(cluster, 0, 1)).toMatchObject({ state: 'replicate', matchIndex: lastIndex });
    },
  );
});
