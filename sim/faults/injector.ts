import type { ClientNetwork } from '../clients/client_network.ts';
import type { EventQueue } from '../event_queue.ts';
import type { MarkCounter } from '../marks.ts';
import type { SimulatedNetwork } from '../network/network.ts';
import type { Observer } from '../observer.ts';
import type { Replica } from '../process/replica.ts';
import type { Cut, ScheduledFault, Target } from './fault.ts';

export interface InjectorHost {
  readonly queue: EventQueue;
  readonly replicas: readonly Replica[];
  readonly network: SimulatedNetwork;
  readonly clientNetwork: ClientNetwork;
  readonly marks: MarkCounter;
  readonly observer: Required<Observer>;
  /** Starts the replica again after so long, counted from when its process is gone. */
  restartAfter(replica: Replica, downMs: number): void;
}

type Link = readonly [from: number, to: number];

/** How long a process that was asked to stop may take before it is killed. */
const SHUTDOWN_PATIENCE_MS = 10_000;

/** Carries out a schedule of faults, until everything is healed. */
export class FaultInjector {
  private readonly host: InjectorHost;
  private healed = false;
  /** Ends whatever lasts. */
  private readonly endings = new Set<() => void>();

  constructor(host: InjectorHost) {
    this.host = host;
  }

  schedule(faults: readonly ScheduledFault[]): void {
    for (const fault of faults) this.host.queue.at(fault.atMs, () => this.inject(fault));
  }

  /** Nothing is wrong with network, disks and machines any more. Who is dead stays dead. */
  heal(): void {
    this.healed = true;
    for (const end of [...this.endings]) end();
    const { network, clientNetwork, replicas, observer } = this.host;
    network.heal();
    clientNetwork.heal();
    for (const replica of replicas) {
      replica.disk.heal();
      replica.resume();
      if (!replica.isUp) this.host.restartAfter(replica, 0);
    }
    observer.fault('everything is healed');
  }

  private inject(fault: ScheduledFault): void {
    if (this.healed) return;
    const { host } = this;
    switch (fault.kind) {
      case 'crash':
        this.strike(
          fault.target,
          `crash in ${fault.afterEffects} effects, down ${round(fault.downMs)} ms`,
          (replica) => {
            host.restartAfter(replica, fault.downMs);
            replica.endAfter(fault.afterEffects, 'crash');
          },
        );
        return;
      case 'powerCut':
        for (const target of fault.targets) {
          this.strike(
            target,
            `power cut in ${fault.afterEffects} effects, down ${round(fault.downMs)} ms`,
            (replica) => {
              host.restartAfter(replica, fault.downMs);
              replica.endAfter(fault.afterEffects, 'powerCut');
            },
          );
        }
        return;
      case 'powerCutAll':
        this.tell('power cut of all');
        host.marks.hit('power cut of all');
        host.replicas.forEach((replica, order) => {
          if (replica.dead) return;
          host.restartAfter(replica, fault.downMs + order * fault.apartMs);
          replica.endAfter(0, 'powerCut');
        });
        return;
      case 'death':
        this.kill(fault.target);
        return;
      case 'shutdown':
        this.strike(fault.target, `asked to shut down, down ${round(fault.downMs)} ms`, (replica) =>
          this.shutDown(replica, fault.downMs),
        );
        return;
      case 'pause':
        this.strike(fault.target, `paused for ${round(fault.forMs)} ms`, (replica) => {
          replica.pause();
          host.marks.paused(fault.forMs);
          this.lasting(fault.forMs, `${replica.name} goes on`, () => replica.resume());
        });
        return;
      case 'cut':
        this.cut(fault.cut, fault.forMs, fault.flaps);
        return;
      case 'clog':
        this.tell(
          `the link from ${this.nameOf(fault.from)} to ${this.nameOf(fault.to)} is clogged for ${round(fault.forMs)} ms`,
        );
        host.network.clog(fault.from, fault.to, fault.forMs);
        return;
      case 'clientsCut':
        this.strike(fault.target, `unreachable for clients for ${round(fault.forMs)} ms`, (replica) => {
          this.lasting(fault.forMs, `clients reach ${replica.name} again`, host.clientNetwork.cut(replica.number));
        });
        return;
      case 'clockStep':
        this.strike(fault.target, `clock set by ${round(fault.byMs)} ms`, (replica) => {
          replica.stepClock(fault.byMs);
          if (fault.byMs < 0) host.marks.hit('clock set back');
        });
        return;
      case 'diskStall':
        this.strike(fault.target, `disk stalls for ${round(fault.forMs)} ms`, (replica) =>
          replica.disk.stall(fault.forMs),
        );
        return;
      case 'slowDisk':
        this.strike(
          fault.target,
          `disk ${round(fault.factor)} times slower for ${round(fault.forMs)} ms`,
          (replica) => {
            const { faults } = replica.disk;
            faults.slowFactor = fault.factor;
            this.lasting(fault.forMs, `disk of ${replica.name} as fast as before`, () => {
              faults.slowFactor = 1;
            });
          },
        );
        return;
      case 'diskError':
        this.strike(fault.target, `the next ${fault.operation} fails`, (replica) =>
          replica.disk.faults.failNext(fault.operation),
        );
        return;
      case 'diskFull':
        this.strike(fault.target, `disk full for ${round(fault.forMs)} ms`, (replica) => {
          const { faults } = replica.disk;
          faults.full = true;
          this.lasting(fault.forMs, `disk of ${replica.name} has room again`, () => {
            faults.full = false;
          });
        });
    }
  }

  private strike(target: Target, what: string, act: (replica: Replica) => void): void {
    const replica = this.find(target);
    if (replica === undefined || replica.dead) return;
    this.tell(`${replica.name}: ${what}`);
    act(replica);
  }

  /** The replica a target means right now. */
  private find(target: Target): Replica | undefined {
    const { replicas } = this.host;
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
    }
  }

  private leader(): Replica | undefined {
    let found: Replica | undefined;
    for (const replica of this.host.replicas) {
      if (replica.isUp && replica.role === 'leader' && (found === undefined || replica.term > found.term))
        found = replica;
    }
    return found;
  }

  /** Death is for good, so it never takes a majority, nor somebody without whom the cluster cannot be founded. */
  private kill(target: Target): void {
    const { replicas } = this.host;
    const replica = this.find(target);
    const alive = replicas.filter((other) => !other.dead).length;
    if (replica === undefined || replica.dead || !replicas.every((other) => other.founded)) return;
    if (alive - 1 < Math.floor(replicas.length / 2) + 1) return;
    this.tell(`${replica.name}: dies for good`);
    replica.dead = true;
    replica.endAfter(0, 'powerCut');
  }

  private shutDown(replica: Replica, downMs: number): void {
    if (!replica.isUp) return;
    this.host.restartAfter(replica, downMs);
    const life = replica.starts;
    replica.shutdown();
    this.host.queue.after(SHUTDOWN_PATIENCE_MS, () => {
      if (replica.isUp && replica.starts === life) {
        this.tell(`${replica.name}: killed, as it did not shut down`);
        replica.endAfter(0, 'crash');
      }
    });
  }

  private cut(cut: Cut, forMs: number, flaps: number): void {
    const links = this.linksOf(cut);
    if (links.length === 0) return;
    const phases = 2 * flaps + 1;
    const phaseMs = forMs / phases;
    for (let flap = 0; flap <= flaps; flap++) {
      this.host.queue.after(2 * flap * phaseMs, () => {
        if (this.healed) return;
        this.tell(`cut: ${this.describeCut(cut)} for ${round(phaseMs)} ms`);
        this.lasting(phaseMs, `no longer cut: ${this.describeCut(cut)}`, this.host.network.cut(links));
      });
    }
  }

  private linksOf(cut: Cut): Link[] {
    const numbers = this.host.replicas.map((replica) => replica.number);
    const all: Link[] = numbers.flatMap((from) => numbers.map((to): Link => [from, to]));
    switch (cut.shape) {
      case 'split':
        return all.filter(([from, to]) => cut.side.includes(from) !== cut.side.includes(to));
      case 'bridge':
        return all.filter(
          ([from, to]) => from !== cut.bridge && to !== cut.bridge && cut.side.includes(from) !== cut.side.includes(to),
        );
      case 'leaderWith': {
        const leader = this.leader();
        if (leader === undefined) return [];
        const others = numbers.filter((number) => number !== leader.number);
        const side = [leader.number, ...others.slice(0, cut.followers)];
        return all.filter(([from, to]) => side.includes(from) !== side.includes(to));
      }
      case 'isolate': {
        const one = this.find(cut.target)?.number;
        return all.filter(([from, to]) => from !== to && (from === one || to === one));
      }
      case 'oneWay': {
        const one = this.find(cut.target)?.number;
        return all.filter(([from, to]) => from !== to && (cut.which === 'deaf' ? to === one : from === one));
      }
    }
  }

  private describeCut(cut: Cut): string {
    switch (cut.shape) {
      case 'split':
        return `{${cut.side.map((number) => this.nameOf(number)).join(', ')}} from the others`;
      case 'bridge':
        return `{${cut.side.map((number) => this.nameOf(number)).join(', ')}} from the others, all but ${this.nameOf(cut.bridge)}`;
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

  /** Ends after so long, or at healing. */
  private lasting(forMs: number, sentence: string, end: () => void): void {
    const finish = (): void => {
      if (!this.endings.delete(finish)) return;
      this.tell(sentence);
      end();
    };
    this.endings.add(finish);
    this.host.queue.after(forMs, finish);
  }

  private nameOf(number: number): string {
    return this.host.replicas[number]?.name ?? `replica ${number}`;
  }

  private tell(sentence: string): void {
    this.host.observer.fault(sentence);
  }
}

function describeTarget(target: Target): string {
  if ('replica' in target) return `replica-${target.replica + 1}`;
  return target.role === 'follower' ? `follower ${target.order}` : `the ${target.role}`;
}

function round(value: number): number {
  return Math.round(value);
}
