import type { Cut, Fault, MessageType, Target } from '../../sim/index.ts';
import type { ScriptedAsk, ScriptedRequest } from '../../sim/index.ts';

/** Says how long, which completes a sentence of the builder. */
export interface Lasting<Builder> {
  for(ms: number): Builder;
}

/** Says when a machine comes back, which completes a sentence of the builder. */
export interface Down<Builder> {
  backAfter(ms: number): Builder;
}

/** Builds one request; `to` completes it. */
export class RequestStep<Builder> {
  private readonly request: Omit<ScriptedRequest, 'to'>;
  private readonly add: (request: ScriptedRequest) => Builder;

  constructor(request: Omit<ScriptedRequest, 'to'>, add: (request: ScriptedRequest) => Builder) {
    this.request = request;
    this.add = add;
  }

  /** Which client asks; `client` when nobody says. */
  by(client: string): RequestStep<Builder> {
    return this.with({ client });
  }

  /** The client asks again, and elsewhere, until it knows for sure. */
  untilDefinite(): RequestStep<Builder> {
    return this.with({ untilDefinite: true });
  }

  to(target: Target): Builder {
    return this.add({ ...this.request, to: target });
  }

  private with(change: Partial<Omit<ScriptedRequest, 'to'>>): RequestStep<Builder> {
    return new RequestStep({ ...this.request, ...change }, this.add);
  }
}

/** Where a written record belongs. */
export interface WriteOptions {
  /** The LSN right before; absent: whatever is last. */
  readonly after?: string;
  /** The writer's generation. */
  readonly generation?: number;
}

export function write(lsn: string, text: string, { after, generation }: WriteOptions): ScriptedAsk {
  return {
    kind: 'write',
    lsn,
    text,
    ...(after === undefined ? {} : { previousLsn: after }),
    ...(generation === undefined ? {} : { generation }),
  };
}

/** Builds a filter for messages between replicas; `for` completes it. */
export class FilterStep<Builder> implements Lasting<Builder> {
  private readonly filter: Omit<Fault & { kind: 'filter' }, 'forMs'>;
  private readonly add: (fault: Fault) => Builder;

  constructor(filter: Omit<Fault & { kind: 'filter' }, 'forMs'>, add: (fault: Fault) => Builder) {
    this.filter = filter;
    this.add = add;
  }

  from(target: Target): FilterStep<Builder> {
    return new FilterStep({ ...this.filter, from: target }, this.add);
  }

  to(target: Target): FilterStep<Builder> {
    return new FilterStep({ ...this.filter, to: target }, this.add);
  }

  for(ms: number): Builder {
    return this.add({ ...this.filter, forMs: ms });
  }
}

export function filterOf(
  action: 'drop' | 'hold',
  types: readonly MessageType[],
): Omit<Fault & { kind: 'filter' }, 'forMs'> {
  return { kind: 'filter', action, ...(types.length === 0 ? {} : { types }) };
}

/** Builds a cut; `for` completes it. */
export class CutStep<Builder> implements Lasting<Builder> {
  private readonly cut: Cut;
  private readonly flaps: number;
  private readonly add: (fault: Fault) => Builder;

  constructor(cut: Cut, flaps: number, add: (fault: Fault) => Builder) {
    this.cut = cut;
    this.flaps = flaps;
    this.add = add;
  }

  /** In that time it is whole again so many times, each as long as it is cut. */
  flapping(times: number): CutStep<Builder> {
    return new CutStep(this.cut, times, this.add);
  }

  for(ms: number): Builder {
    return this.add({ kind: 'cut', cut: this.cut, forMs: ms, flaps: this.flaps });
  }
}
