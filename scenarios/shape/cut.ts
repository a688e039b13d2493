import type { Cut } from '../../sim/index.ts';
import { word } from './choice.ts';
import { list } from './list.ts';
import { number } from './number.ts';
import type { Shape } from './shape.ts';
import { numberOrTarget, target } from './target.ts';
import { union } from './union.ts';

/** How a network is cut. */
export function cut(replicas: number): Shape<Cut> {
  const side = list(numberOrTarget(replicas), { atLeast: 1, atMost: 7, drawn: replicas - 1 });
  return union<Cut, 'shape'>('shape of a cut', 'shape', {
    split: { side },
    bridge: { side, bridge: numberOrTarget(replicas) },
    leaderWith: { followers: number({ low: 0, high: 6, calm: 0, usual: [0, Math.floor((replicas - 1) / 2)] }) },
    isolate: { target: target(replicas) },
    oneWay: { target: target(replicas), which: word<'deaf' | 'mute'>({ deaf: true, mute: true }) },
  });
}
