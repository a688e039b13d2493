import type { Query } from '../../engine/vocabulary/index.ts';
import { LSN_MAX } from '../../engine/vocabulary/units.ts';
import type { Random } from '../random.ts';
import type { ClientHost } from './client_host.ts';
import { Connection } from './connection.ts';
import type { LsnLine } from './records.ts';
import type { ReaderParameters } from './workload.ts';

/** More open linearizable reads than this are not worth having. */
const WINDOW = 8;

/** Reads: one record, a range of them or the latest LSN, of one replica's committed state or linearizably. */
export class Reader {
  private readonly parameters: ReaderParameters;
  private readonly line: LsnLine;
  private readonly host: ClientHost;
  private readonly random: Random;
  private readonly connection: Connection;
  /** How far along the line it has seen the log to be. */
  private position = 0;

  constructor(name: string, parameters: ReaderParameters, line: LsnLine, host: ClientHost, random: Random) {
    this.parameters = parameters;
    this.line = line;
    this.host = host;
    this.random = random;
    this.connection = new Connection(name, host, random.fork('connection'));
  }

  get pendingCount(): number {
    return this.connection.pendingCount;
  }

  start(): void {
    this.host.queue.after(this.random.between(0, 2000 / this.parameters.readsPerSecond), () => this.beat());
  }

  private beat(): void {
    if (!this.host.open) return;
    const query = this.query();
    if (this.random.chance(this.parameters.linearizable)) {
      if (this.connection.pendingCount < WINDOW) {
        this.connection.call({ kind: 'read', query, consistency: 'linearizable' }, (answer) => {
          if (answer?.kind === 'latest') this.position = Math.max(this.position, this.line.positionAfter(answer.lsn));
        });
      }
    } else {
      const replica = this.random.integer(0, this.host.replicaCount - 1);
      this.connection.askOnce(replica, { kind: 'read', query, consistency: 'local' }, () => undefined);
    }
    this.start();
  }

  private query(): Query {
    if (this.random.chance(this.parameters.ranges ?? 0)) return this.range();
    if (!this.random.chance(this.parameters.byLsn)) return { kind: 'latest' };
    // Now and then an LSN that nobody wrote, or that is not written yet.
    const lsn = this.line.at(this.random.integer(0, this.position + 3)) ?? LSN_MAX;
    return { kind: 'record', lsn: lsn < LSN_MAX && this.random.chance(0.05) ? lsn + 1n : lsn };
  }

  /** From anywhere in what it knows of the log, or a little behind it, in pages that are often too small. */
  private range(): Query {
    const { line, random } = this;
    const from = random.integer(0, this.position + 3);
    const through = random.chance(0.5) ? undefined : line.at(from + random.integer(0, 200));
    return {
      kind: 'range',
      from: random.chance(0.1) ? 1n : (line.at(from) ?? LSN_MAX),
      through: through ?? LSN_MAX,
      countMax: random.pick([1, 10, 100, 1_000]),
      bytesMax: random.pick([0, 1_000, 100_000]),
    };
  }
}
