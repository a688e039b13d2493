import type { Replica } from '../process/replica.ts';
import type { Target } from './target.ts';

/** Finds whom a target means at this moment. */
export class Targets {
  private readonly replicas: readonly Replica[];

  constructor(replicas: readonly Replica[]) {
    this.replicas = replicas;
  }

  /** `trigger` is whoever did what the fault waited for. */
  find(target: number | Target, trigger?: Replica): Replica | undefined {
    const { replicas } = this;
    if (typeof target === 'number') return replicas[target];
    if ('replica' in target) return replicas[target.replica];
    const leader = this.leader();
    switch (target.role) {
      case 'leader':
        return leader;
      case 'candidate':
        return replicas.find((replica) => replica.isUp && replica.role === 'candidate') ?? leader;
      case 'follower': {
        const others = replicas.filter((replica) => replica.isUp && replica !== leader);
        return others[target.order % Math.max(1, others.length)];
      }
      case 'trigger':
        return trigger;
    }
  }

  leader(): Replica | undefined {
    let found: Replica | undefined;
    for (const replica of this.replicas) {
      if (replica.isUp && replica.role === 'leader' && (found === undefined || replica.term > found.term))
        found = replica;
    }
    return found;
  }
}
