import { changeJournal, disk, halt, invariant, observe } from '../draft.ts';
import type { TermSpan } from '../replica/term_spans.ts';
import type { Draft } from '../state.ts';
import type { DiskOperation } from '../vocabulary/disk.ts';
import type { Index } from '../vocabulary/units.ts';
import type { SealedSegment } from './files/manifest_file.ts';
import { encodeManifest, MANIFEST_ROWS_MAX } from './files/manifest_file.ts';
import { acknowledgeableIndex } from './log.ts';
import { manifestFile } from './names.ts';
import { replaceFile } from './replace.ts';

/** Each seal writes a manifest file anew: the more rows it has, the more segments are worth a write, up to 32 of 512. */
const ROWS_PER_SEALED = 16;
/** So many bytes of frames are always worth it: until they are sealed, a start reads and rewrites them. */
const SEALED_BYTES = 1024 * 1024;

/**
 * Seals the full segments that are synced, free of holes and committed to their end: their rows go to the manifest, so
 * that a start needs not read them. What is committed is never truncated, so what is sealed never changes.
 */
export function sealSegments(d: Draft, commitIndex: Index): void {
  const { journal } = d;
  if (journal.sealing !== undefined || journal.full.length === 0) return;
  // A segment that is being cut must not be sealed before its files are: a start would leave them as they are.
  if (journal.truncateFrom !== undefined || journal.logWrite?.kind === 'truncate') return;
  const settled = Math.min(commitIndex, acknowledgeableIndex(journal));
  // They end one after the other: while the first is not ready none is.
  if ((journal.full[0]?.lastIndex ?? 0) > settled) return;
  const ready = journal.full.filter((segment) => segment.lastIndex <= settled);
  const rows = journal.sealed.size % MANIFEST_ROWS_MAX;
  const bytes = ready.reduce((sum, segment) => sum + segment.framesBytes, 0);
  if (ready.length <= Math.floor(rows / ROWS_PER_SEALED) && bytes < SEALED_BYTES) return;
  const segments: SealedSegment[] = ready.map((segment) => ({
    ...segment,
    termSpans: spansWithin(journal.termSpans, segment.firstIndex, segment.lastIndex),
  }));
  const count = journal.sealed.size;
  const stages: DiskOperation[][] = [];
  for (let done = 0; done < segments.length; ) {
    const number = Math.floor((count + done) / MANIFEST_ROWS_MAX);
    const before: SealedSegment[] = [];
    for (let ordinal = number * MANIFEST_ROWS_MAX; ordinal < count + done; ordinal++) {
      const row = journal.sealed.get(ordinal);
      invariant(row !== undefined, () => `sealed segment ${ordinal} is not in memory`);
      before.push(row);
    }
    const added = segments.slice(done, done + MANIFEST_ROWS_MAX - before.length);
    stages.push(...replaceFile(manifestFile(number), encodeManifest([...before, ...added])));
    done += added.length;
  }
  const id = disk(d, stages);
  changeJournal(d, { sealing: { id, segments } });
}

export function sealingDone(d: Draft): void {
  const { journal } = d;
  invariant(journal.sealing !== undefined, 'a manifest write completed that was not in flight');
  const { segments } = journal.sealing;
  let { sealed } = journal;
  for (const segment of segments) {
    sealed = sealed.set(sealed.size, segment);
    observe(d, { what: 'segmentSealed', firstIndex: segment.firstIndex, lastIndex: segment.lastIndex });
  }
  const last = segments[segments.length - 1]?.lastIndex ?? 0;
  changeJournal(d, {
    sealed,
    full: journal.full.slice(segments.length),
    diskSegments: journal.diskSegments.filter((segment) => segment.firstIndex > last),
    sealing: undefined,
  });
}

export function sealingFailed(d: Draft, what: string): void {
  halt(
    d,
    'fault',
    `the manifest could not be written (${what}); this replica stops, start it again when the disk is well`,
  );
}

/** The part of a log's term spans that covers `first` … `last`. */
export function spansWithin(spans: readonly TermSpan[], first: Index, last: Index): readonly TermSpan[] {
  const within: TermSpan[] = [];
  for (let i = spans.length - 1; i >= 0; i--) {
    const span = spans[i];
    if (span === undefined || span.firstIndex > last) continue;
    within.push({ term: span.term, firstIndex: Math.max(span.firstIndex, first) });
    if (span.firstIndex <= first) break;
  }
  return within.reverse();
}
