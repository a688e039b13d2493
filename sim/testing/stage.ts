import type { Inspection, LogEntry } from '../../engine/index.ts';
import { crc32c } from '../../engine/bytes/crc32c.ts';
import { encodeFrame } from '../../engine/journal/frame.ts';
import { encodeIdentifier, SECTOR_BYTES, slotOffset } from '../../engine/journal/identifier.ts';
import { encodeTermFile } from '../../engine/journal/files/term_file.ts';
import {
  DEFAULT_LIMITS,
  DEFAULT_TIMING,
  type Effect,
  type Event,
  type Observation,
} from '../../engine/vocabulary/index.ts';
import { type CheckContext, createContext } from '../checkers/context.ts';
import type { ClientRequest, RequestBody } from '../clients/request.ts';
import { SimulatedDisk } from '../disk/disk.ts';
import { HEALTHY_DISK } from '../disk/parameters.ts';
import type { EngineNode, EngineUnderTest, MessageFacts } from '../engine_under_test.ts';
import { EventQueue } from '../event_queue.ts';
import { tellAll } from '../observers.ts';
import { NodeClock } from '../process/clock.ts';
import { Replica } from '../process/replica.ts';
import { Random } from '../random.ts';
import { replicaName, replicaUrl } from '../scenario.ts';

export const TICK: Event = { kind: 'tick', now: 0 };
export const NODE: EngineNode = {};

export const observe = (observation: Observation): Effect => ({ kind: 'observe', observation });

/** A record at `index` of `term`, whose LSN is ten times its index. */
export function entryOf(index: number, term: number, data: Uint8Array = Uint8Array.of(index)): LogEntry {
  const lsn = BigInt(index * 10);
  return {
    index,
    term,
    kind: 'record',
    lsn,
    generation: 0,
    spaceId: undefined,
    pageNo: undefined,
    checksum: crc32c(data),
    body: encodeFrame(lsn, data),
  };
}

/** Replicas whose processes never run, for a test to put things on their disks and tell checkers about them. */
export class Stage {
  readonly queue = new EventQueue();
  readonly replicas: readonly Replica[];
  readonly context: CheckContext;
  /** What the fake engine says of every node. */
  inspection: Partial<Inspection> = { term: 1, termSpans: [], lastIndex: 0 };
  entries = new Map<number, LogEntry>();
  message: MessageFacts | undefined;
  private requests = 0;

  constructor(count: number) {
    const engine: EngineUnderTest = {
      createNode: () => NODE,
      step: (node) => ({ node, effects: [] }),
      nextDeadline: () => null,
      inspect: () => this.inspection as Inspection,
      entryAt: (_node, index) => this.entries.get(index),
      describeMessage: () => this.message,
    };
    const host = {
      engine,
      queue: this.queue,
      observer: tellAll([]),
      send: () => {},
      respond: () => {},
      ended: () => {},
    };
    this.replicas = Array.from({ length: count }, (_, number) => {
      const random = new Random(`stage ${number}`);
      const config = {
        replicaId: replicaName(number),
        advertiseUrl: replicaUrl(number),
        peerUrls: [],
        timing: DEFAULT_TIMING,
        limits: DEFAULT_LIMITS,
        segmentBytes: 0,
      };
      const disk = new SimulatedDisk(this.queue, random, HEALTHY_DISK);
      return new Replica(
        number,
        config,
        disk,
        new NodeClock({ offsetMs: 0, driftPpm: 0, granularityMs: 0 }),
        random,
        host,
      );
    });
    this.context = createContext(engine, this.queue, this.replicas);
  }

  replica(number: number): Replica {
    const replica = this.replicas[number];
    if (replica === undefined) throw new RangeError(`no replica ${number}`);
    return replica;
  }

  request(body: RequestBody): ClientRequest {
    return { number: this.requests++, client: 'client', body, committedBefore: this.context.ledger.lastIndex };
  }

  /** Puts entries into one segment on a disk, all in one frames file; what is not durable stays in the cache. */
  store(
    number: number,
    entries: readonly LogEntry[],
    { frames = true, durable = true, firstIndex = entries[0]?.index ?? 1 } = {},
  ): void {
    const { files } = this.replica(number).disk;
    const name = `identifiers/identifiers_${firstIndex}`;
    const framesName = `wal/wal_${firstIndex * 10}`;
    let offset = files.find(framesName)?.size ?? 0;
    for (const entry of entries) {
      const slot = new Uint8Array(64);
      encodeIdentifier(slot, 0, { ...entry, offset, length: entry.body.length - 12, positionInWrite: 0 });
      const at = slotOffset(entry.index - firstIndex);
      files.write(name, at, slot);
      files.write(name, at + SECTOR_BYTES, slot);
      if (frames) files.write(framesName, offset, entry.body);
      offset += entry.body.length;
    }
    if (!durable) return;
    for (const path of frames ? [name, framesName] : [name]) files.existing(path).sync();
    files.directory('identifiers').sync();
    files.directory('wal').sync();
  }

  storeTerm(number: number, term: number, votedFor?: string): void {
    const { files } = this.replica(number).disk;
    files.remove('term-and-vote');
    files.write('term-and-vote', 0, encodeTermFile({ term, votedFor, marks: [], synced: { index: 0, term: 0 } }));
    files.existing('term-and-vote').sync();
    files.directory('').sync();
  }
}
