import { crc32c } from '../bytes/crc32c.ts';
import { commitUpTo } from '../replica/commitment.ts';
import type { NodeState } from '../state.ts';
import { LoneNode, seededChance } from './lone_node.ts';
import { readDirectory } from './read_directory.ts';
import { DEFAULT_LIMITS } from '../vocabulary/config.ts';
import type { LogEntry } from '../journal/entry.ts';
import { fillHole } from '../journal/fill.ts';
import { encodeFrame } from '../journal/frame.ts';
import { appendToLog, endAt, trimTail, truncateLog } from '../journal/log.ts';
import { sealSegments } from '../journal/seal.ts';
import { flushJournal } from '../journal/write.ts';

/** What can happen to a journal. */
export type JournalAction =
  | { readonly do: 'append'; readonly count: number }
  | { readonly do: 'replace'; readonly back: number; readonly count: number }
  | { readonly do: 'commit'; readonly behind: number }
  | { readonly do: 'work'; readonly operations: number }
  | { readonly do: 'rest' | 'fill' }
  | { readonly do: 'crash' | 'powerCut'; readonly operations: number };

/**
 * What must be true of the log on a disk, written without looking at how the journal does it. `image` is the log as it
 * was handed to the disk; whatever comes back after a crash is a first part of it, at least the first `synced` entries.
 */
export class JournalModel {
  readonly node: LoneNode;
  private readonly chance: () => number;
  private log: LogEntry[] = [];
  private image: LogEntry[] = [];
  private synced = 0;
  /** Entries, by index, whose bytes are known to be on the platter. */
  private intact = new Set<number>();
  private term = 1;
  private cutTo = 0;

  constructor(segmentBytes: number, seed: number) {
    this.chance = seededChance(seed);
    const limits = { ...DEFAULT_LIMITS, tailEntriesMax: 4, writeBytesMax: 600 };
    this.node = new LoneNode({ segmentBytes, limits });
    this.node.workAll();
    this.reconcile();
    this.node.changed = (before, after): void => this.follow(before, after);
  }

  act(action: JournalAction): void {
    switch (action.do) {
      case 'append':
        if (this.isReady) this.append(action.count);
        return;
      case 'replace':
        if (this.isReady) this.replace(action.back, action.count);
        return;
      case 'commit':
        if (this.isReady) this.commit(action.behind);
        return;
      case 'work':
        this.work(action.operations);
        return;
      case 'rest':
        this.rest();
        return;
      case 'fill':
        if (this.isReady) this.fill();
        return;
      case 'crash':
      case 'powerCut':
        this.work(action.operations);
        if (action.do === 'powerCut') this.node.disk.powerCut(this.chance);
        this.node.start();
        return;
    }
  }

  /** Lets everything come to an end and compares memory with what a power cut would leave. */
  rest(): void {
    while (this.node.busy) this.work(1000);
    const { journal, replica } = this.node.state;
    const directory = readDirectory(this.node.disk.platter());
    check(
      directory.entries.length === this.log.length,
      `the disk has ${directory.entries.length} entries, memory ${this.log.length}`,
    );
    for (const [position, entry] of this.log.entries()) {
      const found = directory.entries[position];
      check(
        found !== undefined && matches(found.identifier, entry),
        `identifier ${entry.index} on the disk is of another entry`,
      );
      if (entry.kind !== 'record' || journal.holes.has(entry.index)) continue;
      check(hex(found?.data) === hex(entry.body.subarray(12)), `record ${entry.lsn} on the disk is another`);
    }
    const records = this.log.filter((entry) => entry.kind === 'record').length;
    check(journal.recordCount === records, `${journal.recordCount} records are counted, ${records} are there`);
    check(journal.sealed.size === directory.sealed.length, 'the manifest is not what memory holds');
    const committed = endAt(journal, replica.commit.index).recordCount;
    check(replica.commit.recordCount === committed, 'committed records are miscounted');
    if (this.node.config.segmentBytes === 0) {
      check(
        directory.wal.every((file) => file.lsns.length === 1),
        'a file holds more than one record',
      );
    }
  }

  restart(): void {
    this.node.start();
    this.rest();
  }

  private get isReady(): boolean {
    return this.node.state.phase === 'member' && this.node.halted === undefined;
  }

  private work(operations: number): void {
    for (let done = 0; done < operations && this.node.work(this.chance); done++) {
      check(this.node.halted === undefined, this.node.halted ?? '');
    }
  }

  private append(count: number): void {
    const entries = Array.from({ length: count }, () => this.nextEntry());
    this.node.change((d) => {
      appendToLog(d, entries);
      flushJournal(d);
    });
  }

  private replace(back: number, count: number): void {
    const { commit } = this.node.state.replica;
    const from = Math.max(this.log.length - back, commit.index + 1, 2);
    if (from > this.log.length) return;
    this.log = this.log.slice(0, from - 1);
    this.term += 1;
    const entries = Array.from({ length: count }, () => this.nextEntry());
    this.node.change((d) => {
      truncateLog(d, from);
      appendToLog(d, entries);
      flushJournal(d);
    });
  }

  private commit(behind: number): void {
    this.node.change((d) => {
      // A follower may know entries behind a hole of its own to be committed.
      commitUpTo(d, Math.max(0, d.journal.durableIndex - behind));
      sealSegments(d, d.replica.commit.index);
      trimTail(d, d.replica.commit.index);
    });
  }

  private fill(): void {
    this.node.change((d) => {
      d.journal.holes.forEach((_, index) => {
        const entry = this.log[index - 1];
        if (entry !== undefined) fillHole(d, entry);
      });
      flushJournal(d);
    });
  }

  private nextEntry(): LogEntry {
    const last = this.log[this.log.length - 1];
    const index = this.log.length + 1;
    const lsn = (last?.lsn ?? 0n) + 1n + BigInt(Math.floor(this.chance() * 3));
    const isRecord = this.chance() < 0.8;
    const data = new Uint8Array(Math.floor(this.chance() * 50)).map(() => Math.floor(this.chance() * 256));
    const entry: LogEntry = {
      index,
      term: this.term,
      kind: isRecord ? 'record' : 'noop',
      lsn: isRecord ? lsn : (last?.lsn ?? 0n),
      generation: 0,
      spaceId: undefined,
      pageNo: isRecord ? index : undefined,
      checksum: isRecord ? crc32c(data) : 0,
      body: isRecord ? encodeFrame(lsn, data) : new Uint8Array(0),
    };
    this.log.push(entry);
    return entry;
  }

  /** Keeps account of what the disk was handed and what it has finished. */
  private follow(before: NodeState, after: NodeState): void {
    if (after.phase === 'recovering') return;
    if (before.phase === 'recovering') {
      this.reconcile();
      return;
    }
    const was = before.journal.logWrite;
    const is = after.journal.logWrite;
    if (was !== undefined && was.id !== is?.id) {
      if (was.kind === 'append') {
        this.synced = Math.max(this.synced, was.lastIndex);
        for (let index = before.journal.writtenIndex; index >= 1 && !this.intact.has(index); index--) {
          if (!after.journal.holes.has(index)) this.intact.add(index);
        }
      } else if (was.kind === 'truncate') {
        this.image = this.image.slice(0, this.cutTo);
      } else {
        for (const entry of was.entries) {
          if (!after.journal.holes.has(entry.index)) this.intact.add(entry.index);
        }
      }
    }
    if (is !== undefined && is.id !== was?.id) {
      if (is.kind === 'append') {
        this.image = [...this.image, ...this.log.slice(this.image.length, is.lastIndex)];
      } else if (is.kind === 'truncate') {
        this.cutTo = after.journal.writtenIndex;
        this.synced = Math.min(this.synced, this.cutTo);
        for (const index of this.intact) if (index > this.cutTo) this.intact.delete(index);
      }
    }
    const { durableIndex } = after.journal;
    check(durableIndex <= this.synced, `entry ${durableIndex} counts as durable, ${this.synced} are synced`);
    for (let index = 1; index <= durableIndex; index++) {
      check(this.image[index - 1] === this.log[index - 1], `entry ${index} counts as durable, and another is`);
    }
    this.tailHasNoGaps(after);
  }

  /** After a start: what came back is what had to, and nothing that was never there. */
  private reconcile(): void {
    const { journal } = this.node.state;
    if (this.image.length === 0) {
      const founding = journal.tail.get(1)?.entry;
      if (founding !== undefined) this.image = [founding];
    }
    check(journal.lastIndex <= this.image.length, `${journal.lastIndex} entries came back of ${this.image.length}`);
    check(journal.lastIndex >= this.synced, `${this.synced} entries were synced, ${journal.lastIndex} came back`);
    for (let index = 1; index <= journal.lastIndex; index++) {
      const should = this.image[index - 1];
      const stored = journal.tail.get(index);
      const hole = journal.holes.get(index);
      if (stored !== undefined) {
        check(
          should !== undefined && matches(stored.entry, should) && hex(stored.entry.body) === hex(should.body),
          `entry ${index} came back as another`,
        );
      } else if (hole !== undefined) {
        check(should !== undefined && matches(hole.identifier, should), `hole ${index} came back as another entry`);
        check(!this.intact.has(index), `entry ${index} was synced and came back as a hole`);
      } else {
        check(index <= (journal.sealed.get(journal.sealed.size - 1)?.lastIndex ?? 0), `entry ${index} is lost`);
      }
    }
    this.image = this.image.slice(0, journal.lastIndex);
    this.log = [...this.image];
    this.synced = journal.lastIndex;
    this.intact = new Set(this.image.map((entry) => entry.index).filter((index) => !journal.holes.has(index)));
    this.tailHasNoGaps(this.node.state);
  }

  private tailHasNoGaps({ journal }: NodeState): void {
    const first = Math.min(journal.tail.firstKey() ?? Infinity, journal.holes.firstKey() ?? Infinity);
    let bytes = 0;
    for (let index = first; index <= journal.lastIndex; index++) {
      if (!journal.tail.has(index) && !journal.holes.has(index)) throw new Error(`memory holds no entry ${index}`);
      bytes += journal.tail.get(index)?.entry.body.length ?? 0;
    }
    check(journal.tailBytes === bytes, `memory holds ${bytes} bytes and counts ${journal.tailBytes}`);
  }
}

function check(condition: boolean, sentence: string): void {
  if (!condition) throw new Error(sentence);
}

/** All that an identifier says of its entry, besides where it is. */
function matches(is: Omit<LogEntry, 'body'>, should: LogEntry): boolean {
  return (
    is.index === should.index &&
    is.term === should.term &&
    is.kind === should.kind &&
    is.lsn === should.lsn &&
    is.generation === should.generation &&
    is.spaceId === should.spaceId &&
    is.pageNo === should.pageNo &&
    is.checksum === should.checksum
  );
}

function hex(bytes: Uint8Array | undefined): string {
  return Array.from(bytes ?? [], (byte) => byte.toString(16).padStart(2, '0')).join('');
}
