import type { FoundFile } from '../../vocabulary/disk.ts';
import type { Index, Lsn, Term } from '../../vocabulary/units.ts';
import { classify } from '../names.ts';

/** The files of a data directory by what they are. */
export interface Listing {
  readonly identity: FoundFile | undefined;
  readonly termAndVote: FoundFile | undefined;
  readonly frames: readonly (FoundFile & { readonly lsn: Lsn })[];
  /** Ascending by first index. */
  readonly identifiers: readonly (FoundFile & { readonly firstIndex: Index })[];
  /** Ascending by number. */
  readonly manifests: readonly (FoundFile & { readonly number: number })[];
  readonly controls: readonly (FoundFile & { readonly index: Index; readonly term: Term })[];
  readonly unfinished: readonly string[];
  readonly foreign: readonly string[];
}

export function sortListing(files: readonly FoundFile[]): Listing {
  let identity: FoundFile | undefined;
  let termAndVote: FoundFile | undefined;
  const frames: (FoundFile & { lsn: Lsn })[] = [];
  const identifiers: (FoundFile & { firstIndex: Index })[] = [];
  const manifests: (FoundFile & { number: number })[] = [];
  const controls: (FoundFile & { index: Index; term: Term })[] = [];
  const unfinished: string[] = [];
  const foreign: string[] = [];
  for (const file of files) {
    const what = classify(file.name);
    if (what.kind === 'identity') identity = file;
    else if (what.kind === 'termAndVote') termAndVote = file;
    else if (what.kind === 'frames') frames.push({ ...file, lsn: what.lsn });
    else if (what.kind === 'identifiers') identifiers.push({ ...file, firstIndex: what.firstIndex });
    else if (what.kind === 'manifest') manifests.push({ ...file, number: what.number });
    else if (what.kind === 'control') controls.push({ ...file, index: what.index, term: what.term });
    else if (what.kind === 'unfinished') unfinished.push(file.name);
    else foreign.push(file.name);
  }
  identifiers.sort((a, b) => a.firstIndex - b.firstIndex);
  manifests.sort((a, b) => a.number - b.number);
  controls.sort((a, b) => a.index - b.index || a.term - b.term);
  return { identity, termAndVote, frames, identifiers, manifests, controls, unfinished, foreign };
}

/** Is there a log in this directory, whoever wrote it? */
export function holdsLog(listing: Listing): boolean {
  return (
    listing.frames.length > 0 ||
    listing.identifiers.length > 0 ||
    listing.manifests.length > 0 ||
    listing.controls.length > 0
  );
}
