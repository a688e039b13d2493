import type { Effect } from '../../engine/vocabulary/index.ts';
import type { PlatterLog } from '../checkers/platter_log.ts';
import type { ClientNetwork } from '../clients/client_network.ts';
import { rot } from '../disk/rot.ts';
import type { EngineUnderTest } from '../engine_under_test.ts';
import type { EventQueue } from '../event_queue.ts';
import type { MarkCounter } from '../marks.ts';
import type { SimulatedNetwork } from '../network/network.ts';
import type { Observer } from '../observer.ts';
import type { Replica } from '../process/replica.ts';
import { Budget, FAULT_FACTS } from './budget.ts';
import type { Cut } from './cut.ts';
import { DirectoryFaults } from './directories.ts';
import type { Fault, ScheduledFault } from './fault.ts';
import { describeCut, linksOf } from './links.ts';
import type { Target } from './target.ts';
import { Targets } from './targets.ts';
import { triggers } from './trigger.ts';

export interface InjectorHost {
  readonly engine: EngineUnderTest;
  readonly queue: EventQueue;
  readonly replicas: readonly Replica[];
  readonly network: SimulatedNetwork;
  readonly clientNetwork: ClientNetwork;
  readonly marks: MarkCounter;
  readonly observer: Required<Observer>;
  /** What lies on each replica's platter. */
  readonly platters: readonly PlatterLog[];
  /** Starts the replica again after so long, counted from when its process is gone. */
  restartAfter(replica: Replica, downMs: number): void;
}

/** How long a process that was asked to stop may take before it is killed. */
const SHUTDOWN_PATIENCE_MS = 10_000;

/** Carries out a schedule of faults, until everything is healed. */
export class FaultInjector implements Observer {
  private readonly host: InjectorHost;
  private readonly targets: Targets;
  private readonly budget: Budget;
  private readonly directories: DirectoryFaults;
  private healed = false;
  /** Ends whatever lasts. */
  private readonly endings = new Set<() => void>();
  /** Those that wait for somebody to do something. */
  private armed: ScheduledFault[] = [];
  private readonly leads = new Set<Replica>();
  /** The one copy of its identifiers that may rot, of each replica where one did. */
  private readonly rottenCopies = new Map<Replica, 0 | 1>();

  constructor(host: InjectorHost, mode: 'budget' | 'beyond') {
    this.host = host;
    this.targets = new Targets(host.replicas);
    this.budget = new Budget(host, mode);
    this.directories = new DirectoryFaults(host, this.budget);
  }

  schedule(faults: readonly ScheduledFault[]): void {
    for (const fault of faults) {
      const begin = (): void => {
        if (fault.on === undefined) this.inject(fault);
        else if (!this.healed) this.armed.push(fault);
      };
      this.host.queue.at(fault.atMs, begin);
    }
  }

  /** Nothing is wrong with network, disks and machines any more. Who is dead stays dead. */
  heal(): void {
    this.healed = true;
    this.armed = [];
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

  /** Looks for what a fault waits for. */
  effect(replica: Replica, effect: Effect): void {
    const ledBefore = this.leads.has(replica);
    if (effect.kind === 'observe' && effect.observation.what === 'roleChanged') {
      if (effect.observation.role === 'leader') this.leads.add(replica);
      else this.leads.delete(replica);
    }
    if (this.armed.length === 0) return;
    const { describeMessage } = this.host.engine;
    for (const fault of [...this.armed]) {
      if (fault.on === undefined || !triggers(fault.on, effect, ledBefore, describeMessage)) continue;
      if (fault.by !== undefined && this.targets.find(fault.by, replica) !== replica) continue;
      this.armed = this.armed.filter((other) => other !== fault);
      // Only an end of the process may strike in the middle of its step; everything else waits until the step is over.
      const isAtOnce = fault.afterMs === undefined && (fault.kind === 'crash' || fault.kind === 'powerCut');
      if (isAtOnce) this.inject(fault, replica);
      else this.host.queue.after(fault.afterMs ?? 0, () => this.inject(fault, replica));
    }
  }

  ended(replica: Replica): void {
    this.leads.delete(replica);
  }

  private inject(fault: ScheduledFault, trigger?: Replica): void {
    if (this.healed) return;
    const { host } = this;
    const strike = (target: Target, what: string, act: (replica: Replica) => void): void => {
      const replica = this.targets.find(target, trigger);
      if (replica === undefined || replica.losses.dead || !this.budget.spend(replica, FAULT_FACTS[fault.kind].cost))
        return;
      this.tell(`${replica.name}: ${what}`);
      act(replica);
    };
    switch (fault.kind) {
      case 'crash':
        strike(fault.target, `crash${soon(fault.afterEffects)}, down ${round(fault.downMs)} ms`, (replica) => {
          host.restartAfter(replica, fault.downMs);
          replica.endAfter(fault.afterEffects, 'crash');
        });
        return;
      case 'powerCut':
        for (const target of fault.targets) {
          strike(target, `power cut${soon(fault.afterEffects)}, down ${round(fault.downMs)} ms`, (replica) => {
            host.restartAfter(replica, fault.downMs);
            replica.endAfter(fault.afterEffects, 'powerCut');
          });
        }
        return;
      case 'powerCutAll':
        this.cutPowerOfAll(fault.downMs, fault.apartMs);
        return;
      case 'death':
        strike(fault.target, 'dies for good', (replica) => replica.endAfter(0, 'powerCut'));
        return;
      case 'shutdown':
        strike(fault.target, `asked to shut down, down ${round(fault.downMs)} ms`, (replica) =>
          this.shutDown(replica, fault.downMs),
        );
        return;
      case 'pause':
        strike(fault.target, `paused for ${round(fault.forMs)} ms`, (replica) => {
          replica.pause();
          host.marks.paused(fault.forMs);
          this.lasting(fault.forMs, `${replica.name} goes on`, () => replica.resume());
        });
        return;
      case 'slowProcess':
        strike(
          fault.target,
          `takes ${round(fault.eventMs)} ms over each event for ${round(fault.forMs)} ms`,
          (replica) => {
            replica.slowDown(fault.eventMs);
            this.lasting(fault.forMs, `${replica.name} is as fast as before`, () => replica.slowDown(0));
          },
        );
        return;
      case 'cut':
        this.cut(fault.cut, fault.forMs, fault.flaps, trigger);
        return;
      case 'clog':
        this.tell(
          `the link from ${this.nameOf(fault.from)} to ${this.nameOf(fault.to)} is clogged for ${round(fault.forMs)} ms`,
        );
        host.network.clog(fault.from, fault.to, fault.forMs);
        return;
      case 'reset':
        this.tell(`the connection from ${this.nameOf(fault.from)} to ${this.nameOf(fault.to)} closes`);
        host.network.reset(fault.from, fault.to);
        return;
      case 'filter':
        this.filter(fault, trigger);
        return;
      case 'clientsCut':
        strike(fault.target, `unreachable for clients for ${round(fault.forMs)} ms`, (replica) => {
          this.lasting(fault.forMs, `clients reach ${replica.name} again`, host.clientNetwork.cut(replica.number));
        });
        return;
      case 'clockStep':
        strike(fault.target, `clock set by ${round(fault.byMs)} ms`, (replica) => {
          replica.stepClock(fault.byMs);
          if (fault.byMs < 0) host.marks.hit('clock set back');
        });
        return;
      case 'clockFreeze':
        strike(fault.target, `clock stands still for ${round(fault.forMs)} ms`, (replica) => {
          replica.freezeClock();
          host.marks.hit('clock frozen');
          this.lasting(fault.forMs, `the clock of ${replica.name} goes on`, () => replica.thawClock());
        });
        return;
      case 'diskStall':
        strike(fault.target, `disk stalls for ${round(fault.forMs)} ms`, (replica) => replica.disk.stall(fault.forMs));
        return;
      case 'slowDisk':
        strike(fault.target, `disk ${round(fault.factor)} times slower for ${round(fault.forMs)} ms`, (replica) => {
          const { faults } = replica.disk;
          faults.slowFactor = fault.factor;
          this.lasting(fault.forMs, `disk of ${replica.name} as fast as before`, () => {
            faults.slowFactor = 1;
          });
        });
        return;
      case 'diskError':
        strike(fault.target, DISK_ERRORS[fault.operation], (replica) => {
          if (fault.operation === 'shortRead') replica.disk.faults.shortenNextRead();
          else replica.disk.faults.failNext(fault.operation);
        });
        return;
      case 'diskFull':
        strike(fault.target, `disk full for ${round(fault.forMs)} ms`, (replica) => {
          const { faults } = replica.disk;
          faults.full = true;
          this.lasting(fault.forMs, `disk of ${replica.name} has room again`, () => {
            faults.full = false;
          });
        });
        return;
      case 'rot':
        strike(fault.target, `its ${fault.area} rot`, (replica) => this.rot(replica, fault));
        return;
      case 'misdirectedWrite':
        strike(fault.target, `the next write to its ${fault.area} lands ${fault.byBytes} bytes away`, (replica) =>
          replica.disk.faults.misdirectNext(fault.area, fault.byBytes),
        );
        return;
      case 'loseDirectory':
      case 'copyDirectory':
      case 'saveDirectory':
      case 'restoreDirectory': {
        const replica = this.targets.find(fault.target, trigger);
        if (replica !== undefined && !replica.losses.dead) this.directories.inject(fault, replica);
      }
    }
  }

  private cutPowerOfAll(downMs: number, apartMs: number): void {
    const { host } = this;
    this.tell('power cut of all');
    host.marks.hit('power cut of all');
    host.replicas.forEach((replica, order) => {
      if (replica.losses.dead) return;
      host.restartAfter(replica, downMs + order * apartMs);
      replica.endAfter(0, 'powerCut');
    });
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

  private cut(cut: Cut, forMs: number, flaps: number, trigger: Replica | undefined): void {
    const { host } = this;
    const links = linksOf(cut, host.replicas, this.targets, trigger);
    if (links.length === 0) return;
    const phases = 2 * flaps + 1;
    const phaseMs = forMs / phases;
    for (let flap = 0; flap <= flaps; flap++) {
      host.queue.after(2 * flap * phaseMs, () => {
        if (this.healed) return;
        this.tell(`cut: ${describeCut(cut)} for ${round(phaseMs)} ms`);
        this.lasting(phaseMs, `no longer cut: ${describeCut(cut)}`, host.network.cut(links));
      });
    }
  }

  private filter(fault: Fault & { kind: 'filter' }, trigger: Replica | undefined): void {
    const { network, engine, marks } = this.host;
    const numberOf = (target: Target | undefined): number | 'anyone' | undefined =>
      target === undefined ? 'anyone' : this.targets.find(target, trigger)?.number;
    const its = { from: numberOf(fault.from), to: numberOf(fault.to) };
    if (its.from === undefined || its.to === undefined) return;
    const types = fault.types === undefined ? undefined : new Set<string>(fault.types);
    const end = network.filter((from, to, bytes) => {
      if ((its.from !== 'anyone' && its.from !== from) || (its.to !== 'anyone' && its.to !== to)) return false;
      const type = types === undefined ? undefined : engine.describeMessage(bytes)?.type;
      return types === undefined || (type !== undefined && types.has(type));
    }, fault.action);
    marks.hit(fault.action === 'drop' ? 'messages of some types lost' : 'messages of some types held back');
    const nameOf = (number: number | 'anyone' | undefined): string =>
      typeof number === 'number' ? this.nameOf(number) : 'anyone';
    const what = `${fault.types === undefined ? 'messages' : `messages (${fault.types.join(', ')})`} from ${nameOf(its.from)} to ${nameOf(its.to)}`;
    this.tell(`${what} are ${fault.action === 'drop' ? 'lost' : 'held back'} for ${round(fault.forMs)} ms`);
    this.lasting(fault.forMs, `${what} pass again`, end);
  }

  private rot(replica: Replica, fault: Fault & { kind: 'rot' }): void {
    let { copy } = fault;
    if (fault.area === 'identifiers') {
      copy = this.rottenCopies.get(replica) ?? copy;
      this.rottenCopies.set(replica, copy);
    }
    const spared = this.host.platters[replica.number]?.lastWriteFrames();
    const hit = rot(replica.disk.files, { ...fault, copy, spared });
    if (hit === undefined) return;
    this.host.marks.hit('synced data rotted');
    this.tell(`${replica.name}: ${hit} is damaged`);
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

const DISK_ERRORS = {
  sync: 'the next sync fails',
  write: 'the next write fails',
  read: 'the next read fails',
  shortRead: 'the next read yields too little',
} as const;

function soon(afterEffects: number): string {
  return afterEffects === 0 ? '' : ` in ${afterEffects} effects`;
}

function round(value: number): number {
  return Math.round(value);
}
