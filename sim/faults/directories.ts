import { readIdentity, readTermAndVote } from '../checkers/disk_reader.ts';
import type { PlatterLog } from '../checkers/platter_log.ts';
import type { SavedFiles } from '../disk/file_system.ts';
import type { MarkCounter } from '../marks.ts';
import type { Observer } from '../observer.ts';
import type { Replica } from '../process/replica.ts';
import { type Budget, FAULT_FACTS } from './budget.ts';
import type { Fault } from './fault.ts';

export type DirectoryFault = Extract<
  Fault,
  { kind: 'loseDirectory' | 'copyDirectory' | 'saveDirectory' | 'restoreDirectory' }
>;

interface DirectoryHost {
  readonly replicas: readonly Replica[];
  readonly platters: readonly PlatterLog[];
  readonly marks: MarkCounter;
  readonly observer: Required<Observer>;
  restartAfter(replica: Replica, downMs: number): void;
}

/** Machines that come back with another data directory than they went down with. */
export class DirectoryFaults {
  private readonly host: DirectoryHost;
  private readonly budget: Budget;
  private readonly saved = new Map<Replica, SavedFiles>();
  private restored: Replica | undefined;

  constructor(host: DirectoryHost, budget: Budget) {
    this.host = host;
    this.budget = budget;
  }

  inject(fault: DirectoryFault, replica: Replica): void {
    const { marks, observer, replicas } = this.host;
    switch (fault.kind) {
      case 'saveDirectory':
        this.saved.set(replica, replica.disk.files.copy());
        observer.fault(`${replica.name}: somebody copies its data directory`);
        return;
      case 'loseDirectory':
        this.replace(replica, fault, new Map(), 'has lost its data directory');
        return;
      case 'copyDirectory': {
        const source = replicas[fault.from];
        if (source === undefined || source === replica) return;
        const files = source.disk.files.copy();
        // What lies there may be a copy of its own directory: that would be to restore it, which has conditions.
        if (isDirectoryOf(files, replica)) return;
        this.replace(replica, fault, files, `gets a copy of the data directory of ${source.name}`);
        return;
      }
      case 'restoreDirectory': {
        const files = this.saved.get(replica);
        if (files === undefined || !this.canBeNoticed(replica, files)) return;
        if (this.replace(replica, fault, files, 'gets an old copy of its data directory')) {
          this.restored = replica;
          marks.hit('data directory restored from an old copy');
        }
      }
    }
  }

  private replace(replica: Replica, fault: DirectoryFault & { downMs: number }, by: SavedFiles, what: string): boolean {
    if (!this.budget.spend(replica, FAULT_FACTS[fault.kind].cost)) return false;
    this.host.observer.fault(`${replica.name}: ${what}, down ${Math.round(fault.downMs)} ms`);
    this.host.restartAfter(replica, fault.downMs);
    replica.endAfter(0, 'powerCut');
    replica.disk.files.replaceBy(by);
    if (fault.kind !== 'restoreDirectory') this.host.marks.hit('data directory lost');
    return true;
  }

  /**
   * Whether every other member that counts knows for good of a later start than the copy's. Whoever does not could be
   * talked into an election by the old copy, and nobody could tell.
   */
  private canBeNoticed(replica: Replica, files: SavedFiles): boolean {
    if (this.restored !== undefined && this.restored !== replica) return false;
    const identity = readIdentity(files.get('identity') ?? new Uint8Array(0));
    if (
      identity?.clusterId === undefined ||
      readTermAndVote(files.get('term-and-vote') ?? new Uint8Array(0)) === undefined
    )
      return false;
    return this.host.replicas.every((other, number) => {
      if (other === replica || other.losses.dead || other.losses.lost) return true;
      const seen = this.host.platters[number]?.termAndVote()?.bootsSeen.get(replica.name) ?? 0;
      return seen > identity.boot;
    });
  }
}

/** Whether the same data directory is, or was, this replica's. */
function isDirectoryOf(files: SavedFiles, replica: Replica): boolean {
  const identity = readIdentity(files.get('identity') ?? new Uint8Array(0));
  return identity !== undefined && identity.replicaId === replica.name;
}
