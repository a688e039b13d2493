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

/** One flat object as JSON; a bigint becomes a number, digit for digit. Fields that are undefined are left out. */
export function writeExactJson(
  fields: Readonly<Record<string, string | number | bigint | boolean | undefined | Readonly<Record<string, unknown>>>>,
): string {
  const parts: string[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    const text =
      typeof value === 'bigint'
        ? value.toString()
        : typeof value === 'object'
          ? writeExactJson(value as Parameters<typeof writeExactJson>[0])
          : JSON.stringify(value);
    parts.push(`"${name}":${text}`);
  }
  return `{${parts.join(',')}}`;
}
