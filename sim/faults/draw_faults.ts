import type { Random } from '../random.ts';
import type { FileArea } from '../disk/area.ts';
import type { Fault, MessageType, ScheduledFault } from './fault.ts';
import type { Target } from './target.ts';
import type { Trigger } from './trigger.ts';

/** Draws one fault of a class, or several that belong together; `atMs` counts from the first, absent: at once. */
type Draw = (random: Random, replicas: number, electionTimeoutMs: number) => (Fault & { readonly atMs?: number })[];

/** Every class of fault, how likely a run has it, and how long it usually is until the next one. */
const CLASSES: readonly {
  readonly name: string;
  readonly chance: number;
  readonly everyMs: number;
  readonly draw: Draw;
}[] = [
  { name: 'crash', chance: 0.5, everyMs: 5_000, draw: (random, replicas) => [crash(random, anyone(random, replicas))] },
  { name: 'storm', chance: 0.15, everyMs: 15_000, draw: storm },
  { name: 'power cut', chance: 0.4, everyMs: 7_000, draw: powerCut },
  { name: 'power cut of all', chance: 0.3, everyMs: 15_000, draw: powerCutAll },
  {
    name: 'death',
    chance: 0.1,
    everyMs: 30_000,
    draw: (random, replicas) => [{ kind: 'death', target: anyone(random, replicas) }],
  },
  { name: 'shutdown', chance: 0.25, everyMs: 10_000, draw: shutdown },
  { name: 'pause', chance: 0.3, everyMs: 8_000, draw: pause },
  { name: 'partition', chance: 0.4, everyMs: 8_000, draw: partition },
  { name: 'leader churn', chance: 0.25, everyMs: 10_000, draw: leaderChurn },
  { name: 'clog', chance: 0.25, everyMs: 6_000, draw: clog },
  { name: 'clients cut', chance: 0.2, everyMs: 8_000, draw: clientsCut },
  { name: 'clock step', chance: 0.25, everyMs: 8_000, draw: clockStep },
  { name: 'disk stall', chance: 0.25, everyMs: 8_000, draw: diskStall },
  { name: 'slow disk', chance: 0.2, everyMs: 10_000, draw: slowDisk },
  { name: 'disk error', chance: 0.3, everyMs: 8_000, draw: diskError },
  { name: 'disk full', chance: 0.15, everyMs: 15_000, draw: diskFull },
];

/** A schedule of faults up to healing, in the order of their times. About one run in ten has none. */
export function drawFaults(
  random: Random,
  replicas: number,
  healAtMs: number,
  electionTimeoutMs: number,
): ScheduledFault[] {
  const schedule: ScheduledFault[] = [];
  if (random.chance(0.05)) return schedule;
  for (const { name, chance, everyMs, draw } of CLASSES) {
    const its = random.fork(name);
    if (!its.chance(chance)) continue;
    // Some runs are struck while the cluster is being founded.
    let atMs = its.chance(0.2) ? its.between(0, 1_000) : its.heavyTailed(500, everyMs);
    while (atMs < healAtMs) {
      for (const fault of draw(its, replicas, electionTimeoutMs)) {
        const dueMs = Math.round(atMs + (fault.atMs ?? 0));
        if (dueMs < healAtMs) schedule.push({ ...fault, atMs: dueMs });
      }
      atMs += its.heavyTailed(everyMs / 10, everyMs);
    }
  }
  return schedule.sort((one, other) => one.atMs - other.atMs);
}

function anyone(random: Random, replicas: number): Target {
  return random.pick<Target>([
    { role: 'leader' },
    { role: 'leader' },
    { role: 'candidate' },
    { role: 'follower', order: random.integer(0, replicas - 1) },
    { replica: random.integer(0, replicas - 1) },
  ]);
}

/** Usually at once or within a step; sometimes a good while later. */
function afterEffects(random: Random): number {
  return random.pick([0, random.integer(1, 8), random.integer(1, 60)]);
}

function downMs(random: Random): number {
  return Math.round(random.heavyTailed(1, random.pick([50, 500, 3_000])));
}

function crash(random: Random, target: Target): Fault {
  return { kind: 'crash', target, afterEffects: afterEffects(random), downMs: downMs(random) };
}

function storm(random: Random, replicas: number): Fault[] {
  return Array.from({ length: random.integer(3, 8) }, () => {
    const target = { replica: random.integer(0, replicas - 1) };
    const effects = random.integer(0, 20);
    return random.chance(0.5)
      ? { kind: 'crash', target, afterEffects: effects, downMs: random.integer(0, 100) }
      : { kind: 'powerCut', targets: [target], afterEffects: effects, downMs: random.integer(0, 100) };
  });
}

function powerCut(random: Random, replicas: number): Fault[] {
  const count = random.pick([1, 1, 2, replicas - 1]);
  const targets = Array.from({ length: count }, () => anyone(random, replicas));
  return [{ kind: 'powerCut', targets, afterEffects: afterEffects(random), downMs: downMs(random) }];
}

function powerCutAll(random: Random): Fault[] {
  return [{ kind: 'powerCutAll', downMs: downMs(random), apartMs: random.pick([0, 20, 500]) }];
}

function shutdown(random: Random, replicas: number): Fault[] {
  return [{ kind: 'shutdown', target: anyone(random, replicas), downMs: downMs(random) }];
}

function pause(random: Random, replicas: number, electionTimeoutMs: number): Fault[] {
  const forMs = Math.round(random.heavyTailed(10, random.pick([electionTimeoutMs, 5 * electionTimeoutMs])));
  return [{ kind: 'pause', target: anyone(random, replicas), forMs }];
}

function partition(random: Random, replicas: number): Fault[] {
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
function leaderChurn(random: Random, replicas: number, electionTimeoutMs: number): (Fault & { atMs: number })[] {
  const followers = random.integer(0, Math.max(0, Math.floor(replicas / 2) - 1));
  const faults: (Fault & { atMs: number })[] = [];
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
    atMs += Math.round(forMs + electionTimeoutMs * random.between(1.5, 4));
  }
  return faults;
}

/** One link, or several, one by one. */
function clog(random: Random, replicas: number): Fault[] {
  return Array.from({ length: random.pick([1, 1, replicas]) }, () => {
    const from = random.integer(0, replicas - 1);
    const to = (from + random.integer(1, replicas - 1)) % replicas;
    return { kind: 'clog', from, to, forMs: Math.round(random.heavyTailed(50, 1_500)) };
  });
}

function clientsCut(random: Random, replicas: number): Fault[] {
  return [{ kind: 'clientsCut', target: anyone(random, replicas), forMs: Math.round(random.heavyTailed(50, 2_000)) }];
}

function clockStep(random: Random, replicas: number): Fault[] {
  const byMs = random.pick([-3_000, -300, -20, 20, 300, 3_000, 3_600_000]);
  return [{ kind: 'clockStep', target: anyone(random, replicas), byMs }];
}

function diskStall(random: Random, replicas: number): Fault[] {
  return [{ kind: 'diskStall', target: anyone(random, replicas), forMs: Math.round(random.heavyTailed(50, 2_000)) }];
}

function slowDisk(random: Random, replicas: number): Fault[] {
  return [
    {
      kind: 'slowDisk',
      target: anyone(random, replicas),
      factor: random.pick([5, 30, 200]),
      forMs: Math.round(random.heavyTailed(500, 4_000)),
    },
  ];
}

/** A failed sync is followed by a power cut now and then: what it dropped is then gone for good. */
function diskError(random: Random, replicas: number): Fault[] {
  const target = anyone(random, replicas);
  const operation = random.pick<'sync' | 'write' | 'read'>(['sync', 'sync', 'sync', 'write', 'read']);
  const error: Fault = { kind: 'diskError', target, operation };
  if (operation !== 'sync' || !('replica' in target)) return [error];
  return [error, { kind: 'powerCut', targets: [target], afterEffects: random.integer(1, 200), downMs: downMs(random) }];
}

function diskFull(random: Random, replicas: number): Fault[] {
  return [{ kind: 'diskFull', target: anyone(random, replicas), forMs: Math.round(random.heavyTailed(100, 2_000)) }];
}
