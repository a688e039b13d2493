import type { Random } from '../random.ts';
import { Ranges } from './ranges.ts';

/** What a disk writes whole or not at all, in bytes. */
export const SECTOR_BYTES = 512;

/**
 * One file, whatever it is called: what the page cache shows, what is on the platter, and which bytes of the cache are
 * dirty, that is waiting to be written back. Both buffers are zero beyond their sizes.
 *
 * After a failed sync pages are clean though the platter never got them: Rebello et al., "Can Applications Recover from
 * fsync Failures?", USENIX ATC '20.
 */
export class SimulatedFile {
  private cache = new Uint8Array(0);
  private cacheSize = 0;
  private platter = new Uint8Array(0);
  private platterBytes = 0;
  private readonly dirty = new Ranges();
  /** The least size since the platter last had the right size: what lay beyond it was cut off. */
  private leastSize = 0;
  private changes = 0;
  private lowestChange = Infinity;
  /** Told when the platter changes for the first time since `takeLowestChange`. */
  onPlatterChange: (() => void) | undefined;

  get size(): number {
    return this.cacheSize;
  }

  get platterSize(): number {
    return this.platterBytes;
  }

  /** Counts the changes of the platter's content or size. */
  get platterVersion(): number {
    return this.changes;
  }

  get hasUnsyncedBytes(): boolean {
    return this.dirty.count > 0 || this.cacheSize !== this.platterBytes || this.leastSize < this.platterBytes;
  }

  /** What would surely be read after a power cut, as a view: valid until the platter changes. */
  platterView(): Uint8Array {
    return this.platter.subarray(0, this.platterBytes);
  }

  cacheView(): Uint8Array {
    return this.cache.subarray(0, this.cacheSize);
  }

  /** The lowest offset of the platter that changed since this was last asked; `Infinity` when none did. For one reader. */
  takeLowestChange(): number {
    const lowest = this.lowestChange;
    this.lowestChange = Infinity;
    return lowest;
  }

  write(offset: number, bytes: Uint8Array): void {
    const end = offset + bytes.length;
    if (end > this.cacheSize) {
      this.cache = grown(this.cache, end);
      // What lies between the old end and the offset is zero, as everything beyond the end is.
      this.cacheSize = end;
    }
    this.cache.set(bytes, offset);
    this.dirty.add(offset, end);
  }

  truncate(size: number): void {
    if (size > this.cacheSize) this.cache = grown(this.cache, size);
    else this.cache.fill(0, size, this.cacheSize);
    this.cacheSize = size;
    this.dirty.cutFrom(size);
    this.leastSize = Math.min(this.leastSize, size);
  }

  read(offset: number, length: number): Uint8Array {
    const end = Math.min(offset + length, this.cacheSize);
    return offset >= end ? new Uint8Array(0) : this.cache.slice(offset, end);
  }

  sync(): void {
    if (!this.hasUnsyncedBytes) return;
    this.cutPlatter();
    this.resizePlatter(this.cacheSize);
    this.dirty.forEach((start, end) => this.copyToPlatter(start, end));
    this.dirty.clear();
    this.leastSize = this.cacheSize;
  }

  /** Some sectors arrive, the others are forgotten; the cache goes on showing them. */
  failSync(random: Random): void {
    if (random.chance(0.5)) {
      this.cutPlatter();
      this.resizePlatter(this.cacheSize);
      this.leastSize = this.cacheSize;
    }
    this.writeBack(random, random.pick([0, 0, 0.5]));
    this.dirty.clear();
  }

  /** Un-synced sectors reach the platter by themselves, in any order; they stay dirty. */
  writeBack(random: Random, share: number): void {
    if (share === 0) return;
    this.dirty.forEach((start, end) => {
      for (let at = start; at < end; ) {
        const sectorEnd = Math.min(end, (Math.floor(at / SECTOR_BYTES) + 1) * SECTOR_BYTES);
        if (random.chance(share)) {
          if (sectorEnd > this.platterBytes) this.resizePlatter(sectorEnd);
          this.copyToPlatter(at, sectorEnd);
        }
        at = sectorEnd;
      }
    });
  }

  /** Each un-synced sector is lost or not, the size is the old one, the new one or between; the cache starts afresh. */
  powerCut(random: Random): void {
    if (this.hasUnsyncedBytes) {
      if (random.chance(0.5)) this.cutPlatter();
      const oldSize = this.platterBytes;
      this.writeBack(random, random.pick([0, 0.2, 0.5, 0.8, 1]));
      const reached = this.platterBytes;
      const size = random.pick([
        oldSize,
        reached,
        this.cacheSize,
        random.integer(0, Math.max(1, reached - oldSize)) + oldSize,
      ]);
      // What was synced is never cut off by the lost of what was not.
      this.resizePlatter(Math.max(size, Math.min(oldSize, this.leastSize)));
    }
    this.dropCache();
  }

  /**
   * Damage to what was synced, seen by every reader from now on. A dirty page hides it, and heals it when it is written
   * back. `bit` counts from the start of the file.
   */
  flipBit(bit: number): void {
    const at = Math.floor(bit / 8);
    if (at < this.platterBytes) this.rot(at, (this.platter[at] as number) ^ (1 << (bit % 8)));
  }

  zeroSector(sector: number): void {
    const start = sector * SECTOR_BYTES;
    const end = Math.min(start + SECTOR_BYTES, this.platterBytes);
    for (let at = start; at < end; at++) this.rot(at, 0);
  }

  private rot(at: number, value: number): void {
    this.platter[at] = value;
    if (at < this.cacheSize && !this.dirty.has(at)) this.cache[at] = value;
    this.changed(at);
  }

  private dropCache(): void {
    this.cache = this.platter.slice(0, this.platterBytes);
    this.cacheSize = this.platterBytes;
    this.dirty.clear();
    this.leastSize = this.platterBytes;
  }

  /** The platter follows an earlier truncation. */
  private cutPlatter(): void {
    if (this.leastSize < this.platterBytes) this.resizePlatter(this.leastSize);
  }

  private resizePlatter(size: number): void {
    if (size === this.platterBytes) return;
    if (size > this.platterBytes) this.platter = grown(this.platter, size);
    else this.platter.fill(0, size, this.platterBytes);
    this.changed(Math.min(size, this.platterBytes));
    this.platterBytes = size;
  }

  private copyToPlatter(start: number, end: number): void {
    this.platter.set(this.cache.subarray(start, end), start);
    this.changed(start);
  }

  private changed(from: number): void {
    this.changes += 1;
    const isNews = this.lowestChange === Infinity;
    if (from < this.lowestChange) this.lowestChange = from;
    if (isNews) this.onPlatterChange?.();
  }
}

/** A buffer with room for `size` bytes, twice as large as it must be, so that appending is cheap. */
function grown(buffer: Uint8Array<ArrayBuffer>, size: number): Uint8Array<ArrayBuffer> {
  if (size <= buffer.length) return buffer;
  const larger = new Uint8Array(Math.max(size, 2 * buffer.length, 128));
  larger.set(buffer);
  return larger;
}
