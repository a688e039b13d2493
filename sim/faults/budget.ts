import type { PlatterLog } from '../checkers/platter_log.ts';
import type { Replica } from '../process/replica.ts';
import type { Fault } from './fault.ts';

/**
 * What a cluster must survive: the one place that says so.
 *
 * - `nothing`: safe, and after healing live, whatever happens of it, as often as it happens, to whomever.
 * - `replica`: the one it strikes need not take part any more (`dead`: gone; `lost`: its directory is not the one that
 *   promised; `rotten`: what it synced is damaged). Together at most a minority of a run's replicas is spent so, and
 *   none before all have been in a term: founding and the first election need everybody (docs/decisions/0006). Beyond that
 *   a fault of this kind does not strike. The others must be safe, and live.
 * - `beyond`: nobody promises to survive it. Only runs of the mode `beyond` have it.
 *
 * A run of the mode `beyond` spends as many replicas as it likes. Then only safety is checked, without durability, which
 * nobody can promise when every copy is gone: no wrong answer, no second leader in a term, no forked log. Honest refusal
 * is a good end.
 *
 * What no replica could ever notice does not happen in any run: both copies of the same identifiers rotting; frames
 * rotting between their sync and the note that says so, ten election timeouts later, at the log's very end; and old copies of
 * data directories in the place of several replicas' directories at once, or before all others know of a later start; nor is
 * the last data directory lost, after which all would be empty and found another cluster.
 */
export type Cost = 'nothing' | 'dead' | 'lost' | 'rotten' | 'beyond';

export interface FaultFacts {
  readonly cost: Cost;
  /** What keeps the promise when this happens. */
  readonly defence: string;
  /** Work that would let the struck replica take part again. Until then it may halt, or refuse: safety only. */
  readonly awaits?: 'repair of rot' | 're-admission of a lost disk';
}

const RAFT: FaultFacts = { cost: 'nothing', defence: 'Raft: elections, retransmission, quorums' };
const RECOVERY: FaultFacts = { cost: 'nothing', defence: 'synced before promised; recovery cuts only a torn tail' };

export const FAULT_FACTS: Readonly<Record<Fault['kind'], FaultFacts>> = {
  crash: RECOVERY,
  powerCut: RECOVERY,
  powerCutAll: RECOVERY,
  death: { cost: 'dead', defence: 'a quorum of the others', awaits: 're-admission of a lost disk' },
  shutdown: { cost: 'nothing', defence: 'leadership is handed over, requests end with "unknown"' },
  pause: { cost: 'nothing', defence: 'terms, ReadIndex rounds, check-quorum' },
  cut: RAFT,
  clog: RAFT,
  reset: RAFT,
  filter: RAFT,
  clientsCut: { cost: 'nothing', defence: 'clients retry elsewhere; a retry is always safe' },
  clockStep: { cost: 'nothing', defence: 'no safety property depends on time; a node uses the maximum it has seen' },
  clockFreeze: { cost: 'nothing', defence: 'no safety property depends on time' },
  slowProcess: RAFT,
  diskStall: { cost: 'nothing', defence: 'a leader whose disk stalls steps down' },
  slowDisk: RAFT,
  diskError: { cost: 'nothing', defence: 'the replica halts, and never trusts the page cache at the next start' },
  diskFull: { cost: 'nothing', defence: 'the replica halts, and starts again when there is room' },
  rot: {
    cost: 'rotten',
    defence: 'checksums; identifiers apart from data; two copies of all but frames',
    awaits: 'repair of rot',
  },
  misdirectedWrite: { cost: 'beyond', defence: 'checksums', awaits: 'repair of rot' },
  loseDirectory: { cost: 'lost', defence: 'incarnations', awaits: 're-admission of a lost disk' },
  copyDirectory: {
    cost: 'lost',
    defence: 'the identity file names its replica',
    awaits: 're-admission of a lost disk',
  },
  saveDirectory: { cost: 'nothing', defence: 'nothing happens' },
  restoreDirectory: {
    cost: 'lost',
    defence: 'boot numbers and the marks that members keep of each other',
    awaits: 're-admission of a lost disk',
  },
};

interface BudgetHost {
  readonly replicas: readonly Replica[];
  readonly platters: readonly PlatterLog[];
}

/** Spends replicas, up to what the run's mode allows. */
export class Budget {
  private readonly host: BudgetHost;
  private readonly isBeyond: boolean;

  constructor(host: BudgetHost, mode: 'budget' | 'beyond') {
    this.host = host;
    this.isBeyond = mode === 'beyond';
  }

  /** Whether this replica is spent on such a fault now, or was before. */
  spend(replica: Replica, cost: Cost): boolean {
    switch (cost) {
      case 'nothing':
        return true;
      case 'beyond':
        if (this.isBeyond) replica.losses.rotten = true;
        return this.isBeyond;
      case 'dead':
      case 'lost':
      case 'rotten':
        if (!this.affords(replica) || (cost === 'lost' && this.isLastDirectory(replica))) return false;
        replica.losses[cost] = true;
        return true;
    }
  }

  /** Replicas that are all empty found a cluster, and none of them can know that there was one. */
  private isLastDirectory(replica: Replica): boolean {
    return this.host.replicas.every((other) => other === replica || other.losses.lost);
  }

  private affords(replica: Replica): boolean {
    if (replica.losses.dead) return false;
    if (this.isBeyond || replica.isSpent) return true;
    const { replicas, platters } = this.host;
    const others = replicas.filter((other) => !other.isSpent);
    if (!others.every(({ number }) => (platters[number]?.termAndVote()?.term ?? 0) > 0)) return false;
    return replicas.length - others.length + 1 <= Math.floor((replicas.length - 1) / 2);
  }
}
