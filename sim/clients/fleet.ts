import type { Random } from '../random.ts';
import { ChainedWriter } from './chained_writer.ts';
import type { ClientHost } from './client_host.ts';
import { CarelessWriter, type Cursor, IndependentWriter, RivalWriter } from './plain_writers.ts';
import { Reader } from './reader.ts';
import { LsnLine } from './records.ts';
import { ScriptedClient } from './scripted_client.ts';
import type { WriterParameters, Workload } from './workload.ts';
import type { Writer } from './writer.ts';

/** All clients of a run. */
export class Fleet {
  private readonly clients: (Writer | Reader | ScriptedClient)[] = [];

  constructor(workload: Workload, host: ClientHost, random: Random) {
    const line = new LsnLine(random.fork('line'), workload);
    const cursor: Cursor = { position: 0 };
    let takeovers = 0;
    const makeWriter = (parameters: WriterParameters, number: number): Writer => {
      const name = `writer-${number + 1}`;
      const its = random.fork(name);
      switch (parameters.kind) {
        case 'independent':
          return new IndependentWriter(name, parameters, workload, line, host, its).share(cursor);
        case 'rival':
          return new RivalWriter(name, parameters, workload, line, host, its);
        case 'careless':
          return new CarelessWriter(name, parameters, workload, line, host, its);
        case 'chained':
          return new ChainedWriter(name, parameters, workload, line, host, its);
        case 'takeover': {
          const writer = new ChainedWriter(name, parameters, workload, line, host, its);
          takeovers += 1;
          return takeovers === 1 ? writer : writer.beginByTakingOver();
        }
      }
    };
    workload.writers.forEach((parameters, number) => this.clients.push(makeWriter(parameters, number)));
    workload.readers.forEach((parameters, number) => {
      const name = `reader-${number + 1}`;
      this.clients.push(new Reader(name, parameters, line, host, random.fork(name)));
    });
    if (workload.script !== undefined) this.clients.push(new ScriptedClient(workload.script, host));
  }

  /** Requests that have no definite answer yet. */
  get pendingCount(): number {
    return this.clients.reduce((sum, client) => sum + client.pendingCount, 0);
  }

  start(): void {
    for (const client of this.clients) client.start();
  }
}
