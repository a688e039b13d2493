import type { Random } from '../../random.ts';
import type { Fault } from '../fault.ts';
import type { Target } from '../target.ts';
import { afterEffects, anyone, type DrawContext, downMs, type Drawn } from './common.ts';

export function crash(random: Random, target: Target): Fault {
  return { kind: 'crash', target, afterEffects: afterEffects(random), downMs: downMs(random) };
}

export function storm(random: Random, { replicas }: DrawContext): Drawn[] {
  return Array.from({ length: random.integer(3, 8) }, () => {
    const target = { replica: random.integer(0, replicas - 1) };
    const effects = random.integer(0, 20);
    return random.chance(0.5)
      ? { kind: 'crash', target, afterEffects: effects, downMs: random.integer(0, 100) }
      : { kind: 'powerCut', targets: [target], afterEffects: effects, downMs: random.integer(0, 100) };
  });
}

export function powerCut(random: Random, { replicas }: DrawContext): Drawn[] {
  const count = random.pick([1, 1, 2, replicas - 1]);
  const targets = Array.from({ length: count }, () => anyone(random, replicas));
  return [{ kind: 'powerCut', targets, afterEffects: afterEffects(random), downMs: downMs(random) }];
}

export function powerCutAll(random: Random): Drawn[] {
  return [{ kind: 'powerCutAll', downMs: downMs(random), apartMs: random.pick([0, 20, 500]) }];
}

export function shutdown(random: Random, { replicas }: DrawContext): Drawn[] {
  return [{ kind: 'shutdown', target: anyone(random, replicas), downMs: downMs(random) }];
}

export function pause(random: Random, { replicas, electionTimeoutMs }: DrawContext): Drawn[] {
  const forMs = Math.round(random.heavyTailed(10, random.pick([electionTimeoutMs, 5 * electionTimeoutMs])));
  return [{ kind: 'pause', target: anyone(random, replicas), forMs }];
}

/** Every replica in turn, as for an upgrade. */
export function rollingRestart(random: Random, { replicas }: DrawContext): Drawn[] {
  const apartMs = random.pick([200, 1_000, 3_000]);
  return random.shuffled(Array.from({ length: replicas }, (_, replica) => replica)).map((replica, order) => ({
    atMs: order * apartMs,
    kind: 'shutdown',
    target: { replica },
    downMs: random.integer(1, apartMs),
  }));
}

/** Leaders that are asked to stop, one after the other: a storm of hand-overs. */
export function handOvers(random: Random, { electionTimeoutMs }: DrawContext): Drawn[] {
  return Array.from({ length: random.integer(2, 5) }, (_, order) => ({
    atMs: Math.round(order * electionTimeoutMs * random.between(0.3, 3)),
    kind: 'shutdown',
    target: { role: 'leader' },
    downMs: random.integer(1, 500),
  }));
}

export function slowProcess(random: Random, { replicas }: DrawContext): Drawn[] {
  return [
    {
      kind: 'slowProcess',
      target: anyone(random, replicas),
      eventMs: random.pick([0.5, 2, 10, 40]),
      forMs: Math.round(random.heavyTailed(200, 2_000)),
    },
  ];
}

/** Power cuts in the middle of a write: of the one who writes, of some, or of all, while others write the same. */
export function tornWrite(random: Random, { replicas }: DrawContext): Drawn[] {
  const afterMs = Math.round(random.heavyTailed(0, random.pick([0.3, 3, 30])) * 100) / 100;
  const others = Array.from({ length: random.integer(0, 2) }, () => anyone(random, replicas));
  const struck: Fault = random.chance(0.5)
    ? { kind: 'powerCutAll', downMs: downMs(random), apartMs: random.pick([0, 20, 500]) }
    : { kind: 'powerCut', targets: [{ role: 'trigger' }, ...others], afterEffects: 0, downMs: downMs(random) };
  return [{ ...struck, on: 'writes', by: anyone(random, replicas), afterMs }];
}

/** Strikes whoever does something, at that very moment, or a few effects later. */
export function ambush(random: Random): Drawn[] {
  const on = random.pick<NonNullable<Drawn['on']>>([
    'recovers',
    'becomesCandidate',
    'becomesLeader',
    'becomesLeader',
    'stepsDown',
    'commits',
    'truncates',
    'seals',
    'fillsHole',
    'votes',
    'acknowledges',
  ]);
  const target: Target = { role: 'trigger' };
  const effects = random.pick([0, 0, 1, random.integer(2, 8)]);
  const forMs = Math.round(random.heavyTailed(50, 1_000));
  const struck = random.pick<Fault>([
    { kind: 'crash', target, afterEffects: effects, downMs: downMs(random) },
    { kind: 'powerCut', targets: [target], afterEffects: effects, downMs: downMs(random) },
    { kind: 'pause', target, forMs },
    { kind: 'cut', cut: { shape: 'isolate', target }, forMs, flaps: 0 },
    { kind: 'diskError', target, operation: random.pick<'sync' | 'write'>(['sync', 'write']) },
    { kind: 'diskStall', target, forMs },
    { kind: 'clientsCut', target, forMs: 4 * forMs },
  ]);
  return [{ ...struck, on }];
}
