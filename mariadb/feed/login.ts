import { createHash, timingSafeEqual } from 'node:crypto';

/** A user and the password it logs in with. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** Source: the MySQL protocol, "Capabilities Flags"; what a replica needs and no more. */
const CAPABILITIES = 0x1 | 0x4 | 0x8 | 0x200 | 0x2000 | 0x8000 | 0x80000;
const CONNECT_WITH_DB = 0x8;
const SSL = 0x800;
const SSL_REQUEST_BYTES = 32;
const PLUGIN_AUTH = 0x80000;
const PLUGIN_AUTH_LENENC = 0x200000;
export const SCRAMBLE_BYTES = 20;
const PLUGIN = 'mysql_native_password';
const UTF8 = 33;
const AUTOCOMMIT = 2;

/** What a server says first. Source: "Protocol::HandshakeV10". @param scramble `SCRAMBLE_BYTES` random bytes without a zero. */
export function encodeGreeting(version: string, threadId: number, scramble: Buffer, offersTls = false): Buffer {
  const capabilities = offersTls ? CAPABILITIES | SSL : CAPABILITIES;
  const fixed = Buffer.alloc(4 + 8 + 1 + 2 + 1 + 2 + 2 + 1 + 10);
  let at = fixed.writeUInt32LE(threadId, 0);
  at += scramble.copy(fixed, at, 0, 8) + 1;
  at = fixed.writeUInt16LE(capabilities & 0xffff, at);
  at = fixed.writeUInt8(UTF8, at);
  at = fixed.writeUInt16LE(AUTOCOMMIT, at);
  at = fixed.writeUInt16LE(capabilities >>> 16, at);
  fixed.writeUInt8(SCRAMBLE_BYTES + 1, at);
  return Buffer.concat([
    Buffer.from([10]),
    Buffer.from(`${version}\0`, 'latin1'),
    fixed,
    scramble.subarray(8),
    Buffer.from(`\0${PLUGIN}\0`, 'latin1'),
  ]);
}

/** Whether the client asks for TLS before it says who it is. Source: "Protocol::SSLRequest". */
export function asksForTls(payload: Buffer): boolean {
  return payload.byteLength === SSL_REQUEST_BYTES && (payload.readUInt32LE(0) & SSL) !== 0;
}

export interface LoginAnswer {
  readonly user: string;
  readonly proof: Buffer;
  /** How the proof was made; undefined: as the server proposed. */
  readonly plugin: string | undefined;
}

/** What a client answers. Source: "Protocol::HandshakeResponse41". @throws RangeError when it is not that. */
export function parseLogin(payload: Buffer): LoginAnswer {
  if (payload.byteLength < 33) throw new RangeError('The answer to the greeting is too short.');
  const capabilities = payload.readUInt32LE(0);
  const cursor = { at: 32 };
  const user = textUpToNul(payload, cursor);
  const first = payload.readUInt8(cursor.at);
  if ((capabilities & PLUGIN_AUTH_LENENC) !== 0 && first >= 0xfb) throw new RangeError('A password that long is none.');
  cursor.at += 1;
  const proof = payload.subarray(cursor.at, cursor.at + first);
  if (proof.byteLength !== first) throw new RangeError('The answer to the greeting ends early.');
  cursor.at += first;
  if ((capabilities & CONNECT_WITH_DB) !== 0 && cursor.at < payload.byteLength) textUpToNul(payload, cursor);
  const hasPlugin = (capabilities & PLUGIN_AUTH) !== 0 && cursor.at < payload.byteLength;
  const plugin = hasPlugin ? textUpToNul(payload, cursor) : undefined;
  return { user, proof, plugin: plugin === PLUGIN ? undefined : plugin };
}

/** Asks for another proof: for a client that prefers another way of logging in. Source: "Protocol::AuthSwitchRequest". */
export function encodeAuthSwitch(scramble: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0xfe]), Buffer.from(`${PLUGIN}\0`, 'latin1'), scramble, Buffer.from([0])]);
}

/** Source: "Authentication Method mysql_native_password": SHA1(password) XOR SHA1(scramble + SHA1(SHA1(password))). */
export function proves(proof: Buffer, scramble: Buffer, password: string): boolean {
  if (password === '') return proof.byteLength === 0;
  const once = sha1(Buffer.from(password, 'utf8'));
  const mask = sha1(Buffer.concat([scramble, sha1(once)]));
  const expected = Buffer.from(once.map((byte, index) => byte ^ (mask[index] ?? 0)));
  return proof.byteLength === expected.byteLength && timingSafeEqual(proof, expected);
}

function sha1(bytes: Buffer): Buffer {
  return createHash('sha1').update(bytes).digest();
}

function textUpToNul(payload: Buffer, cursor: { at: number }): string {
  const end = payload.indexOf(0, cursor.at);
  if (end < 0) throw new RangeError('A name without an end.');
  const text = payload.toString('utf8', cursor.at, end);
  cursor.at = end + 1;
  return text;
}
