import { crc32c } from '../bytes/crc32c.ts';
import { fromHex, toHex } from '../bytes/hex.ts';
import { MalformedBytes } from '../bytes/malformed_bytes.ts';
import { ByteReader } from '../bytes/reader.ts';
import { ByteWriter } from '../bytes/writer.ts';
import { readEntries, writeEntries } from './entries.ts';
import type { Body, FetchAnswer, Message } from './message.ts';

/**
 * The one binary message of the peers: magic `SKP` and version (4 bytes) · type (u8) · envelope · body · CRC-32C of all
 * before it. A version it does not know is refused, never guessed at.
 */
const MAGIC = 0x0150_4b53;
const TYPES = [
  'hello',
  'refuse',
  'preVote',
  'preVoteAnswer',
  'vote',
  'voteAnswer',
  'append',
  'appendAnswer',
  'timeoutNow',
  'fetch',
  'fetchAnswer',
] as const satisfies readonly Body['type'][];
const FETCH_STATES = ['have', 'hole', 'absent'] as const satisfies readonly FetchAnswer['state'][];
const HEX_ID_LENGTH = 32;

export function encodeMessage(message: Message): Uint8Array {
  const { body } = message;
  const writer = new ByteWriter(body.type === 'append' || body.type === 'fetchAnswer' ? 512 : 160);
  writer.u32(MAGIC);
  writer.u8(TYPES.indexOf(body.type));
  writeOptionalId(writer, message.clusterId);
  writer.string(message.from);
  writer.bytes(fromHex(message.fromIncarnation));
  writer.u48(message.boot);
  writer.u48(message.session);
  writeOptionalId(writer, message.toIncarnation);
  writer.u48(message.term);
  writeBody(writer, body);
  const end = writer.length;
  writer.u32(0);
  const bytes = writer.finish();
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(end, crc32c(bytes, 0, end), true);
  return bytes;
}

/** Undefined when the bytes are no message of this version, sound to the last bit. */
export function decodeMessage(bytes: Uint8Array): Message | undefined {
  if (bytes.length < 9) return undefined;
  const end = bytes.length - 4;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint32(0, true) !== MAGIC || view.getUint32(end, true) !== crc32c(bytes, 0, end)) return undefined;
  const reader = new ByteReader(bytes.subarray(4, end));
  try {
    const type = TYPES[reader.u8()];
    if (type === undefined) return undefined;
    const clusterId = readOptionalId(reader);
    const from = reader.string();
    const fromIncarnation = toHex(reader.bytes(HEX_ID_LENGTH / 2));
    const boot = reader.u48();
    const session = reader.u48();
    const toIncarnation = readOptionalId(reader);
    const term = reader.u48();
    const body = readBody(reader, type);
    reader.expectEnd();
    return { clusterId, from, fromIncarnation, boot, session, toIncarnation, term, body };
  } catch (error) {
    if (error instanceof MalformedBytes) return undefined;
    throw error;
  }
}

function writeBody(writer: ByteWriter, body: Body): void {
  switch (body.type) {
    case 'hello':
      writer.string(body.url);
      writer.u16(body.urls.length);
      for (const url of body.urls) writer.string(url);
      writer.u8(body.founding === undefined ? 0 : 1);
      if (body.founding !== undefined) writer.sizedBytes(body.founding);
      writer.u16(body.sessions.length);
      for (const session of body.sessions) writer.u48(session);
      writer.u48(body.recoveredTerm);
      writer.u48(body.recoveredIndex);
      writer.u8(body.wantsReply ? 1 : 0);
      return;
    case 'refuse':
      writer.u48(body.session);
      writer.string(body.sentence);
      return;
    case 'preVote':
      writer.u48(body.nextTerm);
      writer.u48(body.lastTerm);
      writer.u48(body.lastIndex);
      return;
    case 'preVoteAnswer':
      writer.u48(body.nextTerm);
      writer.u8(body.granted ? 1 : 0);
      return;
    case 'vote':
      writer.u48(body.lastTerm);
      writer.u48(body.lastIndex);
      writer.u8(body.transfer ? 1 : 0);
      return;
    case 'voteAnswer':
      writer.u8(body.granted ? 1 : 0);
      return;
    case 'append':
      writer.u48(body.previousIndex);
      writer.u48(body.previousTerm);
      writer.u48(body.commitIndex);
      writer.u48(body.round);
      writeEntries(writer, body.entries);
      return;
    case 'appendAnswer':
      writer.u48(body.round);
      writer.u48(body.matchIndex);
      writer.u8(body.rejected === undefined ? 0 : 1);
      if (body.rejected !== undefined) {
        writer.u48(body.rejected.previousIndex);
        writer.u48(body.rejected.hintIndex);
        writer.u48(body.rejected.hintTerm);
      }
      return;
    case 'timeoutNow':
      return;
    case 'fetch':
      writer.u48(body.index);
      writer.u48(body.entryTerm);
      return;
    case 'fetchAnswer':
      writer.u48(body.index);
      writer.u48(body.entryTerm);
      writer.u8(FETCH_STATES.indexOf(body.state));
      writer.u8(body.committed ? 1 : 0);
      writeEntries(writer, body.entries);
      return;
  }
}

function readBody(reader: ByteReader, type: Body['type']): Body {
  switch (type) {
    case 'hello': {
      const url = reader.string();
      const urls: string[] = [];
      for (let count = reader.u16(); count > 0; count--) urls.push(reader.string());
      const founding = readFlag(reader) ? reader.sizedBytes() : undefined;
      const sessions: number[] = [];
      for (let count = reader.u16(); count > 0; count--) sessions.push(reader.u48());
      const recoveredTerm = reader.u48();
      const recoveredIndex = reader.u48();
      return { type, url, urls, founding, sessions, recoveredTerm, recoveredIndex, wantsReply: readFlag(reader) };
    }
    case 'refuse':
      return { type, session: reader.u48(), sentence: reader.string() };
    case 'preVote':
      return { type, nextTerm: reader.u48(), lastTerm: reader.u48(), lastIndex: reader.u48() };
    case 'preVoteAnswer':
      return { type, nextTerm: reader.u48(), granted: readFlag(reader) };
    case 'vote':
      return { type, lastTerm: reader.u48(), lastIndex: reader.u48(), transfer: readFlag(reader) };
    case 'voteAnswer':
      return { type, granted: readFlag(reader) };
    case 'append': {
      const previousIndex = reader.u48();
      const previousTerm = reader.u48();
      const commitIndex = reader.u48();
      const round = reader.u48();
      return { type, previousIndex, previousTerm, commitIndex, round, entries: readEntries(reader, previousIndex + 1) };
    }
    case 'appendAnswer': {
      const round = reader.u48();
      const matchIndex = reader.u48();
      const rejected = readFlag(reader)
        ? { previousIndex: reader.u48(), hintIndex: reader.u48(), hintTerm: reader.u48() }
        : undefined;
      return { type, round, matchIndex, rejected };
    }
    case 'timeoutNow':
      return { type };
    case 'fetch':
      return { type, index: reader.u48(), entryTerm: reader.u48() };
    case 'fetchAnswer': {
      const index = reader.u48();
      const entryTerm = reader.u48();
      const state = FETCH_STATES[reader.u8()];
      if (state === undefined) throw new MalformedBytes('unknown state of a fetched entry');
      const committed = readFlag(reader);
      return { type, index, entryTerm, state, committed, entries: readEntries(reader, index) };
    }
  }
}

function readFlag(reader: ByteReader): boolean {
  const flag = reader.u8();
  if (flag > 1) throw new MalformedBytes('a flag is 0 or 1');
  return flag === 1;
}

function writeOptionalId(writer: ByteWriter, id: string | undefined): void {
  writer.u8(id === undefined ? 0 : 1);
  if (id !== undefined) writer.bytes(fromHex(id));
}

function readOptionalId(reader: ByteReader): string | undefined {
  return readFlag(reader) ? toHex(reader.bytes(HEX_ID_LENGTH / 2)) : undefined;
}
