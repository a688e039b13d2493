import type { Observer } from './observer.ts';

type Hook = keyof Observer;

/** One observer that tells all of these, in their order, and passes over those who do not care. */
export function tellAll(observers: readonly Observer[]): Required<Observer> {
  const caring = <H extends Hook>(hook: H): (Observer & Required<Pick<Observer, H>>)[] =>
    observers.filter((observer): observer is Observer & Required<Pick<Observer, H>> => observer[hook] !== undefined);
  // Each hook has its own loop, with its own arguments: this is called for every event and effect.
  const started = caring('started');
  const stepped = caring('stepped');
  const effects = caring('effect');
  const asked = caring('asked');
  const answered = caring('answered');
  const ending = caring('ending');
  const ended = caring('ended');
  const faults = caring('fault');
  return {
    started(replica) {
      for (const observer of started) observer.started(replica);
    },
    stepped(replica, event, after, all) {
      for (const observer of stepped) observer.stepped(replica, event, after, all);
    },
    effect(replica, effect) {
      for (const observer of effects) observer.effect(replica, effect);
    },
    asked(replica, request) {
      for (const observer of asked) observer.asked(replica, request);
    },
    answered(replica, request, answer) {
      for (const observer of answered) observer.answered(replica, request, answer);
    },
    ending(replica, node, how, isInStep) {
      for (const observer of ending) observer.ending(replica, node, how, isInStep);
    },
    ended(replica, how) {
      for (const observer of ended) observer.ended(replica, how);
    },
    fault(sentence) {
      for (const observer of faults) observer.fault(sentence);
    },
  };
}
