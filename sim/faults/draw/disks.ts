import type { Random } from '../../random.ts';
import type { Fault } from '../fault.ts';
import { anyone, type DrawContext, downMs, type Drawn } from './common.ts';

export function clockStep(random: Random, { replicas }: DrawContext): Drawn[] {
  const byMs = random.pick([-3_000, -300, -20, 20, 300, 3_000, 3_600_000]);
  return [{ kind: 'clockStep', target: anyone(random, replicas), byMs }];
}

export function diskStall(random: Random, { replicas }: DrawContext): Drawn[] {
  return [{ kind: 'diskStall', target: anyone(random, replicas), forMs: Math.round(random.heavyTailed(50, 2_000)) }];
}

export function slowDisk(random: Random, { replicas }: DrawContext): Drawn[] {
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
export function diskError(random: Random, { replicas }: DrawContext): Drawn[] {
  const target = anyone(random, replicas);
  const operation = random.pick<'sync' | 'write' | 'read'>(['sync', 'sync', 'sync', 'write', 'read']);
  const error: Fault = { kind: 'diskError', target, operation };
  if (operation !== 'sync' || !('replica' in target)) return [error];
  return [error, { kind: 'powerCut', targets: [target], afterEffects: random.integer(1, 200), downMs: downMs(random) }];
}

export function diskFull(random: Random, { replicas }: DrawContext): Drawn[] {
  return [{ kind: 'diskFull', target: anyone(random, replicas), forMs: Math.round(random.heavyTailed(100, 2_000)) }];
}

export function clockFreeze(random: Random, { replicas }: DrawContext): Drawn[] {
  return [{ kind: 'clockFreeze', target: anyone(random, replicas), forMs: Math.round(random.heavyTailed(50, 2_000)) }];
}
