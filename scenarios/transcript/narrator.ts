import {
  createFilter,
  describeAnswer,
  describeMessageFacts,
  describeRequest,
  type Detail,
  type Happening,
  hostOf,
  REAL_ENGINE,
  replicaUrl,
  sentenceOf,
} from '../../sim/index.ts';
import type { Fates } from './fates.ts';
import type { Line } from './line.ts';

type Filter = (happening: Happening) => boolean;

const describeMessage = REAL_ENGINE.describeMessage.bind(REAL_ENGINE);

/** Makes lines of what happens. It must hear of everything, to know what is news when somebody wants to know. */
export class Narrator {
  detail: Detail | 'nothing' = 'protocol';
  diskOf: number | 'nobody' = 'nobody';
  private readonly fates: Fates;
  private readonly filters: Readonly<Record<Detail, Filter>> = {
    news: createFilter('news', describeMessage),
    protocol: createFilter('protocol', describeMessage),
    everything: createFilter('everything', describeMessage),
  };
  private readonly isNewsOnArrival = createFilter('protocol', describeMessage);
  private readonly leaders = new Set<number>();

  constructor(fates: Fates) {
    this.fates = fates;
  }

  get tellsOfDisks(): boolean {
    return this.detail === 'protocol' || this.detail === 'everything';
  }

  tell(happening: Happening): Line | undefined {
    const { filters, detail } = this;
    const isTold = {
      news: filters.news(happening),
      protocol: filters.protocol(happening),
      everything: true,
      nothing: false,
    };
    const late = this.lateArrival(happening);
    const resigns = this.resigns(happening);
    if (late !== undefined && this.tellsOfDisks) return late;
    if (!isTold[detail] && !(resigns && detail === 'news') && !this.isOfWatchedDisk(happening)) return undefined;
    const line = this.lineOf(happening);
    return resigns ? { ...line, text: `STEPS DOWN, ${line.text}` } : line;
  }

  private isOfWatchedDisk(happening: Happening): boolean {
    if (happening.replica !== this.diskOf || this.detail === 'nothing') return false;
    return happening.what === 'effect'
      ? happening.effect.kind === 'disk'
      : happening.what === 'event' && happening.event.kind === 'diskDone';
  }

  private lineOf(happening: Happening): Line {
    const { atMs, replica } = happening;
    const line = { atMs, from: replica === undefined ? [] : [replica], to: [], arrow: '→' } as const;
    if (happening.what === 'fault') return { ...line, text: happening.sentence };
    if (happening.what === 'asked' && replica !== undefined) {
      return { ...line, from: [happening.request.client], to: [replica], text: describeRequest(happening.request) };
    }
    if (happening.what === 'answer') {
      return { ...line, to: [happening.request.client], text: describeAnswer(happening.answer) };
    }
    const text = sentenceOf(happening, describeMessage);
    if (happening.what !== 'effect' || happening.effect.kind !== 'send') return { ...line, text };
    const { bytes, to } = happening.effect;
    const facts = describeMessage(bytes);
    const receiver = [numberOf(to)];
    const fate = this.fates.of(bytes, atMs);
    return {
      ...line,
      to: receiver,
      text: facts === undefined ? text : describeMessageFacts(facts),
      ...(fate === 'lost' ? { lost: receiver } : {}),
      ...(fate === 'comes late' ? { late: receiver } : {}),
    };
  }

  /** A message that was long under way is told once more when it arrives, if it brings news then. */
  private lateArrival(happening: Happening): Line | undefined {
    if (happening.what !== 'event' || happening.event.kind !== 'message') return undefined;
    const { atMs, replica = 0, event } = happening;
    const { bytes } = event;
    const facts = describeMessage(bytes);
    const isNews = this.isNewsOnArrival({
      ...{ atMs, replica, what: 'effect' },
      effect: { kind: 'send', to: replicaUrl(replica), bytes },
    });
    const sentMs = this.fates.sentLongBefore(bytes, atMs);
    if (!isNews || sentMs === undefined || facts === undefined) return undefined;
    const text = `${describeMessageFacts(facts)} (sent at ${(sentMs / 1_000).toFixed(3)})`;
    return { atMs, from: [replica], to: [numberOf(facts.from)], text, arrow: '←' };
  }

  /** Whether a leader ceases to be one; keeps count of who leads. */
  private resigns(happening: Happening): boolean {
    const { replica = 0 } = happening;
    if (happening.what === 'ended') this.leaders.delete(replica);
    if (happening.what !== 'effect' || happening.effect.kind !== 'observe') return false;
    const { observation } = happening.effect;
    if (observation.what !== 'roleChanged') return false;
    if (observation.role !== 'leader') return this.leaders.delete(replica);
    this.leaders.add(replica);
    return false;
  }
}

/** `replica-3` is number 2. */
function numberOf(address: string): number {
  return Number(hostOf(address).replace('replica-', '')) - 1;
}
