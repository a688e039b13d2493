import type { Observer } from './observer.ts';

type Hook = keyof Observer;
const HOOKS: readonly Hook[] = ['started', 'stepped', 'effect', 'asked', 'answered', 'ending', 'ended', 'fault'];

/** One observer that tells all of these, in their order. Asked for each event, so it skips those who do not care. */
export function tellAll(observers: readonly Observer[]): Required<Observer> {
  const result: Partial<Record<Hook, (...happening: never[]) => void>> = {};
  for (const hook of HOOKS) {
    const listeners = observers.flatMap((observer) => {
      const listener = observer[hook] as ((...happening: never[]) => void) | undefined;
      return listener === undefined ? [] : [listener.bind(observer)];
    });
    result[hook] = (...happening: never[]): void => {
      for (const listener of listeners) listener(...happening);
    };
  }
  return result as Required<Observer>;
}
