import type { Random } from '../../random.ts';
import type { Cut } from '../cut.ts';
import type { MessageType } from '../fault.ts';
import type { Target } from '../target.ts';
import { anyone, type DrawContext, type Drawn } from './common.ts';

export function partition(random: Random, { replicas }: DrawContext): Drawn[] {
  const numbers = random.shuffled(Array.from({ length: replicas }, (_, number) => number));
  const forMs = Math.round(random.heavyTailed(100, 3_000));
  const flaps = random.pick([0, 0, 0, 1, 4]);
  const half = numbers.slice(0, Math.floor(replicas / 2));
  const some = numbers.slice(0, random.integer(1, replicas - 1));
  switch (random.integer(0, 4)) {
    case 0:
      return [{ kind: 'cut', cut: { shape: 'split', side: half }, forMs, flaps }];
    case 1:
      return [{ kind: 'cut', cut: { shape: 'split', side: some }, forMs, flaps }];
    case 2:
      return [{ kind: 'cut', cut: { shape: 'bridge', side: half, bridge: numbers[replicas - 1] ?? 0 }, forMs, flaps }];
    case 3:
      return [{ kind: 'cut', cut: { shape: 'isolate', target: anyone(random, replicas) }, forMs, flaps }];
    default:
      return [
        {
          kind: 'cut',
          cut: { shape: 'oneWay', target: anyone(random, replicas), which: random.pick(['deaf', 'mute']) },
          forMs,
          flaps,
        },
      ];
  }
}

/**
 * Leaders that reach too few to commit, go down with what they have, and come back while the next one does the same: so
 * logs grow apart as in figure 3.7 of Ongaro's dissertation.
 */
export function leaderChurn(random: Random, { replicas, electionTimeoutMs }: DrawContext): Drawn[] {
  const followers = random.integer(0, Math.max(0, Math.floor(replicas / 2) - 1));
  // A next leader that hears of no record has the shorter log of the higher term.
  const isStarved = random.chance(0.5);
  const faults: Drawn[] = [];
  let atMs = 0;
  for (let round = random.integer(2, 6); round > 0; round--) {
    const forMs = Math.round(electionTimeoutMs * random.between(0.1, 1));
    faults.push({ atMs, kind: 'cut', cut: { shape: 'leaderWith', followers }, forMs, flaps: 0 });
    const downMs = Math.round(electionTimeoutMs * random.between(0.5, 5));
    faults.push({
      atMs: atMs + forMs,
      kind: 'crash',
      target: { role: 'leader' },
      afterEffects: random.pick([0, 0, 5]),
      downMs,
    });
    if (isStarved) {
      const starvedMs = Math.round(electionTimeoutMs * random.between(1, 5));
      const target: Target = { role: 'trigger' };
      faults.push({ atMs: atMs + forMs, on: 'becomesLeader', kind: 'clientsCut', target, forMs: starvedMs });
    }
    atMs += Math.round(forMs + electionTimeoutMs * random.between(1.5, 4));
  }
  return faults;
}

/**
 * A leader that its peers do not reach, and clients do: for as long as it takes to elect another one. Sometimes that one
 * hears of no record and goes when the old one comes back, whose log is longer then, and of the lower term.
 */
export function lonelyLeader(random: Random, { electionTimeoutMs }: DrawContext): Drawn[] {
  const target: Target = { role: 'leader' };
  const forMs = Math.round(electionTimeoutMs * random.between(1, 4));
  const cut = random.pick<Cut>([
    { shape: 'isolate', target },
    { shape: 'isolate', target },
    { shape: 'oneWay', target, which: random.pick(['deaf', 'mute']) },
  ]);
  const lonely: Drawn = { kind: 'cut', cut, forMs, flaps: 0 };
  if (random.chance(0.6)) return [lonely];
  const starvedMs = Math.round(forMs + electionTimeoutMs * random.between(1, 3));
  const goesMs = Math.round(forMs + electionTimeoutMs * random.between(-0.2, 0.4));
  const downMs = Math.round(electionTimeoutMs * random.between(1, 5));
  return [
    lonely,
    { on: 'becomesLeader', kind: 'clientsCut', target: { role: 'trigger' }, forMs: starvedMs },
    { atMs: goesMs, kind: 'crash', target: { role: 'leader' }, afterEffects: 0, downMs },
  ];
}

export function clientsCut(random: Random, { replicas }: DrawContext): Drawn[] {
  return [{ kind: 'clientsCut', target: anyone(random, replicas), forMs: Math.round(random.heavyTailed(50, 2_000)) }];
}

/** One link; or several that clog one after the other and clear in another order, as FoundationDB's "swizzle" does. */
export function clog(random: Random, { replicas }: DrawContext): Drawn[] {
  const count = random.pick([1, 1, replicas, 2 * replicas]);
  const apartMs = random.pick([0, 20, 200]);
  return Array.from({ length: count }, (_, order) => {
    const from = random.integer(0, replicas - 1);
    const to = (from + random.integer(1, replicas - 1)) % replicas;
    return { atMs: order * apartMs, kind: 'clog', from, to, forMs: Math.round(random.heavyTailed(50, 1_500)) };
  });
}

/** Connections that close in the middle: one, or all of a replica at once. */
export function reset(random: Random, { replicas }: DrawContext): Drawn[] {
  const from = random.integer(0, replicas - 1);
  const others = Array.from({ length: replicas }, (_, number) => number).filter((number) => number !== from);
  const chosen = random.chance(0.5) ? [random.pick(others)] : others;
  return chosen.flatMap((to) => [
    { kind: 'reset', from, to },
    { kind: 'reset', from: to, to: from },
  ]);
}

const TYPES: readonly (readonly MessageType[])[] = [
  ['append'],
  ['append'],
  ['appendAnswer'],
  ['appendAnswer'],
  ['vote', 'voteAnswer'],
  ['voteAnswer'],
  ['preVote', 'preVoteAnswer'],
  ['hello'],
  ['timeoutNow'],
  ['fetch', 'fetchAnswer'],
  ['fetchAnswer'],
  ['append', 'appendAnswer', 'vote'],
];

/** Messages of one kind are lost, or held back and let go of at once. */
export function filter(random: Random, { replicas, electionTimeoutMs }: DrawContext): Drawn[] {
  return [
    {
      kind: 'filter',
      types: random.pick(TYPES),
      ...(random.chance(0.5) ? { from: anyone(random, replicas) } : {}),
      ...(random.chance(0.5) ? { to: anyone(random, replicas) } : {}),
      action: random.pick(['drop', 'hold']),
      forMs: Math.round(random.heavyTailed(20, random.pick([electionTimeoutMs, 4 * electionTimeoutMs]))),
    },
  ];
}
