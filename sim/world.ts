import type { Answer, NodeConfig, PeerUrl, RequestId } from '../engine/vocabulary/index.ts';
import { type Checkers, createCheckers } from './checkers/checkers.ts';
import { type CheckContext, createContext } from './checkers/context.ts';
import { Liveness } from './checkers/liveness.ts';
import type { ClientHost } from './clients/client_host.ts';
import { ClientNetwork } from './clients/client_network.ts';
import { Fleet } from './clients/fleet.ts';
import type { ClientRequest, RequestBody } from './clients/request.ts';
import { SimulatedDisk } from './disk/disk.ts';
import { HEALTHY_DISK } from './disk/parameters.ts';
import type { EngineUnderTest } from './engine_under_test.ts';
import { EventQueue } from './event_queue.ts';
import { FaultInjector } from './faults/injector.ts';
import type { Target } from './faults/target.ts';
import { Targets } from './faults/targets.ts';
import { MarkCounter } from './marks.ts';
import { SimulatedNetwork } from './network/network.ts';
import type { Observer } from './observer.ts';
import { tellAll } from './observers.ts';
import { NodeClock } from './process/clock.ts';
import { type Ending, Replica, type ReplicaHost } from './process/replica.ts';
import { Supervisor } from './process/supervisor.ts';
import { Random } from './random.ts';
import { type Happening, Recorder } from './recorder.ts';
import { replicaName, replicaUrl, type Scenario } from './scenario.ts';

/** How often replicas at rest are compared with their disks, and how often the end is looked for. */
const SAMPLE_MS = 400;
const SETTLE_POLL_MS = 50;
const NORMAL_DOWN_MS = 100;
/** How long a cluster that may refuse to go on is looked at after its clients stopped. */
const REFUSING_MS = 5_000;

export interface WorldOptions {
  readonly engine: EngineUnderTest;
  /** Told of everything as it happens, for an account of the run. */
  readonly onHappening?: (happening: Happening) => void;
}

/** A cluster of simulated machines with its network, its clients and whatever goes wrong; time passes when `run` is called. */
export class World implements ReplicaHost, ClientHost {
  readonly queue = new EventQueue();
  readonly engine: EngineUnderTest;
  readonly observer: Required<Observer>;
  readonly recorder: Recorder;
  readonly marks: MarkCounter;
  readonly replicas: readonly Replica[];
  readonly network: SimulatedNetwork;
  readonly clientNetwork: ClientNetwork;
  readonly context: CheckContext;
  private readonly scenario: Scenario;
  private readonly checkers: Checkers;
  private readonly liveness: Liveness;
  private readonly fleet: Fleet;
  private readonly injector: FaultInjector;
  private readonly targets: Targets;
  private readonly random: Random;
  private readonly supervisor: Supervisor;
  private readonly byUrl: ReadonlyMap<PeerUrl, number>;
  private readonly waiting = new Map<number, (answer: Answer | undefined, request: ClientRequest) => void>();
  private readonly downMs = new Map<Replica, number>();
  private clientsOpen = true;
  private requestCount = 0;
  private healed = false;

  constructor(scenario: Scenario, options: WorldOptions) {
    this.scenario = scenario;
    this.engine = options.engine;
    this.random = new Random(`safekeeper ${scenario.seed}`);
    this.supervisor = new Supervisor(this.random.fork('supervisor'), scenario.cluster.supervisorRestartMs);
    const { queue } = this;
    const count = scenario.cluster.replicas;
    this.replicas = Array.from({ length: count }, (_, number) => this.createReplica(number));
    this.targets = new Targets(this.replicas);
    this.byUrl = new Map(this.replicas.map((replica) => [replica.config.advertiseUrl, replica.number]));
    this.context = createContext(this.engine, queue, this.replicas);
    this.checkers = createCheckers(this.context, scenario.mode ?? 'budget');
    this.liveness = new Liveness(this.context);
    this.recorder = new Recorder(queue, options.onHappening);
    this.marks = new MarkCounter(this.engine, scenario.cluster.timing.electionTimeoutMs);
    this.injector = new FaultInjector(this, scenario.mode ?? 'budget');
    this.observer = tellAll([this.recorder, ...this.checkers.observers, this.marks, this.injector]);
    this.network = new SimulatedNetwork(
      queue,
      this.random.fork('network'),
      scenario.network,
      count,
      (to, _from, bytes) => this.replicas[to]?.receive(bytes),
    );
    this.clientNetwork = new ClientNetwork(queue, this.random.fork('client network'), scenario.clientNetwork, count);
    this.fleet = new Fleet(scenario.workload, this, this.random.fork('clients'));
  }

  /** Lets the whole scenario happen. Throws a `Violation`, or whatever the engine throws. */
  run(): void {
    const { scenario, queue } = this;
    for (const replica of this.replicas) queue.at(0, () => replica.start());
    this.fleet.start();
    this.injector.schedule(scenario.faults);
    queue.at(scenario.healAtMs, () => this.heal());
    queue.at(SAMPLE_MS, () => this.sample());
    while (queue.runNext(scenario.durationMs));
    this.clientsOpen = false;
    this.settle();
    this.finish();
  }

  // What replicas need.

  send(from: Replica, to: PeerUrl, bytes: Uint8Array): void {
    const number = this.byUrl.get(to);
    if (number !== undefined) this.network.send(from.number, number, bytes);
  }

  respond(replica: Replica, request: ClientRequest, answer: Answer | undefined): void {
    const waiting = this.waiting.get(request.number);
    if (waiting === undefined) return;
    this.waiting.delete(request.number);
    this.clientNetwork.answer(replica.number, () => waiting(answer, request));
  }

  ended(replica: Replica, ending: Ending): void {
    const planned = this.downMs.get(replica);
    this.downMs.delete(replica);
    const downMs =
      planned ??
      (ending === 'halt' ? this.supervisor.pauseMs(replica, this.queue.nowMs - replica.startedAtMs) : NORMAL_DOWN_MS);
    this.startAfter(replica, downMs);
  }

  // What faults need.

  restartAfter(replica: Replica, downMs: number): void {
    if (replica.isUp) this.downMs.set(replica, downMs);
    else this.startAfter(replica, downMs);
  }

  get platters(): CheckContext['platters'] {
    return this.context.platters;
  }

  // What clients need.

  get replicaCount(): number {
    return this.replicas.length;
  }

  get requestTimeoutMs(): number {
    return this.scenario.workload.requestTimeoutMs;
  }

  get wanders(): number {
    return this.scenario.workload.wanders ?? 0;
  }

  get cancels(): number {
    return this.scenario.workload.cancels;
  }

  get open(): boolean {
    return this.clientsOpen;
  }

  replicaAt(url: PeerUrl): number | undefined {
    return this.byUrl.get(url);
  }

  find(target: Target): number | undefined {
    return this.targets.find(target)?.number;
  }

  ask(
    client: string,
    replica: number,
    body: RequestBody,
    answered: (answer: Answer | undefined, request: ClientRequest) => void,
  ): () => void {
    const request: ClientRequest = {
      number: this.requestCount++,
      client,
      body,
      committedBefore: this.context.ledger.lastIndex,
    };
    let id: RequestId | undefined;
    let closed = false;
    this.waiting.set(request.number, answered);
    this.clientNetwork.request(replica, () => {
      if (!closed) id = this.replicas[replica]?.ask(request);
    });
    return () => {
      closed = true;
      this.waiting.delete(request.number);
      if (id !== undefined) {
        const its = id;
        this.clientNetwork.request(replica, () => this.replicas[replica]?.cancel(its, request));
      }
    };
  }

  private createReplica(number: number): Replica {
    const { cluster, disks, clocks } = this.scenario;
    const config: NodeConfig = {
      replicaId: replicaName(number),
      advertiseUrl: replicaUrl(number),
      peerUrls: Array.from({ length: cluster.replicas }, (_, other) => replicaUrl(other)).filter(
        (_, other) => other !== number,
      ),
      timing: cluster.timing,
      limits: cluster.limits,
      segmentBytes: cluster.segmentBytes,
    };
    const random = this.random.fork(replicaName(number));
    const disk = new SimulatedDisk(this.queue, random.fork('disk'), disks[number] ?? HEALTHY_DISK);
    const clock = new NodeClock(clocks[number] ?? { offsetMs: 0, driftPpm: 0, granularityMs: 0 });
    return new Replica(number, config, disk, clock, random, this, cluster.turnMs);
  }

  private startAfter(replica: Replica, downMs: number): void {
    const isWell = this.healed && !replica.isSpent;
    this.queue.after(isWell ? Math.min(downMs, NORMAL_DOWN_MS) : downMs, () => replica.start());
  }

  private heal(): void {
    this.healed = true;
    this.injector.heal();
    this.liveness.healed();
    const { leaderWithinMs } = this.scenario.liveness;
    this.queue.after(leaderWithinMs, () => {
      if (this.isLivenessPromised) this.liveness.requireLeader(leaderWithinMs);
    });
  }

  /** Safety is, always; liveness only within the budget, and where nothing waits for a repair that does not exist yet. */
  private get isLivenessPromised(): boolean {
    const waitsForRepair = ({ losses }: Replica) => losses.rotten && !losses.dead && !losses.lost;
    return this.scenario.mode !== 'beyond' && !this.replicas.some(waitsForRepair);
  }

  private sample(): void {
    for (const replica of this.replicas) this.checkers.memoryAndDisk.sample(replica);
    this.queue.after(SAMPLE_MS, () => this.sample());
  }

  private settle(): void {
    const { queue, scenario } = this;
    const { settleWithinMs } = scenario.liveness;
    let deadlineMs = queue.nowMs + (this.isLivenessPromised ? settleWithinMs : REFUSING_MS);
    let stored = this.context.ledger.recordCount;
    while (this.liveness.unrest(this.fleet.pendingCount) !== undefined) {
      // A chain of records that come again one after the other takes its time; and it ends, for no client writes more.
      if (this.isLivenessPromised && this.context.ledger.recordCount > stored) {
        stored = this.context.ledger.recordCount;
        deadlineMs = queue.nowMs + settleWithinMs;
      }
      if (queue.nowMs >= deadlineMs) {
        if (!this.isLivenessPromised) return;
        this.liveness.requireRest(settleWithinMs, this.fleet.pendingCount);
      }
      const untilMs = queue.nowMs + SETTLE_POLL_MS;
      while (queue.runNext(untilMs));
    }
  }

  private finish(): void {
    for (const replica of this.replicas) {
      if (!replica.losses.dead) this.checkers.memoryAndDisk.sample(replica);
    }
    const whole = this.replicas.filter((replica) => !replica.isSpent);
    if (this.isLivenessPromised) this.checkers.durability.finished(whole);
  }
}
