/** JSON Schema, as OpenAPI 3.1 uses it. */
export type Schema = Readonly<Record<string, unknown>>;

export const STRING: Schema = { type: 'string' };
export const BOOLEAN: Schema = { type: 'boolean' };
export const COUNT: Schema = { type: 'integer', minimum: 0 };
export const UINT32: Schema = { type: 'integer', minimum: 0, maximum: 4_294_967_295 };
export const GENERATION: Schema = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
export const BASE64: Schema = { type: 'string', contentEncoding: 'base64' };
/** In answers always a number, digit for digit. */
export const LSN: Schema = {
  type: 'integer',
  minimum: 0,
  format: 'uint64',
  description: 'Up to 2^64-1: more digits than a double holds.',
};
/** In requests also as text, for clients whose numbers are doubles. */
export const LSN_GIVEN: Schema = { anyOf: [LSN, { type: 'string', pattern: '^[0-9]{1,20}$' }] };
export const GO_DURATION: Schema = {
  type: 'string',
  pattern: '^([0-9]+h)?([0-9]+m)?([0-9.]+(s|ms))$',
  description: 'As Go prints a duration: 0s, 250ms, 1m30s.',
};

/** An object with these properties and no others. Those that may be missing are named. */
export function object(properties: Readonly<Record<string, Schema>>, optional: readonly string[] = []): Schema {
  return {
    type: 'object',
    properties,
    required: Object.keys(properties).filter((name) => !optional.includes(name)),
    additionalProperties: false,
  };
}

/** An object with any names and one kind of value. */
export function mapOf(values: Schema): Schema {
  return { type: 'object', additionalProperties: values };
}

/** What a success says besides that it is one. */
export function successWith(properties: Readonly<Record<string, Schema>>, optional: readonly string[] = []): Schema {
  return object({ status: { const: 'success' }, ...properties }, optional);
}
