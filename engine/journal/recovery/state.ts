import type { TermSpan } from '../../replica/term_spans.ts';
import type { OperationId } from '../../vocabulary/units.ts';
import type { IdentityFile } from '../files/identity_file.ts';
import type { SealedSegment } from '../files/manifest_file.ts';
import type { TermFile } from '../files/term_file.ts';
import type { Identifier } from '../identifier.ts';
import type { Listing } from './listing.ts';
import type { JournalState } from '../state.ts';

/** A segment that was not sealed: read whole, and written anew before the first promise. */
export interface Unsealed {
  readonly firstIndex: number;
  readonly identifiers: readonly Identifier[];
}

/**
 * How far a start has come. Each stage waits for one disk effect, so a crash at any point finds either the old files
 * or the new ones, which say the same.
 */
export type RecoveryState = {
  readonly operation: OperationId;
} /** Identity, term-and-vote, manifests, control payloads: the small files, all at once. */ & (
  | { readonly stage: 'smallFiles'; readonly listing: Listing }
  /** The identifiers of everything that was not sealed. */
  | { readonly stage: 'identifiers'; readonly listing: Listing; readonly found: FoundState }
  /** One unsealed segment after the other: its frames are read … */
  | { readonly stage: 'frames'; readonly rebuilding: Rebuilding }
  /** … and it is written anew, and synced: the page cache is not the disk. */
  | { readonly stage: 'rewrite'; readonly rebuilding: Rebuilding }
  /** Identity with the next boot number, and term-and-vote, written anew. The last stage. */
  | {
      readonly stage: 'identity';
      readonly journal: JournalState;
      readonly found: FoundState;
      readonly tornEntries: number;
    }
);

/** What the small files say. */
export interface FoundState {
  readonly identity: IdentityFile;
  readonly termFile: TermFile;
  readonly sealed: readonly SealedSegment[];
  readonly sealedSpans: readonly TermSpan[];
  readonly controls: readonly ControlFile[];
}

export interface ControlFile {
  readonly index: number;
  readonly term: number;
  readonly bytes: Uint8Array;
}

export interface Rebuilding {
  readonly listing: Listing;
  readonly found: FoundState;
  readonly journal: JournalState;
  /** Those not yet rebuilt; the first is at work. */
  readonly remaining: readonly Unsealed[];
  readonly tornEntries: number;
}
