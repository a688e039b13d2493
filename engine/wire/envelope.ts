import { fromHex, toHex } from '../bytes/hex.ts';
import { MalformedBytes } from '../bytes/malformed_bytes.ts';
import type { ByteReader } from '../bytes/reader.ts';
import { ByteWriter } from '../bytes/writer.ts';
import type { Envelope } from './message.ts';

const ID_BYTES = 16;

/**
 * An envelope and its bytes. All messages of one process to another have the same, so whoever has shaken hands keeps
 * it, copies the bytes instead of making them, and recognises them instead of reading them.
 */
export interface KnownEnvelope {
  readonly envelope: Envelope;
  readonly bytes: Uint8Array;
}

/** Somebody whose messages begin with bytes that are known. */
export interface KnownSender {
  readonly incoming: KnownEnvelope;
}

export function knownEnvelope(envelope: Envelope): KnownEnvelope {
  return { envelope, bytes: encodeEnvelope(envelope) };
}

export function encodeEnvelope(envelope: Envelope): Uint8Array {
  const writer = new ByteWriter(128);
  writeOptionalId(writer, envelope.clusterId);
  writer.string(envelope.from);
  writer.bytes(fromHex(envelope.fromIncarnation));
  writer.u48(envelope.boot);
  writer.u48(envelope.session);
  writeOptionalId(writer, envelope.toIncarnation);
  return writer.finish();
}

/** Reads an envelope, or passes over one that it knows. Throws `MalformedBytes`. */
export function readEnvelope(reader: ByteReader, senders: readonly KnownSender[]): Envelope {
  for (const { incoming } of senders) if (reader.skipIfNext(incoming.bytes)) return incoming.envelope;
  const clusterId = readOptionalId(reader);
  const from = reader.string();
  const fromIncarnation = toHex(reader.bytes(ID_BYTES));
  const boot = reader.u48();
  const session = reader.u48();
  const toIncarnation = readOptionalId(reader);
  return { clusterId, from, fromIncarnation, boot, session, toIncarnation };
}

/** Reads an envelope for those who only want to know whose message it is. Throws `MalformedBytes`. */
export function readSender(reader: ByteReader): Pick<Envelope, 'from' | 'boot'> {
  if (readFlag(reader)) reader.skip(ID_BYTES);
  const from = reader.string();
  reader.skip(ID_BYTES);
  const boot = reader.u48();
  reader.u48();
  if (readFlag(reader)) reader.skip(ID_BYTES);
  return { from, boot };
}

function writeOptionalId(writer: ByteWriter, id: string | undefined): void {
  writer.u8(id === undefined ? 0 : 1);
  if (id !== undefined) writer.bytes(fromHex(id));
}

function readOptionalId(reader: ByteReader): string | undefined {
  return readFlag(reader) ? toHex(reader.bytes(ID_BYTES)) : undefined;
}

/** A yes or no. Throws `MalformedBytes` for anything but 1 and 0. */
export function readFlag(reader: ByteReader): boolean {
  const flag = reader.u8();
  if (flag > 1) throw new MalformedBytes('a flag is 0 or 1');
  return flag === 1;
}
