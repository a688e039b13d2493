import type { Millis } from '../vocabulary/units.ts';
import type { SyncedNote } from './files/term_file.ts';
import { logTermAt } from './log.ts';
import type { JournalState } from './state.ts';

/**
 * When the disk has everything and nothing new came for a while, that is noted: the end of the last write then is as
 * well known as that of the writes before it, and a hole in it is rot for certain. Without the note it may as well be a
 * write that the power cut short, which nobody was told of. While writes come, each proves the one before it.
 */
export function noteOf(journal: JournalState): SyncedNote {
  if (!isSettled(journal)) return journal.noted;
  return { index: journal.lastIndex, term: logTermAt(journal, journal.lastIndex) };
}

/** When the note should be written at the latest; null when it says all there is to say, or cannot yet. */
export function noteDeadline(journal: JournalState, quietMs: Millis): Millis | null {
  if (!isSettled(journal) || isNoted(journal)) return null;
  return journal.writeDoneAt + quietMs;
}

function isSettled(journal: JournalState): boolean {
  return (
    journal.durableIndex === journal.lastIndex &&
    journal.logWrite === undefined &&
    journal.truncateFrom === undefined &&
    journal.holes.size === 0
  );
}

function isNoted({ noted, lastIndex, termSpans }: JournalState): boolean {
  return noted.index === lastIndex && noted.term === (termSpans[termSpans.length - 1]?.term ?? 0);
}
