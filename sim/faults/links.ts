import type { Replica } from '../process/replica.ts';
import type { Cut } from './cut.ts';
import { describeTarget, type Target } from './target.ts';
import type { Targets } from './targets.ts';

export type Link = readonly [from: number, to: number];

/** The directed links that a cut goes through, by what its targets mean at this moment. */
export function linksOf(cut: Cut, replicas: readonly Replica[], targets: Targets, trigger?: Replica): Link[] {
  const numbers = replicas.map((replica) => replica.number);
  const all: Link[] = numbers.flatMap((from) => numbers.map((to): Link => [from, to]));
  const numberOf = (target: number | Target): number | undefined => targets.find(target, trigger)?.number;
  switch (cut.shape) {
    case 'split': {
      const side = cut.side.map(numberOf);
      return all.filter(([from, to]) => side.includes(from) !== side.includes(to));
    }
    case 'bridge': {
      const side = cut.side.map(numberOf);
      const bridge = numberOf(cut.bridge);
      return all.filter(([from, to]) => from !== bridge && to !== bridge && side.includes(from) !== side.includes(to));
    }
    case 'leaderWith': {
      const leader = targets.leader();
      if (leader === undefined) return [];
      const others = numbers.filter((number) => number !== leader.number);
      const side = [leader.number, ...others.slice(0, cut.followers)];
      return all.filter(([from, to]) => side.includes(from) !== side.includes(to));
    }
    case 'isolate': {
      const one = numberOf(cut.target);
      return all.filter(([from, to]) => from !== to && (from === one || to === one));
    }
    case 'oneWay': {
      const one = numberOf(cut.target);
      return all.filter(([from, to]) => from !== to && (cut.which === 'deaf' ? to === one : from === one));
    }
  }
}

export function describeCut(cut: Cut): string {
  switch (cut.shape) {
    case 'split':
      return `{${cut.side.map(nameOf).join(', ')}} from the others`;
    case 'bridge':
      return `{${cut.side.map(nameOf).join(', ')}} from the others, all but ${nameOf(cut.bridge)}`;
    case 'leaderWith':
      return `the leader and ${cut.followers} followers from the others`;
    case 'isolate':
      return `${describeTarget(cut.target)} from all others`;
    case 'oneWay':
      return cut.which === 'deaf'
        ? `${describeTarget(cut.target)} hears nobody`
        : `nobody hears ${describeTarget(cut.target)}`;
  }
}

function nameOf(target: number | Target): string {
  return describeTarget(typeof target === 'number' ? { replica: target } : target);
}
