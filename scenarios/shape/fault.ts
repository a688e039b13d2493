import type { Fault, FileArea, MessageType, ScheduledFault, Trigger } from '../../sim/index.ts';
import { choice, word } from './choice.ts';
import { cut } from './cut.ts';
import { list } from './list.ts';
import { number } from './number.ts';
import { optional } from './record.ts';
import type { Shape } from './shape.ts';
import { replicaNumber, target } from './target.ts';
import { union, type UnionShape } from './union.ts';

/** A thousand hours: nothing in a scenario is later, or lasts longer. */
export const LATEST_MS = 3_600_000_000;

const MESSAGE_TYPES: Readonly<Record<MessageType, true>> = {
  hello: true,
  refuse: true,
  preVote: true,
  preVoteAnswer: true,
  vote: true,
  voteAnswer: true,
  append: true,
  appendAnswer: true,
  timeoutNow: true,
  fetch: true,
  fetchAnswer: true,
};

const TRIGGERS: Readonly<Record<Trigger, true>> = {
  recovers: true,
  becomesCandidate: true,
  becomesLeader: true,
  stepsDown: true,
  commits: true,
  truncates: true,
  seals: true,
  fillsHole: true,
  writes: true,
  votes: true,
  acknowledges: true,
};

const AREAS: Readonly<Record<FileArea, true>> = {
  frames: true,
  identifiers: true,
  termAndVote: true,
  identity: true,
  manifest: true,
  control: true,
};

/** How long something lasts. */
function lasting(usualMs: number): Shape<number> {
  return number({ low: 0, high: LATEST_MS, fractions: true, usual: [1, usualMs] });
}

/**
 * A fault and when it strikes, in a run of so many replicas. Drawn ones strike before `drawnBeforeMs`. Each kind of
 * fault is one entry: the one place in scenarios/ to add when there is a new kind.
 */
export function scheduledFault(replicas: number, drawnBeforeMs: number): UnionShape<ScheduledFault> {
  const who = target(replicas);
  const replica = replicaNumber(replicas);
  const afterEffects = number({ low: 0, high: 1_000_000, calm: 0, usual: [1, 60] });
  const downMs = lasting(3_000);
  const forMs = lasting(3_000);
  const area = word<FileArea>(AREAS);
  /** What every fault has. */
  const when = {
    atMs: number({ low: 0, high: LATEST_MS, fractions: true, usual: [0, Math.max(0, Math.floor(drawnBeforeMs) - 1)] }),
    on: optional(word<Trigger>(TRIGGERS)),
    by: optional(who, { drawn: false }),
    afterMs: optional(number({ low: 0, high: LATEST_MS, fractions: true, usual: [0, 30] }), { drawn: false }),
  };
  return union<ScheduledFault, 'kind'>('kind of fault', 'kind', {
    crash: { ...when, target: who, afterEffects, downMs },
    powerCut: { ...when, targets: list(who, { atLeast: 1, atMost: 7, drawn: replicas - 1 }), afterEffects, downMs },
    powerCutAll: {
      ...when,
      downMs,
      apartMs: number({ low: 0, high: LATEST_MS, fractions: true, calm: 0, often: [20, 500] }),
    },
    death: { ...when, target: who },
    shutdown: { ...when, target: who, downMs },
    pause: { ...when, target: who, forMs },
    cut: { ...when, cut: cut(replicas), forMs, flaps: number({ low: 0, high: 1_000, calm: 0, often: [1, 4] }) },
    clog: { ...when, from: replica, to: replica, forMs },
    reset: { ...when, from: replica, to: replica },
    filter: {
      ...when,
      types: optional(list(word<MessageType>(MESSAGE_TYPES), { atLeast: 1, atMost: 11, drawn: 3 })),
      from: optional(who),
      to: optional(who),
      action: word<'drop' | 'hold'>({ drop: true, hold: true }),
      forMs,
    },
    clientsCut: { ...when, target: who, forMs },
    clockStep: {
      ...when,
      target: who,
      byMs: number({
        low: -LATEST_MS,
        high: LATEST_MS,
        fractions: true,
        calm: 0,
        often: [-3_000, -300, -20, 20, 300, 3_000, 3_600_000],
      }),
    },
    clockFreeze: { ...when, target: who, forMs },
    slowProcess: {
      ...when,
      target: who,
      eventMs: number({ low: 0, high: 60_000, fractions: true, calm: 0, often: [0.5, 2, 10, 40] }),
      forMs,
    },
    diskStall: { ...when, target: who, forMs },
    slowDisk: {
      ...when,
      target: who,
      factor: number({ low: 1, high: 100_000, fractions: true, calm: 1, often: [5, 30, 200] }),
      forMs,
    },
    diskError: {
      ...when,
      target: who,
      operation: word<(Fault & { kind: 'diskError' })['operation']>({
        sync: true,
        write: true,
        read: true,
        shortRead: true,
      }),
    },
    diskFull: { ...when, target: who, forMs },
    rot: {
      ...when,
      target: who,
      area,
      copy: choice<0 | 1>([0, 1]),
      at: number({ low: 0, high: 1, fractions: true, often: [0, 0.25, 0.5, 0.75, 0.9, 0.99, 1] }),
      damage: word<'bit' | 'sector'>({ bit: true, sector: true }),
    },
    misdirectedWrite: {
      ...when,
      target: who,
      area,
      byBytes: number({ low: -(2 ** 31), high: 2 ** 31, calm: 0, often: [-4_096, -512, 64, 512, 4_096, 65_536] }),
    },
    loseDirectory: { ...when, target: who, downMs },
    copyDirectory: { ...when, target: who, from: replica, downMs },
    saveDirectory: { ...when, target: who },
    restoreDirectory: { ...when, target: who, downMs },
  });
}
