import { utf8Length, writeUtf8 } from '../../engine/bytes/utf8.ts';
import type { Answer } from '../../engine/vocabulary/index.ts';
import type { ClientHost } from './client_host.ts';
import { leaderHint } from './leader_hint.ts';
import { isDefinite, type RequestBody } from './request.ts';
import type { ScriptedAsk, ScriptedRequest } from './script.ts';

/** How long it waits before it asks again, or looks again for somebody to ask. */
const PAUSE_MS = 50;

/**
 * Sends the requests of a script, each when its time has come. Nothing about it is random: whoever reads the script knows
 * what is asked when, and of whom.
 */
export class ScriptedClient {
  private readonly script: readonly ScriptedRequest[];
  private readonly host: ClientHost;
  private pending = 0;

  constructor(script: readonly ScriptedRequest[], host: ClientHost) {
    this.script = script;
    this.host = host;
  }

  /** Requests that are to be repeated until their answer is definite, and have none yet. */
  get pendingCount(): number {
    return this.pending;
  }

  start(): void {
    for (const request of this.script) this.host.queue.at(request.atMs, () => this.begin(request));
  }

  private begin(request: ScriptedRequest): void {
    if (!this.host.open) return;
    if (request.untilDefinite === true) this.pending += 1;
    this.find(request, (replica) => this.send(request, bodyOf(request.ask), replica));
  }

  /** Waits for somebody to ask. */
  private find(request: ScriptedRequest, found: (replica: number) => void): void {
    const replica = this.host.find(request.to);
    if (replica !== undefined) found(replica);
    else if (this.host.open || request.untilDefinite === true)
      this.host.queue.after(PAUSE_MS, () => this.find(request, found));
  }

  private send(request: ScriptedRequest, body: RequestBody, replica: number): void {
    const { host } = this;
    let isWaiting = true;
    const settle = (answer: Answer | undefined): void => {
      if (!isWaiting) return;
      isWaiting = false;
      patience.cancelled = true;
      if (request.untilDefinite !== true) return;
      if (answer !== undefined && isDefinite(answer)) this.pending -= 1;
      else host.queue.after(PAUSE_MS, () => this.send(request, body, this.elsewhere(replica, answer)));
    };
    const patience = host.queue.after(host.requestTimeoutMs, () => settle(undefined));
    host.ask(request.client, replica, body, settle);
  }

  /** The leader it was told of, or the next replica. */
  private elsewhere(replica: number, answer: Answer | undefined): number {
    return leaderHint(this.host, answer) ?? (replica + 1) % this.host.replicaCount;
  }
}

function bodyOf(ask: ScriptedAsk): RequestBody {
  switch (ask.kind) {
    case 'write': {
      const data = new Uint8Array(utf8Length(ask.text));
      writeUtf8(ask.text, data, 0);
      const { lsn, previousLsn, generation = 0 } = ask;
      return {
        kind: 'propose',
        proposal: {
          kind: 'record',
          lsn: BigInt(lsn),
          data,
          spaceId: undefined,
          pageNo: undefined,
          previousLsn: previousLsn === undefined ? undefined : BigInt(previousLsn),
          generation,
        },
      };
    }
    case 'raise':
      return { kind: 'propose', proposal: { kind: 'generation', generation: ask.generation } };
    case 'read':
      return {
        kind: 'read',
        query: ask.lsn === undefined ? { kind: 'latest' } : { kind: 'record', lsn: BigInt(ask.lsn) },
        consistency: ask.consistency,
      };
  }
}
