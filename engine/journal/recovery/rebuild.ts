import { appendTerm } from '../../replica/term_spans.ts';
import type { DiskOperation } from '../../vocabulary/disk.ts';
import type { Lsn } from '../../vocabulary/units.ts';
import { encodeDoubled } from '../doubled.ts';
import type { Identifier } from '../identifier.ts';
import { encodeIdentifier, frameBytesOf, identifiersFileBytes, SECTOR_BYTES, slotOffset } from '../identifier.ts';
import { controlFile, framesFile, identifiersFile } from '../names.ts';
import { entryOf, intactFrame, intactPayload } from '../reading.ts';
import { replaceFile } from '../replace.ts';
import { changedJournal, type JournalState } from '../state.ts';
import type { Listing } from './listing.ts';
import type { ControlFile, Unsealed } from './state.ts';

/** The frames file of an unsealed segment, if it has records and the file is there. */
export function framesOf(segment: Unsealed, listing: Listing): Listing['frames'][number] | undefined {
  const lsn = framesLsnOf(segment);
  return lsn === 0n ? undefined : listing.frames.find((file) => file.lsn === lsn);
}

/** Adds a segment to the log being rebuilt: its intact entries, and its holes. */
export function addSegment(
  journal: JournalState,
  segment: Unsealed,
  frames: Uint8Array,
  controls: readonly ControlFile[],
): JournalState {
  let { tail, tailBytes, holes, termSpans, recordCount } = journal;
  let framesLsn: Lsn = 0n;
  let framesBytes = 0;
  let last: Identifier | undefined;
  for (const identifier of segment.identifiers) {
    if (identifier.kind === 'record') {
      recordCount += 1;
      if (framesLsn === 0n) framesLsn = identifier.lsn;
      framesBytes = identifier.offset + frameBytesOf(identifier);
    }
    const body =
      identifier.kind === 'membership'
        ? intactPayload(identifier, controlBytes(controls, identifier))
        : intactFrame(identifier, frames, 0);
    if (body === undefined) {
      holes = holes.set(identifier.index, { identifier, segment: segment.firstIndex, framesLsn, recordCount });
    } else {
      tail = tail.set(identifier.index, {
        entry: entryOf(identifier, body),
        segment: segment.firstIndex,
        framesLsn,
        offset: identifier.offset,
        recordCount,
      });
      tailBytes += body.length;
    }
    termSpans = appendTerm(termSpans, identifier.index, identifier.term);
    last = identifier;
  }
  if (last === undefined) return journal;
  const { index: lastIndex, lsn: lastLsn, generation } = last;
  const current = {
    firstIndex: segment.firstIndex,
    lastIndex,
    framesLsn,
    framesBytes,
    lastLsn,
    generation,
    recordCount,
  };
  return changedJournal(journal, {
    full: journal.current === undefined ? journal.full : [...journal.full, journal.current],
    current,
    tail,
    tailBytes,
    holes,
    termSpans,
    lastIndex,
    lastLsn,
    generation,
    recordCount,
    durableIndex: lastIndex,
    writtenIndex: lastIndex,
    diskSegments: [...journal.diskSegments, { firstIndex: segment.firstIndex, framesLsn }],
  });
}

/**
 * Writes an unsealed segment into new files, synced, under its old names. After a crash or a failed sync the page cache
 * may show bytes that never reached the platter: what recovery read becomes true only by being written again
 * (Rebello et al., ATC '20).
 */
export function rewriteSegment(segment: Unsealed, frames: Uint8Array, journal: JournalState): DiskOperation[][] {
  const stages: DiskOperation[][] = [];
  const slots = new Uint8Array(identifiersFileBytes(segment.identifiers.length));
  let framesBytes = 0;
  segment.identifiers.forEach((identifier, slot) => {
    const at = slotOffset(slot);
    // Each is now synced by itself: a gap among them at the next start is rot. Not so while there are holes: the next
    // start, should this one not get as far as to settle them, must still see which were in the last write.
    const positionInWrite = journal.holes.size === 0 ? 0 : identifier.positionInWrite;
    encodeIdentifier(slots, at, { ...identifier, positionInWrite });
    slots.copyWithin(at + SECTOR_BYTES, at, at + 64);
    if (identifier.kind === 'record') framesBytes = identifier.offset + frameBytesOf(identifier);
    const payload = identifier.kind === 'membership' ? journal.tail.get(identifier.index) : undefined;
    if (payload !== undefined) {
      stages.push(
        ...replaceFile(controlFile(identifier.index, identifier.term), encodeDoubled('control', payload.entry.body)),
      );
    }
  });
  const framesLsn = framesLsnOf(segment);
  if (framesLsn !== 0n) {
    // The bytes of holes stay as they were found.
    const content = new Uint8Array(framesBytes);
    content.set(frames.subarray(0, framesBytes));
    stages.push(...replaceFile(framesFile(framesLsn), content));
  }
  stages.push(...replaceFile(identifiersFile(segment.firstIndex), slots));
  return stages;
}

function framesLsnOf(segment: Unsealed): Lsn {
  return segment.identifiers.find((identifier) => identifier.kind === 'record')?.lsn ?? 0n;
}

function controlBytes(controls: readonly ControlFile[], identifier: Identifier): Uint8Array {
  const file = controls.find((control) => control.index === identifier.index && control.term === identifier.term);
  return file?.bytes ?? new Uint8Array(0);
}
