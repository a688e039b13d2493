import fc, { type Arbitrary } from 'fast-check';
import type { Target } from '../../sim/index.ts';
import { number } from './number.ts';
import { ScenarioProblem, shown } from './problem.ts';
import type { Shape } from './shape.ts';
import { union } from './union.ts';

type Role = Extract<Target, { readonly role: string }>;

/** The number of a replica: 0, 1, 2 … */
export function replicaNumber(replicas: number): Shape<number> {
  return number({ low: 0, high: replicas - 1, usual: [0, replicas - 1] });
}

/** Whom a fault strikes. */
export function target(replicas: number): Shape<Target> {
  return new TargetShape(replicas);
}

/** A number is short for that replica. */
export function numberOrTarget(replicas: number): Shape<number | Target> {
  const byNumber = replicaNumber(replicas);
  const byTarget = target(replicas);
  return {
    read: (found, path) => (typeof found === 'number' ? byNumber.read(found, path) : byTarget.read(found, path)),
    simplify: (value) => value,
    arbitrary: () => fc.oneof(byNumber.arbitrary(), byTarget.arbitrary()),
  };
}

/** Targets stay as they are when a scenario is simplified: by role or by number says what matters, and neither is simpler. */
class TargetShape implements Shape<Target> {
  private readonly number: Shape<number>;
  private readonly roles: Shape<Role>;

  constructor(replicas: number) {
    this.number = replicaNumber(replicas);
    this.roles = union<Role, 'role'>('role', 'role', {
      leader: {},
      follower: { order: number({ low: 0, high: 100, calm: 0, usual: [0, replicas - 1] }) },
      candidate: {},
      trigger: {},
    });
  }

  read(found: unknown, path: string): Target {
    if (typeof found !== 'object' || found === null || !('replica' in found)) return this.roles.read(found, path);
    const others = Object.keys(found).filter((key) => key !== 'replica');
    if (others.length > 0)
      throw new ScenarioProblem(
        path,
        `is ${shown(found)}; beside "replica" nothing else names a target. Remove the rest.`,
      );
    return { replica: this.number.read(found.replica, `${path}.replica`) };
  }

  simplify(value: Target): Target {
    return value;
  }

  /** `trigger` means nobody unless the fault waits for something, so it is not among them. */
  arbitrary(): Arbitrary<Target> {
    return fc.oneof(
      fc.constant<Target>({ role: 'leader' }),
      fc.constant<Target>({ role: 'candidate' }),
      this.number.arbitrary().map((order): Target => ({ role: 'follower', order })),
      this.number.arbitrary().map((replica): Target => ({ replica })),
    );
  }
}
