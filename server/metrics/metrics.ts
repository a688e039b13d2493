import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Answer, DiskOperation, NodeStatus, Observation } from '../../engine/index.ts';
import { LATENCY_BUCKETS } from './buckets.ts';
import { registerNodeGauges } from './node_gauges.ts';

/**
 * What `/metrics` shows, in the text format of Prometheus; each part of the server tells what it does here. Names follow
 * the conventions of Prometheus: base units, `_total` for what only rises.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #status: () => NodeStatus;
  readonly #showNode: (status: NodeStatus) => void;
  readonly #leaderChanges: Counter;
  readonly #elections: Counter;
  readonly #proposals: Counter<'outcome'>;
  readonly #commitSeconds: Histogram;
  readonly #syncSeconds: Histogram;
  readonly #writeSeconds: Histogram;
  readonly #writtenBytes: Counter;
  readonly #diskFailures: Counter<'operation'>;
  readonly #turnedAway: Counter<'side' | 'reason'>;
  readonly #tlsReloads: Counter<'outcome'>;
  readonly #tlsExpiry: Gauge;
  readonly #streams: Gauge<'direction'>;
  readonly #requests: Counter<'route' | 'method' | 'code'>;
  readonly #requestSeconds: Histogram<'route'>;
  #leader: string | undefined;

  constructor(version: string, replicaId: string, status: () => NodeStatus) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    // Sums of metrics that are there with labels, under names that Prometheus' linter objects to.
    for (const kind of ['handles', 'requests', 'resources']) {
      this.#registry.removeSingleMetric(`nodejs_active_${kind}_total`);
    }
    this.#status = status;
    this.#showNode = registerNodeGauges(this.#registry);
    new Gauge({
      name: 'safekeeper_info',
      help: 'Always 1; the labels say what runs here.',
      labelNames: ['version', 'replica_id'],
      registers,
    }).set({ version, replica_id: replicaId }, 1);
    this.#leaderChanges = new Counter({
      name: 'safekeeper_leader_changes_total',
      help: 'Leaders this replica has seen, each when it was another than before.',
      registers,
    });
    this.#elections = new Counter({
      name: 'safekeeper_elections_started_total',
      help: 'Elections that this replica stood in.',
      registers,
    });
    this.#proposals = new Counter({
      name: 'safekeeper_proposals_total',
      help: 'Records and raises that were proposed here, by how they were answered.',
      labelNames: ['outcome'],
      registers,
    });
    this.#commitSeconds = new Histogram({
      name: 'safekeeper_commit_duration_seconds',
      help: 'From a proposal to the answer that a quorum has it on disk.',
      buckets: LATENCY_BUCKETS,
      registers,
    });
    this.#syncSeconds = new Histogram({
      name: 'safekeeper_disk_sync_duration_seconds',
      help: 'Syncs of files and directories.',
      buckets: LATENCY_BUCKETS,
      registers,
    });
    this.#writeSeconds = new Histogram({
      name: 'safekeeper_disk_write_duration_seconds',
      help: 'Writes to files, before they are synced.',
      buckets: LATENCY_BUCKETS,
      registers,
    });
    this.#writtenBytes = new Counter({
      name: 'safekeeper_disk_written_bytes_total',
      help: 'Bytes written to files.',
      registers,
    });
    this.#diskFailures = new Counter({
      name: 'safekeeper_disk_failures_total',
      help: 'Disk operations that failed.',
      labelNames: ['operation'],
      registers,
    });
    this.#turnedAway = new Counter({
      name: 'safekeeper_turned_away_total',
      help: 'Requests of clients and peers, and connections, that were turned away before anything was done, and why.',
      labelNames: ['side', 'reason'],
      registers,
    });
    this.#tlsReloads = new Counter({
      name: 'safekeeper_tls_reloads_total',
      help: 'How often changed TLS files were read, by whether they could be used.',
      labelNames: ['outcome'],
      registers,
    });
    this.#tlsExpiry = new Gauge({
      name: 'safekeeper_tls_certificate_expiry_timestamp_seconds',
      help: 'When the certificate in force expires, in Unix time; 0 without TLS.',
      registers,
    });
    this.#streams = new Gauge({
      name: 'safekeeper_streams_open',
      help: 'Streams of records, in and out, that are open.',
      labelNames: ['direction'],
      registers,
    });
    this.#requests = new Counter({
      name: 'safekeeper_http_requests_total',
      help: 'Requests of clients, by route, method and status code.',
      labelNames: ['route', 'method', 'code'],
      registers,
    });
    this.#requestSeconds = new Histogram({
      name: 'safekeeper_http_request_duration_seconds',
      help: 'From a client’s request to its answer.',
      labelNames: ['route'],
      buckets: LATENCY_BUCKETS,
      registers,
    });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    this.#showNode(this.#status());
    return this.#registry.metrics();
  }

  observe(observation: Observation): void {
    if (observation.what === 'refused') this.turnedAway('peer', 'handshake_refused');
    if (observation.what === 'messageDropped') this.turnedAway('peer', 'message_dropped');
    if (observation.what !== 'roleChanged') return;
    if (observation.role === 'candidate') this.#elections.inc();
    if (observation.leader === undefined || observation.leader === this.#leader) return;
    this.#leader = observation.leader;
    this.#leaderChanges.inc();
  }

  proposed(answer: Answer, seconds: number): void {
    this.#proposals.inc({ outcome: answer.kind === 'refused' ? answer.code : answer.kind });
    if (answer.kind === 'stored' || answer.kind === 'generationRaised') this.#commitSeconds.observe(seconds);
  }

  diskOperation(operation: DiskOperation, seconds: number, isFailed: boolean): void {
    if (isFailed) this.#diskFailures.inc({ operation: operation.op });
    else if (operation.op === 'sync' || operation.op === 'syncDirectory') this.#syncSeconds.observe(seconds);
    else if (operation.op === 'write') {
      this.#writeSeconds.observe(seconds);
      this.#writtenBytes.inc(operation.chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0));
    }
  }

  turnedAway(side: 'client' | 'peer' | 'connection', reason: string): void {
    this.#turnedAway.inc({ side, reason });
  }

  tlsExpires(at: Date): void {
    this.#tlsExpiry.set(at.getTime() / 1_000);
  }

  /** @param expiresAt undefined: the changed files could not be used. */
  tlsReloaded(expiresAt: Date | undefined): void {
    this.#tlsReloads.inc({ outcome: expiresAt === undefined ? 'refused' : 'read' });
    if (expiresAt !== undefined) this.tlsExpires(expiresAt);
  }

  /** A stream in or out was begun. */
  streamOpened(direction: 'in' | 'out'): void {
    this.#streams.inc({ direction });
  }

  streamClosed(direction: 'in' | 'out'): void {
    this.#streams.dec({ direction });
  }

  /** A stream has ended: a request like any other, but for its duration, which means nothing. */
  streamed(route: string, method: string, code: number): void {
    this.#requests.inc({ route, method, code });
  }

  /** `route` is one of the server's own paths, never what a client made up. */
  requested(route: string, method: string, code: number, seconds: number): void {
    this.#requests.inc({ route, method, code });
    this.#requestSeconds.observe({ route }, seconds);
  }
}
