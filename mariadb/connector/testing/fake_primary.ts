import fs from 'node:fs';
import path from 'node:path';
import { EVENT_HEADER_BYTES, parseEventHeader } from '../../binlog/event_header.ts';
import { EVENT_TYPE } from '../../binlog/event_types.ts';
import { PrimaryError, READING_BINLOG_FAILED } from '../../primary/errors.ts';
import type { DumpEvent } from '../../primary/dump.ts';
import type { Dump, DumpSource } from '../dump_source.ts';

/** A server's log in memory, dumped as MariaDB does. */
export class FakePrimary implements DumpSource {
  /** By name, in order; the last one is open. */
  readonly files = new Map<string, Buffer>();
  /** What was asked for. */
  readonly opened: string[] = [];
  readonly acknowledged: string[] = [];

  static of(directory: string): FakePrimary {
    const primary = new FakePrimary();
    const names = fs.readdirSync(directory).filter((name) => /\.\d{6}$/.test(name));
    for (const name of names.sort()) primary.files.set(name, fs.readFileSync(path.join(directory, name)));
    return primary;
  }

  open({ file, position, semiSync }: { file: string; position: number; semiSync: boolean }): Promise<Dump> {
    const name = file === '' ? ([...this.files.keys()][0] ?? '') : file;
    this.opened.push(`${name}:${position}${semiSync ? ' semi-sync' : ''}`);
    const closed = new AbortController();
    const events = this.#events(name, position, semiSync, closed.signal);
    return Promise.resolve({
      events: () => events,
      acknowledge: (its: string, at: number) => void this.acknowledged.push(`${its}:${at}`),
      close: () => closed.abort(),
    });
  }

  async *#events(
    first: string,
    position: number,
    semiSync: boolean,
    closed: AbortSignal,
  ): AsyncGenerator<DumpEvent, void, undefined> {
    const names = [...this.files.keys()];
    if (!this.files.has(first)) {
      throw new PrimaryError(READING_BINLOG_FAILED, 'Could not find first log file name in binary log index file');
    }
    for (const name of names.slice(names.indexOf(first))) {
      const file = this.files.get(name) ?? Buffer.alloc(0);
      let at = name === first ? position : 4;
      yield { kind: 'file', name, position: at };
      if (at > file.byteLength) throw new PrimaryError(READING_BINLOG_FAILED, 'from impossible position');
      if (at > 4) yield { kind: 'format', bytes: file.subarray(4, 4 + file.readUInt32LE(4 + 9)) };
      while (at < file.byteLength) {
        if (closed.aborted) throw new Error('The dump was closed.');
        const left = file.byteLength - at;
        const size = left < EVENT_HEADER_BYTES ? 0 : parseEventHeader(file, at).sizeBytes;
        if (size < EVENT_HEADER_BYTES || size > left) {
          throw new PrimaryError(READING_BINLOG_FAILED, 'binlog truncated in the middle of event');
        }
        // As MariaDB asks at the end of each transaction that waits.
        const wantsAcknowledgement = semiSync && parseEventHeader(file, at).type === EVENT_TYPE.xid;
        yield { kind: 'event', bytes: Buffer.from(file.subarray(at, at + size)), wantsAcknowledgement };
        at += size;
      }
    }
    yield { kind: 'idle' };
    if (!closed.aborted) await new Promise((resolve) => closed.addEventListener('abort', resolve));
    throw new Error('The dump was closed.');
  }
}
