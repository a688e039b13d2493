import { crc32c } from '../../engine/bytes/crc32c.ts';
import type { SimulatedDirectory } from '../disk/directory.ts';
import type { SimulatedFile } from '../disk/file.ts';
import type { FileSystem } from '../disk/file_system.ts';
import {
  FRAME_HEADER,
  isFrameIntact,
  readDoubled,
  readIdentity,
  readSlot,
  readTermAndVote,
  slotNear,
  type StoredIdentifier,
  type StoredIdentity,
  type StoredTermAndVote,
} from './disk_reader.ts';

/** How far somebody has read. It falls back when what was read changes. */
export interface Watermark {
  index: number;
}

/** One identifiers file and the frames file that belongs to it. */
interface Segment {
  readonly firstIndex: number;
  readonly file: SimulatedFile;
  /** The identifiers of its first slots, up to the first that is not sound. */
  readonly sound: StoredIdentifier[];
  framesName: string | undefined;
  frames: SimulatedFile | undefined;
  /** Of each sound slot whether its bytes are there; undefined: not looked at yet. */
  readonly intact: (boolean | undefined)[];
}

/**
 * The log as it stands on one platter: what a power cut now would surely leave. Reads again only what changed, so that
 * it can be asked at every promise.
 */
export class PlatterLog {
  private readonly files: FileSystem;
  private readonly root: SimulatedDirectory;
  private readonly identifiers: SimulatedDirectory;
  private readonly wal: SimulatedDirectory;
  /** Ascending by first index. */
  private readonly segments: Segment[] = [];
  private changesSeen = 0;
  private walChangesSeen = 0;
  private readonly framesOwners = new Map<string, Segment>();
  private readonly touched = new Set<Segment>();
  private readonly touchedFrames = new Set<Segment>();
  /** So many segments from the first on reach up to the one behind them. */
  private completeCount = 0;
  private readonly watermarks: Watermark[] = [];
  private readonly cache = new Map<string, { file: SimulatedFile; version: number; value: unknown }>();
  private readonly intactMark: Watermark;

  constructor(files: FileSystem) {
    this.files = files;
    this.root = files.directory('');
    this.identifiers = files.directory('identifiers');
    this.wal = files.directory('wal');
    this.intactMark = this.watermark();
  }

  /** One more reader: everything up to its index has not changed since it was set. */
  watermark(): Watermark {
    const mark = { index: 0 };
    this.watermarks.push(mark);
    return mark;
  }

  /** The last entry of the log: every slot up to it is sound. */
  lastIndex(): number {
    this.refresh();
    const { segments } = this;
    if (segments[0]?.firstIndex !== 1) return 0;
    for (;;) {
      const segment = segments[this.completeCount];
      if (segment === undefined) return 0;
      const soundEnd = segment.firstIndex + segment.sound.length - 1;
      const next = segments[this.completeCount + 1];
      if (next === undefined) return soundEnd;
      if (soundEnd < next.firstIndex - 1) return soundEnd;
      this.completeCount += 1;
    }
  }

  /** Undefined beyond `lastIndex`. */
  entry(index: number): StoredIdentifier | undefined {
    if (index < 1 || index > this.lastIndex()) return undefined;
    const segment = this.segments[this.segmentOf(index)];
    return segment?.sound[index - segment.firstIndex];
  }

  /** Whether the entry's bytes are there too. */
  isIntact(index: number): boolean {
    if (index < 1 || index > this.lastIndex()) return false;
    const segment = this.segments[this.segmentOf(index)];
    if (segment === undefined) return false;
    this.findFrames(segment);
    const slot = index - segment.firstIndex;
    const known = segment.intact[slot];
    if (known !== undefined) return known;
    const identifier = segment.sound[slot];
    const isIntact = identifier !== undefined && this.areBytesThere(segment, identifier);
    segment.intact[slot] = isIntact;
    return isIntact;
  }

  /** Up to which entry every one is there with its bytes. */
  intactIndex(): number {
    const last = this.lastIndex();
    const mark = this.intactMark;
    if (mark.index > last) mark.index = last;
    // The last segment's frames may have changed behind the mark; looking at its end notices.
    if (mark.index > 0) this.isIntact(mark.index);
    while (mark.index < last && this.isIntact(mark.index + 1)) mark.index += 1;
    return mark.index;
  }

  /**
   * Where the frames begin that a start could take for a write the power cut short: those of the last write, unless it
   * was noted that it was synced. Undefined: nowhere.
   */
  lastWriteFrames(): { readonly name: string; readonly offset: number } | undefined {
    const last = this.lastIndex();
    const { index, term } = this.termAndVote()?.synced ?? { index: 0, term: 0 };
    const begin = last - (this.entry(last)?.positionInWrite ?? 0);
    const from = this.entry(index)?.term === term ? Math.max(begin, index + 1) : begin;
    const entry = this.entry(from);
    const segment = this.segments[this.segmentOf(from)];
    if (entry === undefined || segment?.framesName === undefined) return undefined;
    return { name: `wal/${segment.framesName}`, offset: entry.offset };
  }

  /** A view of the data of an intact record. */
  data(index: number): Uint8Array | undefined {
    if (!this.isIntact(index)) return undefined;
    const segment = this.segments[this.segmentOf(index)];
    const identifier = segment?.sound[index - segment.firstIndex];
    if (identifier?.kind !== 'record') return undefined;
    const start = identifier.offset + FRAME_HEADER;
    return segment?.frames?.platterView().subarray(start, start + identifier.length);
  }

  termAndVote(): StoredTermAndVote | undefined {
    return this.cached('term-and-vote', readTermAndVote);
  }

  identity(): StoredIdentity | undefined {
    return this.cached('identity', readIdentity);
  }

  private cached<T>(name: string, read: (bytes: Uint8Array) => T): T | undefined {
    const file = this.root.platterEntries.get(name);
    if (file === undefined) return undefined;
    const known = this.cache.get(name);
    if (known !== undefined && known.file === file && known.version === file.platterVersion) return known.value as T;
    const value = read(file.platterView());
    this.cache.set(name, { file, version: file.platterVersion, value });
    return value;
  }

  private refresh(): void {
    const changes = this.identifiers.platterChanges;
    for (; this.changesSeen < changes.length; this.changesSeen++) {
      const change = changes[this.changesSeen];
      if (change === undefined) continue;
      if (change.kind === 'create') this.add(change.name, change.file);
      else if (change.kind === 'remove') this.remove(change.name);
      else {
        const file = this.identifiers.platterEntries.get(change.to);
        this.remove(change.from);
        this.remove(change.to);
        if (file !== undefined) this.add(change.to, file);
      }
    }
    const walChanges = this.wal.platterChanges;
    for (; this.walChangesSeen < walChanges.length; this.walChangesSeen++) {
      const change = walChanges[this.walChangesSeen];
      if (change === undefined) continue;
      for (const name of change.kind === 'rename' ? [change.from, change.to] : [change.name]) {
        const owner = this.framesOwners.get(name);
        if (owner !== undefined) this.findFrames(owner);
      }
    }
    if (this.touched.size > 0) {
      const touched = [...this.touched];
      this.touched.clear();
      for (const segment of touched) this.readAgain(segment);
    }
    if (this.touchedFrames.size > 0) {
      const touched = [...this.touchedFrames];
      this.touchedFrames.clear();
      for (const segment of touched) this.doubtFrames(segment, segment.frames?.takeLowestChange() ?? 0);
    }
  }

  private add(name: string, file: SimulatedFile): void {
    const firstIndex = firstIndexOf(name);
    if (firstIndex === undefined) return;
    this.remove(name);
    const segment: Segment = { firstIndex, file, sound: [], framesName: undefined, frames: undefined, intact: [] };
    const at = this.segmentOf(firstIndex) + 1;
    this.segments.splice(at, 0, segment);
    file.onPlatterChange = () => this.touched.add(segment);
    file.takeLowestChange();
    this.touched.add(segment);
    this.doubt(firstIndex, at - 1);
    this.readAll(segment);
  }

  private remove(name: string): void {
    const firstIndex = firstIndexOf(name);
    if (firstIndex === undefined) return;
    const at = this.segmentOf(firstIndex);
    const segment = this.segments[at];
    if (segment?.firstIndex !== firstIndex) return;
    this.segments.splice(at, 1);
    this.touched.delete(segment);
    this.touchedFrames.delete(segment);
    this.doubt(firstIndex, at - 1);
  }

  private readAll(segment: Segment): void {
    segment.sound.length = 0;
    segment.intact.length = 0;
    this.readFrom(segment);
  }

  private readAgain(segment: Segment): void {
    const slot = slotNear(segment.file.takeLowestChange());
    if (slot < segment.sound.length) {
      segment.sound.length = slot;
      segment.intact.length = Math.min(segment.intact.length, slot);
      if (!segment.sound.some((identifier) => identifier.kind === 'record')) segment.framesName = undefined;
      this.doubt(segment.firstIndex + slot, this.segmentOf(segment.firstIndex));
    }
    this.readFrom(segment);
  }

  private readFrom(segment: Segment): void {
    const bytes = segment.file.platterView();
    for (;;) {
      const identifier = readSlot(bytes, segment.sound.length, segment.firstIndex);
      if (identifier === undefined) return;
      segment.sound.push(identifier);
      if (segment.framesName === undefined && identifier.kind === 'record') {
        segment.framesName = `wal_${identifier.lsn}`;
        this.framesOwners.set(segment.framesName, segment);
      }
    }
  }

  /** Looks up the frames file, whose name may lead elsewhere by now. */
  private findFrames(segment: Segment): void {
    if (segment.framesName === undefined) return;
    const file = this.wal.platterEntries.get(segment.framesName);
    if (file === segment.frames) return;
    segment.frames = file;
    segment.intact.length = 0;
    this.lower(segment.firstIndex);
    if (file === undefined) return;
    file.onPlatterChange = () => this.touchedFrames.add(segment);
    file.takeLowestChange();
  }

  private areBytesThere(segment: Segment, identifier: StoredIdentifier): boolean {
    switch (identifier.kind) {
      case 'noop':
      case 'generation':
        return true;
      case 'record':
        return segment.frames !== undefined && isFrameIntact(segment.frames.platterView(), identifier);
      case 'membership': {
        const file = this.files.findOnPlatter(`control/control_${identifier.index}_${identifier.term}`);
        const payload = file === undefined ? undefined : readDoubled(file.platterView(), 'control');
        return payload?.length === identifier.length && crc32c(payload) === identifier.checksum;
      }
    }
  }

  /** Frames from this offset on have changed. */
  private doubtFrames(segment: Segment, offset: number): void {
    let slot = segment.intact.length;
    while (slot > 0) {
      const identifier = segment.sound[slot - 1];
      if (identifier !== undefined && identifier.offset + FRAME_HEADER + identifier.length <= offset) break;
      slot -= 1;
    }
    if (slot >= segment.intact.length) return;
    segment.intact.length = slot;
    this.lower(segment.firstIndex + slot);
  }

  /** Entries from here on have changed; segment `at` and those behind it may no longer fit together. */
  private doubt(index: number, at: number): void {
    this.completeCount = Math.max(0, Math.min(this.completeCount, at));
    this.lower(index);
  }

  private lower(index: number): void {
    for (const mark of this.watermarks) if (mark.index >= index) mark.index = index - 1;
  }

  /** The position of the last segment that begins at or before the index; -1 when none does. */
  private segmentOf(index: number): number {
    const { segments } = this;
    let low = 0;
    let high = segments.length;
    const last = segments[high - 1];
    if (last !== undefined && last.firstIndex <= index) return high - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((segments[middle] as Segment).firstIndex <= index) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

function firstIndexOf(name: string): number | undefined {
  const match = /^identifiers_([0-9]+)$/.exec(name);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}
