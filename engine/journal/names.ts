import type { Index, Lsn, Term } from '../vocabulary/units.ts';
import { LSN_MAX } from '../vocabulary/units.ts';

/** The names of the journal's files (docs/format.md), relative to the data directory. */
export const IDENTITY_FILE = 'identity';
export const TERM_AND_VOTE_FILE = 'term-and-vote';
/** A file being written; whatever carries this ending at start was never finished. */
export const UNFINISHED = '.new';

export const framesFile = (lsn: Lsn): string => `wal/wal_${lsn}`;
export const identifiersFile = (firstIndex: Index): string => `identifiers/identifiers_${firstIndex}`;
export const manifestFile = (number: number): string => `identifiers/manifest_${number}`;
export const controlFile = (index: Index, term: Term): string => `control/control_${index}_${term}`;

export type JournalFile =
  | { readonly kind: 'identity' | 'termAndVote' | 'unfinished' | 'foreign' }
  | { readonly kind: 'frames'; readonly lsn: Lsn }
  | { readonly kind: 'identifiers'; readonly firstIndex: Index }
  | { readonly kind: 'manifest'; readonly number: number }
  | { readonly kind: 'control'; readonly index: Index; readonly term: Term };

/** What a file below the data directory is, by its name. Whatever the journal did not name is `foreign`, and stays. */
export function classify(name: string): JournalFile {
  if (name.endsWith(UNFINISHED)) {
    const finished = classify(name.slice(0, -UNFINISHED.length)).kind;
    return { kind: finished === 'foreign' || finished === 'unfinished' ? 'foreign' : 'unfinished' };
  }
  if (name === IDENTITY_FILE) return { kind: 'identity' };
  if (name === TERM_AND_VOTE_FILE) return { kind: 'termAndVote' };
  const frames = /^wal\/wal_([1-9][0-9]{0,19})$/.exec(name);
  if (frames?.[1] !== undefined) {
    const lsn = BigInt(frames[1]);
    return lsn <= LSN_MAX ? { kind: 'frames', lsn } : { kind: 'foreign' };
  }
  const identifiers = /^identifiers\/identifiers_([1-9][0-9]{0,15})$/.exec(name);
  if (identifiers?.[1] !== undefined) return exact({ kind: 'identifiers', firstIndex: Number(identifiers[1]) });
  const manifest = /^identifiers\/manifest_(0|[1-9][0-9]{0,9})$/.exec(name);
  if (manifest?.[1] !== undefined) return { kind: 'manifest', number: Number(manifest[1]) };
  const control = /^control\/control_([1-9][0-9]{0,15})_(0|[1-9][0-9]{0,15})$/.exec(name);
  if (control?.[1] !== undefined && control[2] !== undefined) {
    return exact({ kind: 'control', index: Number(control[1]), term: Number(control[2]) });
  }
  return { kind: 'foreign' };
}

/** A number in a name that a double cannot hold is none of ours. */
function exact(file: JournalFile & { readonly kind: 'identifiers' | 'control' }): JournalFile {
  const numbers = file.kind === 'control' ? [file.index, file.term] : [file.firstIndex];
  return numbers.every((number) => Number.isSafeInteger(number)) ? file : { kind: 'foreign' };
}
