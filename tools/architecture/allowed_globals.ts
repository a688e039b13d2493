/**
 * What code of engine/ and sim/ may use of the language, and nothing else: a name not listed here is a violation, so that a global
 * nobody thought of is refused too. Left out on purpose: clocks, randomness, timers, locales, the text codecs (their treatment of
 * malformed bytes belongs to us), garbage collection, shared memory, and `Function` and `eval`, which make code out of text.
 */
export const ALLOWED_GLOBALS: ReadonlySet<string> = new Set([
  'undefined',
  'NaN',
  'Infinity',
  'isNaN',
  'isFinite',
  'parseInt',
  'parseFloat',
  'Object',
  'Array',
  'Map',
  'Set',
  'WeakMap',
  'WeakSet',
  'String',
  'Number',
  'Boolean',
  'BigInt',
  'Symbol',
  'RegExp',
  'JSON',
  'Math',
  'Error',
  'TypeError',
  'RangeError',
  'SyntaxError',
  'AggregateError',
  'ArrayBuffer',
  'DataView',
  'Uint8Array',
  'Uint16Array',
  'Uint32Array',
  'Int8Array',
  'Int16Array',
  'Int32Array',
  'BigInt64Array',
  'BigUint64Array',
  'Float64Array',
]);

/** Functions whose results the standard leaves to nobody: exact in every implementation. */
export const ALLOWED_MATH: ReadonlySet<string> = new Set([
  'abs',
  'ceil',
  'clz32',
  'floor',
  'fround',
  'imul',
  'max',
  'min',
  'round',
  'sign',
  'trunc',
]);

/** Globals that only sim/ may use: running a scenario may hand control back between steps. Their order is the standard's. */
export const ALLOWED_IN_SIM: ReadonlySet<string> = new Set(['Promise']);

/** Members of the language's own objects whose result depends on the machine, its locale or its Unicode version. */
export const FORBIDDEN_MEMBERS: ReadonlySet<string> = new Set([
  'captureStackTrace',
  'localeCompare',
  'normalize',
  'stack',
  'toLocaleDateString',
  'toLocaleLowerCase',
  'toLocaleString',
  'toLocaleTimeString',
  'toLocaleUpperCase',
]);

/** Type names of the library that stand for asynchronous code; refused in engine/ only. */
export const ASYNCHRONOUS_TYPES: ReadonlySet<string> = new Set([
  'AsyncGenerator',
  'AsyncIterable',
  'AsyncIterableIterator',
  'AsyncIterator',
  'PromiseLike',
]);
