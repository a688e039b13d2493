import type { Inspection } from '../../engine/index.ts';
import { type EngineNode, type EngineUnderTest, type Happening, replicaName } from '../../sim/index.ts';

/** An engine that shows what each node knows, while a scenario drives it. */
export class Witness {
  readonly engine: EngineUnderTest;
  private readonly real: EngineUnderTest;
  private readonly names = new WeakMap<EngineNode, string>();
  /** The state each replica is in, as far as the account has come. */
  private readonly current = new Map<string, EngineNode>();
  private upcoming: { readonly name: string; readonly node: EngineNode } | undefined;

  constructor(real: EngineUnderTest) {
    this.real = real;
    this.engine = {
      ...real,
      createNode: (config, seed) => {
        const node = real.createNode(config, seed);
        this.names.set(node, config.replicaId);
        return node;
      },
      step: (before, event) => {
        const result = real.step(before, event);
        const name = this.names.get(before);
        if (name !== undefined) {
          this.names.set(result.node, name);
          this.upcoming = { name, node: result.node };
        }
        return result;
      },
    };
  }

  /** The account has reached this happening. Until then nobody sees the state after it. */
  reach(happening: Happening): void {
    if (happening.what === 'ended' && happening.replica !== undefined) {
      this.current.delete(replicaName(happening.replica));
    }
    if (happening.what !== 'event' || this.upcoming === undefined) return;
    this.current.set(this.upcoming.name, this.upcoming.node);
    this.upcoming = undefined;
  }

  /** Undefined while the replica is down. */
  inspect(replica: number): Inspection | undefined {
    const node = this.current.get(replicaName(replica));
    return node === undefined ? undefined : this.real.inspect(node);
  }
}
