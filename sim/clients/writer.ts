import type { Answer, Lsn } from '../../engine/vocabulary/index.ts';
import type { Random } from '../random.ts';
import type { ClientHost } from './client_host.ts';
import { Connection, type IsWanted } from './connection.ts';
import { type LsnLine, RecordSource } from './records.ts';
import type { WriterParameters, Workload } from './workload.ts';

/** What every writer has in common: its pace, its connections, its records. */
export abstract class Writer {
  readonly name: string;
  protected readonly host: ClientHost;
  protected readonly random: Random;
  protected readonly parameters: WriterParameters;
  protected readonly line: LsnLine;
  protected readonly source: RecordSource;
  protected outstanding = 0;
  private readonly connections: Connection[] = [];
  private nextConnection = 0;

  constructor(
    name: string,
    parameters: WriterParameters,
    workload: Workload,
    line: LsnLine,
    host: ClientHost,
    random: Random,
  ) {
    this.name = name;
    this.parameters = parameters;
    this.line = line;
    this.host = host;
    this.random = random;
    this.source = new RecordSource(random.fork('records').name, workload.records);
    for (let number = 0; number < parameters.connections; number++) {
      this.connections.push(new Connection(`${name}.${number}`, host, random.fork(`connection ${number}`)));
    }
  }

  get pendingCount(): number {
    return this.connections.reduce((sum, connection) => sum + connection.pendingCount, 0);
  }

  start(): void {
    this.host.queue.after(this.pauseMs(), () => this.beat());
  }

  /** Writes the next record if the window has room. */
  protected abstract writeNext(): void;

  /** `done` gets undefined when `isWanted` turned false before there was a definite answer. */
  protected propose(
    record: { readonly lsn: Lsn; readonly previousLsn: Lsn | undefined; readonly generation: number },
    done: (answer: Answer | undefined) => void,
    isWanted?: IsWanted,
  ): void {
    this.outstanding += 1;
    const proposal = this.source.record(record.lsn, record.previousLsn, record.generation);
    const settled = (answer: Answer | undefined): void => {
      this.outstanding -= 1;
      done(answer);
    };
    this.connection().call({ kind: 'propose', proposal }, settled, isWanted);
  }

  /** Each request goes over the next connection in turn. */
  protected connection(): Connection {
    this.nextConnection = (this.nextConnection + 1) % this.connections.length;
    return this.connections[this.nextConnection] as Connection;
  }

  private beat(): void {
    if (!this.host.open) return;
    if (this.outstanding < this.parameters.window && this.isAwake()) this.writeNext();
    this.host.queue.after(this.pauseMs(), () => this.beat());
  }

  private isAwake(): boolean {
    const { burstMs, idleMs } = this.parameters;
    return idleMs === 0 || this.host.queue.nowMs % (burstMs + idleMs) < burstMs;
  }

  private pauseMs(): number {
    return this.random.between(0, 2000 / this.parameters.recordsPerSecond);
  }
}
