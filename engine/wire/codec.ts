import { crc32c } from '../bytes/crc32c.ts';
import { MalformedBytes } from '../bytes/malformed_bytes.ts';
import { holds32 } from '../bytes/put.ts';
import { ByteReader } from '../bytes/reader.ts';
import { ByteWriter } from '../bytes/writer.ts';
import type { Term } from '../vocabulary/units.ts';
import { encodedEntriesBytes, readEntries, writeEntries } from './entries.ts';
import { encodeEnvelope, type KnownSender, readEnvelope, readFlag, readSender } from './envelope.ts';
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
const TYPE_CODES = Object.fromEntries(TYPES.map((type, code) => [type, code])) as Readonly<
  Record<Body['type'], number>
>;

/** Messages up to this size are cut from a buffer that many share: arrays of their own cost more than what is in them. */
const SHARED_BYTES_MAX = 4 * 1024;
/** Kept alive as a whole by each message that is: so not larger than it must be to make its price negligible. */
const SHARED_BUFFER_BYTES = 32 * 1024;
const shared = new ByteWriter(SHARED_BUFFER_BYTES);

/** A message as an onlooker sees it. */
export type Content = Pick<Message, 'from' | 'boot' | 'term' | 'body'>;

export function encodeMessage(message: Message): Uint8Array {
  return encodeBody(encodeEnvelope(message), message.term, message.body);
}

/** A message whose envelope is in bytes already. */
export function encodeBody(envelope: Uint8Array, term: Term, body: Body): Uint8Array {
  const entries = body.type === 'append' || body.type === 'fetchAnswer' ? body.entries : undefined;
  const entriesBytes = entries === undefined ? 0 : encodedEntriesBytes(entries);
  const isShared = entriesBytes <= SHARED_BYTES_MAX;
  const writer = isShared ? shared : new ByteWriter(entriesBytes + envelope.length + 64);
  // An earlier message may have been given up half-way, for a value that does not fit.
  writer.discard();
  writer.u32(MAGIC);
  writer.u8(TYPE_CODES[body.type]);
  writer.bytes(envelope);
  writer.u48(term);
  writeBody(writer, body);
  writer.crc32c();
  return isShared ? writer.cut() : writer.finish();
}

/**
 * Undefined when the bytes are no message of this version, sound to the last bit. `senders` are those that most
 * messages come from.
 */
export function decodeMessage(bytes: Uint8Array, senders: readonly KnownSender[] = []): Message | undefined {
  return read(bytes, (reader, type) => {
    const { clusterId, from, fromIncarnation, boot, session, toIncarnation } = readEnvelope(reader, senders);
    const term = reader.u48();
    const body = readBody(reader, type);
    return { clusterId, from, fromIncarnation, boot, session, toIncarnation, term, body };
  });
}

/** What those want to know who only look on; the rest of the envelope is passed over. Undefined as `decodeMessage`. */
export function decodeContent(bytes: Uint8Array): Content | undefined {
  return read(bytes, (reader, type) => {
    const { from, boot } = readSender(reader);
    const term = reader.u48();
    return { from, boot, term, body: readBody(reader, type) };
  });
}

/** Checks a message from outside, and has `readRest` read what follows its type. */
function read<T>(bytes: Uint8Array, readRest: (reader: ByteReader, type: Body['type']) => T): T | undefined {
  if (bytes.length < 9) return undefined;
  const end = bytes.length - 4;
  const reader = new ByteReader(bytes, end);
  try {
    if (reader.u32() !== MAGIC || !holds32(bytes, end, crc32c(bytes, 0, end))) return undefined;
    const type = TYPES[reader.u8()];
    if (type === undefined) return undefined;
    const result = readRest(reader, type);
    reader.expectEnd();
    return result;
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
