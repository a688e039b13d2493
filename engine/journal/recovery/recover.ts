import { toHex } from '../../bytes/hex.ts';
import { disk, halt } from '../../draft.ts';
import { nextBytes } from '../../random/generator.ts';
import type { TermSpan } from '../../replica/term_spans.ts';
import { appendTerm } from '../../replica/term_spans.ts';
import type { Draft } from '../../state.ts';
import type { DiskOperation, FoundFile } from '../../vocabulary/disk.ts';
import type { OperationId } from '../../vocabulary/units.ts';
import { emptyJournal } from '../empty.ts';
import { decodeIdentityFile, encodeIdentityFile, STARTS_KEPT } from '../files/identity_file.ts';
import type { SealedSegment } from '../files/manifest_file.ts';
import { decodeManifest } from '../files/manifest_file.ts';
import { decodeTermFile, encodeTermFile, NOTHING_NOTED } from '../files/term_file.ts';
import { identifiersFileBytes } from '../identifier.ts';
import { logTermAt } from '../log.ts';
import { controlFile, framesFile, identifiersFile, IDENTITY_FILE, TERM_AND_VOTE_FILE } from '../names.ts';
import { replaceFile } from '../replace.ts';
import { changedJournal, type JournalState } from '../state.ts';
import { noteOf } from '../synced_note.ts';
import type { Listing } from './listing.ts';
import { holdsLog, sortListing } from './listing.ts';
import { addSegment, framesOf, rewriteSegment } from './rebuild.ts';
import type { FoundState, Rebuilding, RecoveryState } from './state.ts';
import type { IdentifiersFile } from './torn_tail.ts';
import { judgeTail } from './torn_tail.ts';

/** What a finished recovery hands to the other layers. */
export interface Recovered {
  readonly journal: JournalState;
  readonly found: FoundState;
  readonly tornEntries: number;
}

/** Begins reading the data directory. Everything goes through read effects, so a crash can come at any step. */
export function beginRecovery(d: Draft, files: readonly FoundFile[]): void {
  const listing = sortListing(files);
  const prototype = listing.foreign.find((name) => /^wal_[0-9]+$/.test(name));
  if (prototype !== undefined) {
    halt(
      d,
      'fault',
      `the data directory holds ${prototype}, the layout of the earlier prototype; two such directories may disagree, so it is not opened. Choose an empty -data-dir`,
    );
    return;
  }
  if (listing.identity === undefined) {
    if (holdsLog(listing)) {
      halt(d, 'fault', 'the data directory holds a log but its identity file is missing: this disk lost data');
      return;
    }
    beginFresh(d, listing);
    return;
  }
  const names = smallFiles(listing);
  const operation = disk(d, [names.map(readWhole)]);
  d.recovery = { stage: 'smallFiles', operation, listing };
}

/** Takes the completion of recovery's disk effect. Returns what was recovered after the last stage. */
export function continueRecovery(d: Draft, reads: readonly Uint8Array[]): Recovered | undefined {
  const { recovery } = d;
  if (recovery === undefined) return undefined;
  switch (recovery.stage) {
    case 'smallFiles':
      if (allRead(d, smallFiles(recovery.listing), reads)) smallFilesRead(d, recovery.listing, reads);
      return undefined;
    case 'identifiers':
      if (allRead(d, unsealedFiles(recovery.listing, recovery.found), reads)) identifiersRead(d, recovery, reads);
      return undefined;
    case 'frames':
      framesRead(d, recovery.rebuilding, reads[0]);
      return undefined;
    case 'rewrite':
      rebuildNext(d, { ...recovery.rebuilding, remaining: recovery.rebuilding.remaining.slice(1) });
      return undefined;
    case 'identity':
      d.recovery = undefined;
      return { journal: recovery.journal, found: recovery.found, tornEntries: recovery.tornEntries };
  }
}

export function recoveryFailed(d: Draft, reason: string): void {
  halt(d, 'fault', `the data directory could not be read or made durable (${reason})`);
}

export function isRecoveryOperation(d: Draft, id: OperationId): boolean {
  return d.recovery?.operation === id;
}

/** An empty directory draws its incarnation, and makes it durable before it answers anyone. */
function beginFresh(d: Draft, listing: Listing): void {
  const drawn = nextBytes(d.random, 16);
  d.random = drawn.generator;
  const identity = {
    replicaId: d.config.replicaId,
    incarnation: toHex(drawn.value),
    boot: 0,
    sessions: [],
    clusterId: undefined,
  };
  const termFile = { term: 0, votedFor: undefined, marks: [], synced: NOTHING_NOTED };
  const found: FoundState = { identity, termFile, sealed: [], sealedSpans: [], controls: [] };
  finishWith(d, listing, found, emptyJournal(), 0);
}

function smallFiles(listing: Listing): readonly FoundFile[] {
  const files: FoundFile[] = [];
  if (listing.identity !== undefined) files.push(listing.identity);
  if (listing.termAndVote !== undefined) files.push(listing.termAndVote);
  return [...files, ...listing.manifests, ...listing.controls];
}

function smallFilesRead(d: Draft, listing: Listing, reads: readonly Uint8Array[]): void {
  const identity = decodeIdentityFile(reads[0] ?? new Uint8Array(0));
  if (identity === undefined) {
    halt(d, 'fault', 'both copies of the identity file are damaged: this disk is lost, and its replica with it');
    return;
  }
  if (identity.replicaId !== d.config.replicaId) {
    halt(
      d,
      'fault',
      `the data directory belongs to replica ${identity.replicaId}, and this one is ${d.config.replicaId}: give each replica its own -data-dir`,
    );
    return;
  }
  const termFile = listing.termAndVote === undefined ? undefined : decodeTermFile(reads[1] ?? new Uint8Array(0));
  if (termFile === undefined) {
    halt(
      d,
      'fault',
      'the term-and-vote file is missing or damaged in both copies: what this replica promised is lost, and its disk with it',
    );
    return;
  }
  const sealed: SealedSegment[] = [];
  for (const [position, manifest] of listing.manifests.entries()) {
    const rows = decodeManifest(reads[2 + position] ?? new Uint8Array(0));
    if (rows === undefined || manifest.number !== position) {
      halt(d, 'fault', `the manifest of sealed segments is damaged at ${manifest.name}: this disk lost data`);
      return;
    }
    sealed.push(...rows);
  }
  let sealedSpans: readonly TermSpan[] = [];
  for (const row of sealed) {
    for (const span of row.termSpans) sealedSpans = appendTerm(sealedSpans, span.firstIndex, span.term);
  }
  const controls = listing.controls.map((file, position) => ({
    index: file.index,
    term: file.term,
    bytes: reads[2 + listing.manifests.length + position] ?? new Uint8Array(0),
  }));
  const found: FoundState = { identity, termFile, sealed, sealedSpans, controls };
  if (identity.clusterId === undefined) {
    // The founding was cut short: nothing was promised yet, so its traces go.
    finishWith(d, listing, { ...found, sealed: [], sealedSpans: [], controls: [] }, emptyJournal(), 0);
    return;
  }
  const short = missingFromSealed(listing, sealed);
  if (short !== undefined) {
    halt(d, 'fault', `${short} is missing or shorter than when it was sealed: this disk lost data`);
    return;
  }
  const operation = disk(d, [unsealedFiles(listing, found).map(readWhole)]);
  d.recovery = { stage: 'identifiers', operation, listing, found };
}

function missingFromSealed(listing: Listing, sealed: readonly SealedSegment[]): string | undefined {
  const sizes = new Map<string, number>();
  for (const file of [...listing.frames, ...listing.identifiers]) sizes.set(file.name, file.size);
  for (const row of sealed) {
    const identifiers = identifiersFile(row.firstIndex);
    if ((sizes.get(identifiers) ?? 0) < identifiersFileBytes(row.lastIndex - row.firstIndex + 1)) return identifiers;
    const frames = framesFile(row.framesLsn);
    if (row.framesLsn !== 0n && (sizes.get(frames) ?? -1) < row.framesBytes) return frames;
  }
  return undefined;
}

function unsealedFiles(listing: Listing, found: FoundState): Listing['identifiers'] {
  const sealedEnd = found.sealed[found.sealed.length - 1]?.lastIndex ?? 0;
  return listing.identifiers.filter((file) => file.firstIndex > sealedEnd);
}

function identifiersRead(
  d: Draft,
  recovery: RecoveryState & { readonly stage: 'identifiers' },
  reads: readonly Uint8Array[],
): void {
  const { listing, found } = recovery;
  const files: IdentifiersFile[] = unsealedFiles(listing, found).map((file, position) => ({
    firstIndex: file.firstIndex,
    bytes: reads[position] ?? new Uint8Array(0),
  }));
  const sealedEnd = found.sealed[found.sealed.length - 1];
  const verdict = judgeTail(files, (sealedEnd?.lastIndex ?? 0) + 1, found.termFile.synced);
  if (verdict.kind === 'damaged') {
    halt(d, 'fault', `${verdict.sentence}: this disk lost data`);
    return;
  }
  rebuildNext(d, {
    listing,
    found,
    journal: changedJournal(emptyJournal(found.sealed, found.sealedSpans), { lastWriteBegin: verdict.lastWriteBegin }),
    remaining: verdict.segments,
    tornEntries: verdict.tornEntries,
  });
}

function rebuildNext(d: Draft, rebuilding: Rebuilding): void {
  const segment = rebuilding.remaining[0];
  if (segment === undefined) {
    finishWith(d, rebuilding.listing, rebuilding.found, rebuilding.journal, rebuilding.tornEntries);
    return;
  }
  const frames = framesOf(segment, rebuilding.listing);
  const operation = disk(d, [frames === undefined ? [] : [readWhole(frames)]]);
  d.recovery = { stage: 'frames', operation, rebuilding };
}

function framesRead(d: Draft, rebuilding: Rebuilding, bytes: Uint8Array | undefined): void {
  const segment = rebuilding.remaining[0];
  if (segment === undefined) return;
  const frames = framesOf(segment, rebuilding.listing);
  if (frames !== undefined && !allRead(d, [frames], [bytes ?? new Uint8Array(0)])) return;
  const journal = addSegment(rebuilding.journal, segment, bytes ?? new Uint8Array(0), rebuilding.found.controls);
  const operation = disk(d, rewriteSegment(segment, bytes ?? new Uint8Array(0), journal));
  d.recovery = { stage: 'rewrite', operation, rebuilding: { ...rebuilding, journal } };
}

/** Clears what is left over, counts this start, and writes identity and term-and-vote anew. */
function finishWith(d: Draft, listing: Listing, before: FoundState, journal: JournalState, tornEntries: number): void {
  const { boot, sessions } = before.identity;
  const identity = { ...before.identity, boot: boot + 1, sessions: [...sessions, drawSession(d)].slice(-STARTS_KEPT) };
  // Everything that was found has been written anew and synced by now.
  const noted = changedJournal(journal, { noted: before.termFile.synced });
  const synced = noteOf(noted);
  const found = { ...before, identity, termFile: { ...before.termFile, synced } };
  const operation = disk(d, [
    ...clearLeftovers(listing, journal),
    // The identity comes last: where it is, the term-and-vote file is too.
    ...replaceFile(TERM_AND_VOTE_FILE, encodeTermFile(found.termFile)),
    ...replaceFile(IDENTITY_FILE, encodeIdentityFile(found.identity)),
  ]);
  d.recovery = {
    stage: 'identity',
    operation,
    journal: changedJournal(journal, { noted: synced }),
    found,
    tornEntries,
  };
}

function drawSession(d: Draft): number {
  const drawn = nextBytes(d.random, 6);
  d.random = drawn.generator;
  let session = 0;
  for (const byte of drawn.value) session = session * 256 + byte;
  return session;
}

function clearLeftovers(listing: Listing, journal: JournalState): DiskOperation[][] {
  const kept = new Set<string>();
  for (let ordinal = 0; ordinal < journal.sealed.size; ordinal++) {
    const row = journal.sealed.get(ordinal);
    if (row === undefined) continue;
    kept.add(identifiersFile(row.firstIndex));
    kept.add(framesFile(row.framesLsn));
  }
  for (const segment of journal.diskSegments) {
    kept.add(identifiersFile(segment.firstIndex));
    kept.add(framesFile(segment.framesLsn));
  }
  for (const control of listing.controls) {
    if (control.index <= journal.lastIndex && logTermAt(journal, control.index) === control.term) {
      kept.add(controlFile(control.index, control.term));
    }
  }
  const leftovers = [...listing.identifiers, ...listing.frames, ...listing.controls]
    .map((file) => file.name)
    .filter((name) => !kept.has(name))
    .concat(listing.unfinished);
  if (journal.lastIndex === 0) leftovers.push(...listing.manifests.map((file) => file.name));
  return [
    leftovers.map((file) => ({ op: 'remove', file })),
    // Even when nothing is left: an earlier start may have removed files, or a log write made some, and then crashed
    // before its sync. What is seen of a directory is the cache, not the disk.
    ['wal', 'identifiers', 'control'].map((directory) => ({ op: 'syncDirectory', directory })),
  ];
}

function readWhole(file: FoundFile): DiskOperation {
  return { op: 'read', file: file.name, offset: 0, length: file.size };
}

/** A read that yields less than the listing promised must not pass for a torn tail. */
function allRead(d: Draft, files: readonly FoundFile[], reads: readonly Uint8Array[]): boolean {
  for (const [position, file] of files.entries()) {
    const got = reads[position]?.length ?? 0;
    if (got === file.size) continue;
    halt(
      d,
      'fault',
      `${file.name} has ${file.size} bytes and only ${got} could be read; start again when the disk is well`,
    );
    return false;
  }
  return true;
}
