import { type Event, eventsOf, type Observation } from '../../engine/vocabulary/index.ts';
import type { EngineUnderTest, MessageFacts } from '../engine_under_test.ts';
import type { Happening } from '../recorder.ts';

/**
 * How much of a run is told:
 * - `news`: faults, processes that come and go, leaders, what was lost or repaired;
 * - `protocol`: also each message, request, answer and commit that brought something new;
 * - `everything`: each event and each effect.
 */
export type Detail = 'news' | 'protocol' | 'everything';

/**
 * Chooses what is told. It remembers what each replica has told each other, so that a heartbeat without news is left out:
 * give it every happening of one run, in their order.
 */
export function createFilter(
  detail: Detail,
  describeMessage: EngineUnderTest['describeMessage'],
): (happening: Happening) => boolean {
  switch (detail) {
    case 'news':
      return isInteresting;
    case 'everything':
      return () => true;
    case 'protocol': {
      const talk = new Talk();
      return (happening) => {
        if (happening.what !== 'effect') return isProtocol(happening);
        const { effect } = happening;
        if (effect.kind === 'send') return talk.isNews(effect.to, describeMessage(effect.bytes));
        if (effect.kind !== 'observe') return effect.kind === 'halt';
        return isProtocolObservation(effect.observation) && talk.isNewRefusal(happening.replica, effect.observation);
      };
    }
  }
}

/** Whether it belongs into an account of a whole run; the others only into that of a failure. */
export function isInteresting(happening: Happening): boolean {
  switch (happening.what) {
    case 'fault':
    case 'ended':
      return true;
    case 'event':
      return isRare(happening.event);
    case 'effect':
      return (
        happening.effect.kind === 'halt' ||
        (happening.effect.kind === 'observe' && isNews(happening.effect.observation))
      );
    case 'asked':
    case 'answer':
      return false;
  }
}

function isRare(event: Event): boolean {
  return eventsOf(event).some(({ kind }) => kind === 'start' || kind === 'diskFailed');
}

function isProtocol(happening: Exclude<Happening, { what: 'effect' }>): boolean {
  if (happening.what !== 'event') return true;
  return isRare(happening.event);
}

function isProtocolObservation(observation: Observation): boolean {
  return observation.what !== 'messageDropped' && observation.what !== 'segmentSealed';
}

function isNews(observation: Observation): boolean {
  switch (observation.what) {
    case 'committed':
    case 'segmentSealed':
    case 'messageDropped':
      return false;
    case 'roleChanged':
      return observation.role === 'leader' || observation.role === 'candidate';
    case 'recovered':
    case 'founded':
    case 'refused':
    case 'truncated':
    case 'holeFilled':
    case 'holeDiscarded':
    case 'damageFound':
    case 'diskStalled':
      return true;
  }
}

/** What one replica has told another in a term: the furthest of each. */
interface Told {
  readonly term: number;
  readonly commitIndex: number;
  readonly matchIndex: number;
  readonly round: number;
}

class Talk {
  private readonly told = new Map<string, Told>();
  private readonly refusals = new Set<string>();

  isNews(to: string, facts: MessageFacts | undefined): boolean {
    switch (facts?.type) {
      case undefined:
      case 'hello':
      case 'refuse':
        return false;
      case 'append':
      case 'appendAnswer':
        return this.bringsMore(to, facts);
      default:
        return true;
    }
  }

  /** A peer that is turned away comes again and again, and hears the same. */
  isNewRefusal(replica: number | undefined, observation: Observation): boolean {
    if (observation.what !== 'refused') return true;
    const key = `${replica} ${observation.peer} ${observation.sentence}`;
    const isNew = !this.refusals.has(key);
    this.refusals.add(key);
    return isNew;
  }

  private bringsMore(to: string, facts: MessageFacts): boolean {
    const { term, entries = [], commitIndex = 0, matchIndex = 0, round = 0, rejected } = facts;
    const key = `${facts.from} ${to} ${facts.type}`;
    const known = this.told.get(key);
    const before = known?.term === term ? known : undefined;
    this.told.set(key, {
      term,
      commitIndex: Math.max(commitIndex, before?.commitIndex ?? 0),
      matchIndex: Math.max(matchIndex, before?.matchIndex ?? 0),
      round: Math.max(round, before?.round ?? 0),
    });
    return (
      entries.length > 0 ||
      rejected === true ||
      before === undefined ||
      commitIndex > before.commitIndex ||
      matchIndex > before.matchIndex ||
      round > before.round
    );
  }
}
