import { LSN_MAX } from '../../engine/index.ts';
import { exactInteger, isJsonNumber, parseExactJson } from './exact_json.ts';
import { malformed, type Reply } from './reply.ts';

/** A value, or the reply that says what is wrong with it. */
export type Reading<Value> = { readonly value: Value } | { readonly reply: Reply };

export type JsonObject = Readonly<Record<string, unknown>>;

const UINT32_MAX = 0xffff_ffffn;
const GENERATION_MAX = BigInt(Number.MAX_SAFE_INTEGER);

/** The body as a JSON value. */
export function readJson(body: Uint8Array): Reading<unknown> {
  try {
    return { value: parseExactJson(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')) };
  } catch (error) {
    const why = error instanceof RangeError ? 'it is nested too deeply' : String((error as Error).message);
    return { reply: malformed(`The body is no valid JSON: ${why.slice(0, 200)}.`) };
  }
}

/** A JSON value as an object. */
export function readObject(value: unknown, example: string): Reading<JsonObject> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value) && !isJsonNumber(value);
  if (isObject) return { value: value as JsonObject };
  return { reply: malformed(`${show(value)} was sent where a JSON object belongs, such as ${example}.`) };
}

/** 1 … 2^64−1, as a number of any size or a string of digits. */
export function readLsn(object: JsonObject, name: string): Reading<bigint> {
  return required(readInteger(object, name, { min: 1n, max: LSN_MAX, text: true }), name);
}

/** 0 … 2^64−1; undefined when it is absent. */
export function readPreviousLsn(object: JsonObject, name: string): Reading<bigint | undefined> {
  return readInteger(object, name, { min: 0n, max: LSN_MAX, text: true });
}

/** An unsigned 32-bit number; undefined when it is absent. */
export function readUint32(object: JsonObject, name: string): Reading<number | undefined> {
  return asNumber(readInteger(object, name, { min: 0n, max: UINT32_MAX, text: false }));
}

/** 0 … 2^53−1; undefined when it is absent. */
export function readGeneration(object: JsonObject, name: string): Reading<number | undefined> {
  return asNumber(readInteger(object, name, { min: 0n, max: GENERATION_MAX, text: true }));
}

/** An LSN in a query string, `absent` when it is not there. */
export function readLsnParameter(text: string | undefined, name: string, absent?: bigint): Reading<bigint> {
  if (text === undefined && absent !== undefined) return { value: absent };
  return readLsn(text === undefined ? {} : { [name]: text }, name);
}

/** A number of things, from 1 to `max`, in a query string, `absent` when it is not there. */
export function readCountParameter(
  text: string | undefined,
  name: string,
  { max, absent }: { readonly max: number; readonly absent: number },
): Reading<number> {
  if (text === undefined) return { value: absent };
  return required(asNumber(readInteger({ [name]: text }, name, { min: 1n, max: BigInt(max), text: true })), name);
}

/** Says that a field must be there. */
export function required<Value>(reading: Reading<Value | undefined>, name: string): Reading<Value> {
  if ('reply' in reading) return reading;
  if (reading.value === undefined) return { reply: malformed(`${name} is missing.`, name) };
  return { value: reading.value };
}

interface Bounds {
  readonly min: bigint;
  readonly max: bigint;
  /** Whether a string of digits is taken as well: for what does not fit a double. */
  readonly text: boolean;
}

function readInteger(object: JsonObject, name: string, { min, max, text }: Bounds): Reading<bigint | undefined> {
  const given = Object.hasOwn(object, name) ? object[name] : undefined;
  if (given === undefined || given === null) return { value: undefined };
  const value = text || isJsonNumber(given) ? exactInteger(given) : undefined;
  if (value !== undefined && value >= min && value <= max) return { value };
  return { reply: malformed(`${name} must be a whole number from ${min} to ${max}, not ${show(given)}.`, name) };
}

function asNumber(reading: Reading<bigint | undefined>): Reading<number | undefined> {
  if ('reply' in reading || reading.value === undefined) return reading as Reading<undefined>;
  return { value: Number(reading.value) };
}

/** What was given, short enough for a sentence. */
function show(given: unknown): string {
  if (isJsonNumber(given)) return String(given).slice(0, 60);
  if (typeof given === 'string') return JSON.stringify(given.slice(0, 60));
  if (typeof given === 'boolean') return String(given);
  if (given === null) return 'null';
  return Array.isArray(given) ? 'an array' : 'an object';
}
