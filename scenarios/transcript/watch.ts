import type { Inspection } from '../../engine/index.ts';
import { termAt } from '../../engine/replica/term_spans.ts';
import { type Happening, REAL_ENGINE, runScenario, type Scenario } from '../../sim/index.ts';
import type { Note } from '../builder/index.ts';
import { Fates } from './fates.ts';
import { Witness } from './witness.ts';

/** A piece of an account. */
export type Piece =
  | { readonly kind: 'happening'; readonly happening: Happening }
  | { readonly kind: 'durable'; readonly atMs: number; readonly replica: number; readonly text: string }
  | { readonly kind: 'note'; readonly note: Note; readonly logs: readonly (Inspection | undefined)[] };

/** Lets a scenario happen, and gathers in the order of time what might be told of it. */
export function watch(scenario: Scenario, notes: readonly Note[]): { pieces: Piece[]; fates: Fates } {
  const witness = new Witness(REAL_ENGINE);
  const fates = new Fates();
  const pieces: Piece[] = [];
  const numbers = Array.from({ length: scenario.cluster.replicas }, (_, number) => number);
  let noted = 0;
  const noteUntil = (atMs: number): void => {
    for (let note = notes[noted]; note !== undefined && note.atMs <= atMs; note = notes[noted]) {
      pieces.push({ kind: 'note', note, logs: numbers.map((number) => witness.inspect(number)) });
      noted += 1;
    }
  };
  const onHappening = (happening: Happening): void => {
    const { atMs, replica } = happening;
    fates.note(happening);
    noteUntil(Math.min(atMs, scenario.durationMs));
    const before = replica === undefined ? undefined : witness.inspect(replica);
    witness.reach(happening);
    if (atMs >= scenario.durationMs) return;
    pieces.push({ kind: 'happening', happening });
    if (replica === undefined || happening.what !== 'event') return;
    for (const text of becameDurable(before, witness.inspect(replica)))
      pieces.push({ kind: 'durable', atMs, replica, text });
  };
  runScenario(scenario, { engine: witness.engine, onHappening });
  noteUntil(scenario.durationMs);
  return { pieces, fates };
}

/** What is on the disk now that was not before. What a start finds there is told by the start. */
function becameDurable(before: Inspection | undefined, now: Inspection | undefined): string[] {
  if (before === undefined || now === undefined || before.phase === 'recovering') return [];
  const texts: string[] = [];
  if (now.durableTerm !== before.durableTerm || now.durableVote !== before.durableVote) {
    const vote = now.durableVote === undefined ? 'no vote' : `its vote for ${now.durableVote}`;
    texts.push(`has on its disk: term ${now.durableTerm}, ${vote}`);
  }
  if (now.durableIndex > before.durableIndex) {
    texts.push(
      `has on its disk: its log up to ${now.durableIndex}:${termAt(now.termSpans, Math.min(now.durableIndex, now.lastIndex))}`,
    );
  }
  return texts;
}
