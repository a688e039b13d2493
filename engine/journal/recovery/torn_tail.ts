import type { Index } from '../../vocabulary/units.ts';
import type { SyncedNote } from '../files/term_file.ts';
import type { Identifier } from '../identifier.ts';
import { readSlot, slotOffset } from '../identifier.ts';
import type { Unsealed } from './state.ts';

/** The identifiers file of one unsealed segment, whole. */
export interface IdentifiersFile {
  readonly firstIndex: Index;
  readonly bytes: Uint8Array;
}

export type TailVerdict =
  | {
      readonly kind: 'sound';
      readonly segments: readonly Unsealed[];
      readonly tornEntries: number;
      readonly lastWriteBegin: Index;
    }
  | { readonly kind: 'damaged'; readonly sentence: string };

/**
 * Decides what of the unsealed log is there, what is a torn tail, and what is rot.
 *
 * One log write is in flight at a time, so whatever lies before the first entry of the last write was synced, and may
 * have been acknowledged: a gap there is rot, and the start is refused. Inside the last write a gap is a write that
 * the power cut short, and nothing from it on was ever acknowledged: it is cut. (Both copies of one identifier rotting
 * in the very last write look the same; docs/decisions says why that is borne.)
 *
 * Once it was noted that a write was synced it counts as one before the last.
 *
 * A segment ends where the next one begins, whatever follows in its file: that is how a truncation cuts it.
 */
export function judgeTail(files: readonly IdentifiersFile[], firstIndex: Index, noted: SyncedNote): TailVerdict {
  const sound = new Map<Index, Identifier>();
  let lastSound = firstIndex - 1;
  let lastWriteBegin = firstIndex;
  files.forEach((file, position) => {
    const end = files[position + 1]?.firstIndex ?? Number.MAX_SAFE_INTEGER;
    for (let slot = 0; slotOffset(slot) < file.bytes.length; slot++) {
      const index = file.firstIndex + slot;
      if (index >= end) break;
      const identifier = readSlot(file.bytes, 0, slot, index);
      if (identifier === undefined) continue;
      sound.set(index, identifier);
      lastSound = Math.max(lastSound, index);
      lastWriteBegin = Math.max(lastWriteBegin, index - identifier.positionInWrite);
    }
  });
  if (sound.get(noted.index)?.term === noted.term) lastWriteBegin = Math.max(lastWriteBegin, noted.index + 1);
  let end = firstIndex;
  while (sound.has(end)) end += 1;
  if (end <= lastSound && end < lastWriteBegin) {
    return {
      kind: 'damaged',
      sentence: `both copies of the identifier of entry ${end} are damaged, and it was synced before entry ${lastWriteBegin} was written`,
    };
  }
  let tornEntries = 0;
  for (const index of sound.keys()) if (index >= end) tornEntries += 1;
  const segments: Unsealed[] = [];
  files.forEach((file, position) => {
    const next = files[position + 1]?.firstIndex ?? Number.MAX_SAFE_INTEGER;
    const identifiers: Identifier[] = [];
    for (let index = file.firstIndex; index < Math.min(end, next); index++) {
      const identifier = sound.get(index);
      if (identifier !== undefined) identifiers.push(identifier);
    }
    if (identifiers.length > 0) segments.push({ firstIndex: file.firstIndex, identifiers });
  });
  return { kind: 'sound', segments, tornEntries, lastWriteBegin };
}
