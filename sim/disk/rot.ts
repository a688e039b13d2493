import { areaOf, type FileArea } from './area.ts';
import { SECTOR_BYTES } from './file.ts';
import type { FileSystem } from './file_system.ts';

/** The format's unit of separation (docs/format.md): the two copies of anything never share one. */
const COPY_BYTES = 4_096;

export interface Rot {
  readonly area: FileArea;
  /** Which copy of what is stored twice. Frames are stored once. */
  readonly copy: 0 | 1;
  /** Where, as a part of all bytes of that area: 0 (the oldest) to 1. */
  readonly at: number;
  readonly damage: 'bit' | 'sector';
  /** Frames from here on are spared. */
  readonly spared?: { readonly name: string; readonly offset: number } | undefined;
}

/** Damages what lies on the platter. Returns what was hit, for a person; undefined when there is nothing to hit. */
export function rot(files: FileSystem, { area, copy, at, damage, spared }: Rot): string | undefined {
  const found = files
    .list()
    .filter(({ name }) => !name.endsWith('.new') && areaOf(name) === area)
    .map(({ name }) => ({ name, file: files.findOnPlatter(name), order: orderOf(name) }))
    .flatMap(({ name, file, order }) => (file === undefined || file.platterSize === 0 ? [] : [{ name, file, order }]))
    .sort((one, other) => (one.order < other.order ? -1 : 1));
  const total = found.reduce((sum, { file }) => sum + file.platterSize, 0);
  let left = Math.min(total - 1, Math.floor(at * total));
  for (const { name, file } of found) {
    if (left >= file.platterSize) {
      left -= file.platterSize;
      continue;
    }
    const offset = Math.min(inCopy(area, copy, left, file.platterSize), file.platterSize - 1);
    if (spared !== undefined && area === 'frames' && isSpared(spared, name, offset)) return undefined;
    if (damage === 'bit') file.flipBit(offset * 8 + (left % 8));
    else file.zeroSector(Math.floor(offset / SECTOR_BYTES));
    return damage === 'bit' ? `a bit at ${offset} of ${name}` : `the sector around ${offset} of ${name}`;
  }
  return undefined;
}

function isSpared(spared: { readonly name: string; readonly offset: number }, name: string, offset: number): boolean {
  if (orderOf(name) !== orderOf(spared.name)) return orderOf(name) > orderOf(spared.name);
  return offset + SECTOR_BYTES > spared.offset;
}

/** The number in a file's name, which orders the files of an area. */
function orderOf(name: string): bigint {
  return BigInt(/_([0-9]+)(_[0-9]+)?$/.exec(name)?.[1] ?? 0);
}

/** The same place in the copy that shall be hit. */
function inCopy(area: FileArea, copy: 0 | 1, offset: number, size: number): number {
  switch (area) {
    case 'frames':
      return offset;
    case 'identifiers':
      // Groups of two sectors: slots, then the same slots again.
      return Math.floor(offset / (2 * COPY_BYTES)) * 2 * COPY_BYTES + copy * COPY_BYTES + (offset % COPY_BYTES);
    case 'termAndVote':
    case 'identity':
    case 'manifest':
    case 'control': {
      const second = Math.ceil(size / 2 / COPY_BYTES) * COPY_BYTES;
      return copy * second + (offset % (size - second));
    }
  }
}
