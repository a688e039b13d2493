import { LosslessNumber, parse } from 'lossless-json';

/**
 * Parses JSON without losing digits of whole numbers. Almost always the built-in parser will do; only a text with a
 * number of 16 digits or more, which a double may not hold, takes the slower one, whose numbers are `LosslessNumber`s.
 * (Base64 has no colon, so record data never looks like such a number.)
 *
 * @throws SyntaxError, or RangeError when it is nested too deeply.
 */
export function parseExactJson(text: string): unknown {
  return /:\s*-?\d{16}/.test(text) ? parse(text) : JSON.parse(text);
}

/** The whole number that a parsed value is, exactly; undefined when it is none. Text counts when it is plain digits. */
export function exactInteger(value: unknown): bigint | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  if (typeof value === 'string') return /^\d{1,40}$/.test(value) ? BigInt(value) : undefined;
  if (value instanceof LosslessNumber) {
    const digits = value.toString();
    if (/^-?\d{1,400}$/.test(digits)) return BigInt(digits);
    return exactInteger(Number(digits));
  }
  return undefined;
}

/** Whether a parsed value is a JSON number. */
export function isJsonNumber(value: unknown): boolean {
  return typeof value === 'number' || value instanceof LosslessNumber;
}

export type ExactJson =
  | string
  | number
  | bigint
  | boolean
  | readonly ExactJson[]
  | { readonly [name: string]: ExactJson | undefined };

/** A value as JSON; a bigint becomes a number, digit for digit. Fields that are undefined are left out. */
export function writeExactJson(value: ExactJson): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(writeExactJson).join(',')}]`;
  const parts: string[] = [];
  for (const [name, field] of Object.entries(value)) {
    if (field !== undefined) parts.push(`"${name}":${writeExactJson(field)}`);
  }
  return `{${parts.join(',')}}`;
}
