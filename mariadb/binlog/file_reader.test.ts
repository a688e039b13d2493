import { open, truncate } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { EventPiece } from './binlog_event.ts';
import { BinlogError } from './errors.ts';
import { EVENT_TYPE } from './event_types.ts';
import { readEvents, type TornTail } from './file_reader.ts';
import { SyntheticLog } from './testing/synthetic_log.ts';
import { temporaryLog } from './testing/temporary_logs.ts';

interface Read {
  readonly pieces: readonly EventPiece[];
  readonly tail: TornTail | undefined;
}

async function readPath(path: string): Promise<Read> {
  const pieces: EventPiece[] = [];
  let tail: TornTail | undefined;
  const file = await open(path);
  try {
    for await (const batch of readEvents(file, 'the file', (torn) => void (tail = torn))) pieces.push(...batch);
  } finally {
    await file.close();
  }
  return { pieces, tail };
}

async function read(bytes: Uint8Array): Promise<Read> {
  return await readPath((await temporaryLog(bytes)).path);
}

async function failure(bytes: Uint8Array): Promise<[string, string]> {
  const error = await read(bytes).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof BinlogError)) throw new Error('expected a BinlogError', { cause: error });
  return [error.code, error.message];
}

function bytesOf(pieces: readonly EventPiece[]): Buffer {
  return Buffer.concat(pieces.map(({ bytes }) => bytes));
}

describe('readEvents', () => {
  it.each([true, false])('reads every event where it is (checksums: %s)', async (checksums) => {
    const log = new SyntheticLog({ checksums }).transaction(100).transaction(0).add(EVENT_TYPE.stop);
    const { pieces, tail } = await read(log.bytes);
    expect(pieces.map(({ event }) => event.offset)).toEqual(log.offsets);
    expect(pieces.every(({ last }) => last)).toBe(true);
    expect(bytesOf(pieces).equals(log.bytes.subarray(4))).toBe(true);
    expect(tail).toBeUndefined();
  });

  it.each([true, false])('gives a large event out in pieces (checksums: %s)', async (checksums) => {
    const log = new SyntheticLog({ checksums })
      .transaction(5_000_000)
      .transaction(900_000)
      .transaction(2 ** 20);
    const { pieces } = await read(log.bytes);
    expect(bytesOf(pieces).equals(log.bytes.subarray(4))).toBe(true);
    expect(Math.max(...pieces.map(({ bytes }) => bytes.byteLength))).toBe(2 ** 20);
    expect(pieces.filter(({ last }) => last).map(({ event }) => event.offset)).toEqual(log.offsets);
  });

  it('reads an open file as the closed one it will be', async () => {
    const open = new SyntheticLog({ inUse: true }).transaction(1).bytes;
    const closed = new SyntheticLog().transaction(1).bytes;
    expect(open.equals(closed)).toBe(false);
    expect(bytesOf((await read(open)).pieces).equals(closed.subarray(4))).toBe(true);
  });

  it('stops cleanly wherever the file is cut', async () => {
    const log = new SyntheticLog().transaction(10);
    const whole = log.bytes;
    for (let size = 0; size < whole.byteLength; size += 1) {
      const { pieces, tail } = await read(whole.subarray(0, size));
      const before = [...log.offsets, whole.byteLength].filter((offset) => offset <= size);
      const offset = before.at(-1) ?? 0;
      expect(pieces.length).toBe(Math.max(0, before.length - 1));
      expect(tail).toEqual(size === offset ? undefined : { kind: 'tornTail', offset, bytes: size - offset });
    }
  });

  it('takes zeros at the end for a torn tail, and zeros before something for damage', async () => {
    const whole = new SyntheticLog().transaction(10).bytes;
    const zeros = Buffer.alloc(3_000_000);
    const { pieces, tail } = await read(Buffer.concat([whole, zeros]));
    expect([pieces.length, tail?.offset]).toEqual([5, whole.byteLength]);
    expect((await failure(Buffer.concat([whole, zeros, Buffer.from('x')])))[0]).toBe('damaged');
  });

  it('finds every flipped bit of a checksummed log', async () => {
    const whole = new SyntheticLog().transaction(10).add(EVENT_TYPE.stop).bytes;
    for (let at = 4; at < whole.byteLength; at += 1) {
      const flipped = Buffer.from(whole);
      flipped.writeUInt8((flipped[at] ?? 0) ^ 0x10, at);
      const outcome = await read(flipped).then(
        ({ tail }) => (tail === undefined ? 'nothing' : 'torn'),
        (error: unknown) => (error instanceof BinlogError ? error.code : 'something else'),
      );
      expect(['damaged', 'foreign', 'torn'], `byte ${at}`).toContain(outcome);
    }
  });

  it('finds damage in a large event before giving out its first byte', async () => {
    const log = new SyntheticLog().transaction(5_000_000);
    const damaged = log.bytes;
    damaged.writeUInt8(99, 4_000_000);
    const pieces: EventPiece[] = [];
    const file = await open((await temporaryLog(damaged)).path);
    const reading = (async () => {
      for await (const batch of readEvents(file, 'the file', () => {})) pieces.push(...batch);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'damaged' });
    await file.close();
    expect(pieces.length).toBe(3);
  });

  it('says where the damage is', async () => {
    const log = new SyntheticLog().transaction(10);
    const damaged = log.bytes;
    const at = log.offsets[2] ?? 0;
    damaged.writeUInt8(99, at + 20);
    expect(await failure(damaged)).toEqual([
      'damaged',
      expect.stringMatching(
        new RegExp(
          `^the file: the event at ${at} has checksum 0x\\w{8}, but its bytes have 0x\\w{8}\\. Copy the file again\\.$`,
        ),
      ),
    ]);
  });

  it.each<[string, string, Uint8Array]>([
    ['foreign', 'does not begin with fe 62 69 6e', Buffer.from('hello world')],
    ['foreign', 'does not begin with a format description', new SyntheticLog().bytes.subarray(0, 4)],
    ['foreign', 'not by MariaDB', new SyntheticLog({ serverVersion: '8.4.0' }).bytes],
    ['foreign', 'events of MySQL (type 33)', new SyntheticLog().add(33, Buffer.alloc(20)).bytes],
    ['encrypted', 'is encrypted', new SyntheticLog().add(164, Buffer.alloc(17)).raw(Buffer.alloc(50, 9)).bytes],
    ['damaged', 'or this is a relay log', relayLog()],
    ['damaged', 'impossible size of 3 bytes', new SyntheticLog().raw(Buffer.alloc(30, 3).fill(0, 10)).bytes],
  ])('refuses what is %s: it %s', async (code, why, bytes) => {
    const given = why.includes('format description') ? Buffer.concat([bytes, headerOnly()]) : bytes;
    const [found, message] = await failure(given);
    expect([found, message]).toEqual([code, expect.stringContaining(why)]);
  });

  it('refuses a file beyond 4 GiB', async () => {
    const { path } = await temporaryLog(new SyntheticLog().bytes);
    await truncate(path, 2 ** 32);
    await expect(readPath(path)).rejects.toMatchObject({ code: 'too_long' });
  });
});

/** A single event that is no format description, at the place of one. */
function headerOnly(): Buffer {
  const header = Buffer.alloc(19);
  header.writeUInt8(EVENT_TYPE.stop, 4);
  header.writeUInt32LE(19, 9);
  header.writeUInt32LE(23, 13);
  return header;
}

/** Events keep the positions they had on the primary. */
function relayLog(): Buffer {
  const log = new SyntheticLog().transaction(10);
  return Buffer.concat([log.bytes.subarray(0, log.offsets[1]), log.bytes.subarray(log.offsets[2])]);
}
