import { EVENT_TYPE } from '../binlog/event_types.ts';
import { fileName } from '../binlog/file_name.ts';
import { CRC_BYTES, parseFormatDescription } from '../binlog/format_description.ts';
import { toLsn } from '../binlog/lsn.ts';
import { type StoredUnit, UnitReader, isFileHeader } from '../stored/units.ts';
import { findFile } from './find_file.ts';
import { heartbeat, rotateTo } from './made_up_events.ts';
import type { ReplicaSettings } from './questions.ts';
import { ReplicaPosition, UnservableError } from './replica_position.ts';
import type { StoredLog } from './stored_log.ts';

export interface DumpContext {
  readonly log: StoredLog;
  readonly serverId: number;
  readonly fileBase: string;
  /** Takes the next event; resolves once the replica has room for more. */
  readonly send: (event: Buffer) => Promise<void>;
  readonly signal: AbortSignal;
  /** Told where it begins. */
  readonly onBegin: (file: string) => void;
}

/** MariaDB's replicas ask for it; without it they would not understand the events of today's servers. */
const CAPABILITY_GTID = 4;

/**
 * Plays the primary: sends what the replica lacks, transaction by transaction, and then what is committed, until `signal` fires.
 * @throws UnservableError; SafekeeperError; BinlogError.
 */
export async function dumpToReplica(context: DumpContext, settings: ReplicaSettings): Promise<void> {
  const { log, signal } = context;
  if (settings.connectState === undefined) {
    throw new UnservableError('Replicate by GTID: CHANGE MASTER TO master_use_gtid=slave_pos.');
  }
  if (!settings.knowsChecksums || settings.capability < CAPABILITY_GTID) {
    throw new UnservableError(
      'The replica is too old: MariaDB 10.0 or later is needed, with binlog_checksum known to it.',
    );
  }
  const position = new ReplicaPosition(settings.connectState);
  const latest = await log.latestLsn();
  const start = await findFile(log, position);
  if (start !== undefined) position.beginsAfter(start.before);
  const feed = new Feed(context, position, new Set(start?.before.map(({ domainId }) => domainId)));
  const from = start === undefined ? 1n : toLsn({ fileNumber: start.fileNumber, offset: 0 });
  const records = log.follow(from, signal)[Symbol.asyncIterator]();
  const units = new UnitReader();
  let isAtEnd = latest === 0n;
  let next = records.next();
  try {
    for (;;) {
      const record = await orNothing(next, settings.heartbeatNs / 1_000_000);
      if (signal.aborted) return;
      if (record === undefined) {
        await feed.heartbeat();
        continue;
      }
      if (record.done === true) return;
      const unit = units.push(record.value);
      if (unit !== undefined) await feed.send(unit);
      if (!isAtEnd && record.value.lsn >= latest) {
        isAtEnd = true;
        feed.reachedEnd();
      }
      next = records.next();
    }
  } finally {
    next.catch(() => {});
    records.return?.()?.then(undefined, () => {});
  }
}

/** One replica's stream of events. */
class Feed {
  readonly #context: DumpContext;
  readonly #position: ReplicaPosition;
  readonly #domains: Set<number>;
  #file = '';
  #offset = 4;
  #checksumBytes: 0 | 4 = CRC_BYTES;

  constructor(context: DumpContext, position: ReplicaPosition, domains: Set<number>) {
    this.#context = context;
    this.#position = position;
    this.#domains = domains;
  }

  async send(unit: StoredUnit): Promise<void> {
    const { send, serverId, fileBase, onBegin } = this.#context;
    const first = unit.events[0];
    if (isFileHeader(unit) && first !== undefined) {
      const isFirst = this.#file === '';
      this.#file = fileName(fileBase, unit.fileNumber);
      // The replica learns the name before the format, and so with the checksums that it had until now.
      await send(rotateTo(this.#file, serverId, this.#checksumBytes));
      this.#checksumBytes = parseFormatDescription(first.bytes, this.#file).checksumBytes;
      if (isFirst) onBegin(this.#file);
    }
    this.#offset = unit.endOffset;
    // A transaction that no server ended happens on no replica either.
    if (unit.kind === 'broken') return;
    if (unit.gtid !== undefined) {
      this.#domains.add(unit.gtid.domainId);
      if (!this.#position.lacks(unit.gtid)) return;
    }
    if (first?.event.header.type === EVENT_TYPE.stop) return;
    for (const { bytes } of unit.events) await send(bytes);
  }

  async heartbeat(): Promise<void> {
    if (this.#file === '') return;
    await this.#context.send(heartbeat(this.#file, this.#offset, this.#context.serverId, this.#checksumBytes));
  }

  /** @throws UnservableError when the replica has more than what is committed. */
  reachedEnd(): void {
    this.#position.reachedEnd(this.#domains);
  }
}

/** What comes, or undefined when nothing does for so long. */
async function orNothing<Value>(promise: Promise<Value>, waitMs: number): Promise<Value | undefined> {
  if (waitMs <= 0) return await promise;
  let timer: NodeJS.Timeout | undefined;
  const nothing = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), waitMs);
  });
  try {
    return await Promise.race([promise, nothing]);
  } finally {
    clearTimeout(timer);
  }
}
