import { describe, expect, it } from 'vitest';
import type { Role } from '../../engine/vocabulary/index.ts';
import { entryOf, NODE, observe, Stage, TICK } from '../testing/stage.ts';
import { ElectionQuorum } from './election_quorum.ts';
import { ElectionSafety } from './election_safety.ts';
import { LeaderAppendOnly } from './leader_append_only.ts';
import { LeaderCompleteness } from './leader_completeness.ts';
import { LogMatching } from './log_matching.ts';

const becomes = (role: Role, term: number) =>
  observe({ what: 'roleChanged', role, term, leader: undefined, why: 'test' });
const truncates = observe({ what: 'truncated', fromIndex: 3, lastIndex: 4 });

describe('ElectionSafety', () => {
  it('refuses a second leader in a term, in whatever life', () => {
    const stage = new Stage(2);
    const checker = new ElectionSafety();
    checker.stepped(stage.replica(0), TICK, NODE, [becomes('leader', 3)]);
    checker.stepped(stage.replica(0), TICK, NODE, [becomes('leader', 3)]);
    checker.stepped(stage.replica(1), TICK, NODE, [becomes('leader', 4), becomes('follower', 3)]);
    expect(() => checker.stepped(stage.replica(1), TICK, NODE, [becomes('leader', 3)])).toThrow(/term 3/);
  });
});

describe('ElectionQuorum', () => {
  it('counts the votes on the disks', () => {
    const stage = new Stage(5);
    const checker = new ElectionQuorum(stage.context);
    const candidate = stage.replica(0);
    const elected = (): void => checker.stepped(candidate, TICK, NODE, [becomes('leader', 3)]);
    stage.storeTerm(0, 3, candidate.name);
    stage.storeTerm(1, 3, candidate.name);
    stage.storeTerm(2, 3, stage.replica(4).name);
    stage.storeTerm(3, 2, candidate.name);
    expect(elected).toThrow('replica-1 leads term 3 with the votes of replica-1, replica-2: 3 of 5');
    stage.storeTerm(3, 3);
    expect(elected).toThrow('3 of 5');
    stage.storeTerm(3, 3, candidate.name);
    elected();
  });

  it('takes for possible what cannot be told any more', () => {
    const stage = new Stage(3);
    const checker = new ElectionQuorum(stage.context);
    const elected = (): void => checker.stepped(stage.replica(0), TICK, NODE, [becomes('leader', 3)]);
    stage.storeTerm(0, 3, stage.replica(0).name);
    expect(elected).toThrow('of replica-1:');
    stage.replica(1).losses.lost = true;
    elected();
    stage.replica(1).losses.lost = false;
    stage.storeTerm(2, 4);
    elected();
  });
});

describe('LeaderAppendOnly', () => {
  it('lets followers cut their logs, leaders not', () => {
    const stage = new Stage(1);
    const checker = new LeaderAppendOnly();
    const [one] = stage.replicas;
    if (one === undefined) throw new Error();
    checker.stepped(one, TICK, NODE, [becomes('leader', 1), becomes('follower', 2), truncates]);
    checker.stepped(one, TICK, NODE, [becomes('leader', 3)]);
    expect(() => checker.stepped(one, TICK, NODE, [truncates])).toThrow(/while it leads/);
    checker.started(one);
    checker.stepped(one, TICK, NODE, [truncates]);
  });
});

describe('LeaderCompleteness', () => {
  it('asks a leader for what earlier terms committed, and only for that', () => {
    const stage = new Stage(2);
    const checker = new LeaderCompleteness(stage.context);
    const { checksum, ...entry } = { ...entryOf(1, 1), committedInTerm: 2, recordCount: 1, variant: undefined };
    stage.context.ledger.append({ ...entry, checksum });
    stage.inspection = { lastIndex: 0, termSpans: [] };
    checker.stepped(stage.replica(0), TICK, NODE, [becomes('leader', 2)]);
    expect(() => checker.stepped(stage.replica(0), TICK, NODE, [becomes('leader', 3)])).toThrow(/its log has nothing/);
    stage.inspection = { lastIndex: 4, termSpans: [{ term: 2, firstIndex: 1 }] };
    expect(() => checker.stepped(stage.replica(0), TICK, NODE, [becomes('leader', 4)])).toThrow(/its log has term 2/);
    stage.inspection = {
      lastIndex: 4,
      termSpans: [
        { term: 1, firstIndex: 1 },
        { term: 2, firstIndex: 2 },
      ],
    };
    checker.stepped(stage.replica(0), TICK, NODE, [becomes('leader', 5)]);
  });
});

describe('LogMatching', () => {
  it('compares platters as entries arrive', () => {
    const stage = new Stage(3);
    const checker = new LogMatching(stage.context);
    const done = { kind: 'diskDone', now: 0, id: 1, reads: [] } as const;
    stage.store(0, [entryOf(1, 1), entryOf(2, 1), entryOf(3, 3)]);
    stage.store(1, [entryOf(1, 1), entryOf(2, 2), entryOf(3, 2)]);
    for (const replica of stage.replicas) checker.stepped(replica, done);
    stage.store(2, [entryOf(1, 1), entryOf(2, 1), entryOf(3, 1)]);
    checker.stepped(stage.replica(2), done);
    stage.store(0, [entryOf(4, 4)], { firstIndex: 1 });
    stage.store(1, [entryOf(4, 4)], { firstIndex: 1 });
    checker.stepped(stage.replica(0), done);
    expect(() => checker.stepped(stage.replica(1), done)).toThrow(/after term 2, .* after term 3/);
  });

  it('finds other bytes under the same index and term', () => {
    const stage = new Stage(2);
    const checker = new LogMatching(stage.context);
    stage.store(0, [entryOf(1, 1)]);
    stage.store(1, [entryOf(1, 1, Uint8Array.of(66))]);
    checker.started(stage.replica(0));
    expect(() => checker.started(stage.replica(1))).toThrow(/checksum/);
  });
});
