import type { FileArea } from '../../disk/area.ts';
import type { Random } from '../../random.ts';
import { anyone, type DrawContext, downMs, type Drawn } from './common.ts';

const AREAS: readonly FileArea[] = [
  'frames',
  'frames',
  'frames',
  'identifiers',
  'identifiers',
  'termAndVote',
  'identity',
  'manifest',
  'control',
];

/** Usually of what was written last, which matters most. */
function place(random: Random): number {
  const far = random.unit();
  return random.chance(0.6) ? 1 - far * far * 0.2 : far;
}

/** A few sectors or bits of one disk, then perhaps a restart that finds them. */
export function rot(random: Random, { replicas }: DrawContext): Drawn[] {
  const target = { replica: random.integer(0, replicas - 1) };
  const damaged = Array.from(
    { length: random.pick([1, 3, 10, 40]) },
    (): Drawn => ({
      kind: 'rot',
      target,
      area: random.pick(AREAS),
      copy: random.pick([0, 1]),
      at: Math.round(place(random) * 10_000) / 10_000,
      damage: random.pick(['bit', 'sector']),
    }),
  );
  if (random.chance(0.5)) return damaged;
  return [...damaged, { kind: 'crash', target, afterEffects: 0, downMs: downMs(random), atMs: random.integer(0, 500) }];
}

export function misdirectedWrite(random: Random, { replicas }: DrawContext): Drawn[] {
  return [
    {
      kind: 'misdirectedWrite',
      target: anyone(random, replicas),
      area: random.pick<FileArea>(['frames', 'frames', 'termAndVote', 'identity', 'manifest']),
      byBytes: random.pick([-4_096, -512, 64, 512, 4_096, 65_536]),
    },
  ];
}

export function loseDirectory(random: Random, { replicas }: DrawContext): Drawn[] {
  return [{ kind: 'loseDirectory', target: anyone(random, replicas), downMs: downMs(random) }];
}

export function copyDirectory(random: Random, { replicas }: DrawContext): Drawn[] {
  return [
    {
      kind: 'copyDirectory',
      target: anyone(random, replicas),
      from: random.integer(0, replicas - 1),
      downMs: downMs(random),
    },
  ];
}

/** A copy is put aside; the replica starts anew and goes on; then it gets the copy back, and is started again and again. */
export function restoreDirectory(random: Random, { replicas }: DrawContext): Drawn[] {
  const target = { replica: random.integer(0, replicas - 1) };
  const restartMs = random.integer(100, 2_000);
  const restoreMs = restartMs + Math.round(random.heavyTailed(500, 4_000));
  const again = Array.from(
    { length: random.pick([0, 1, 4]) },
    (_, count): Drawn => ({
      kind: 'crash',
      target,
      afterEffects: 0,
      downMs: random.integer(1, 200),
      atMs: restoreMs + (count + 1) * random.integer(300, 1_500),
    }),
  );
  return [
    { kind: 'saveDirectory', target },
    { kind: 'crash', target, afterEffects: 0, downMs: downMs(random), atMs: restartMs },
    { kind: 'restoreDirectory', target, downMs: downMs(random), atMs: restoreMs },
    ...again,
  ];
}
