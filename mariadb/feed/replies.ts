/** A row of texts; null is SQL's NULL. */
export type TextRow = readonly (string | null)[];

const AUTOCOMMIT = 2;
const VAR_STRING = 253;
const UTF8 = 33;
const EOF = Buffer.from([0xfe, 0, 0, AUTOCOMMIT, 0]);

/** Source: the MySQL protocol, "OK_Packet". */
export function encodeOk(): Buffer {
  return Buffer.from([0x00, 0, 0, AUTOCOMMIT, 0, 0, 0]);
}

/** Source: "ERR_Packet". @param state five characters: a SQL state. */
export function encodeError(code: number, sentence: string, state = 'HY000'): Buffer {
  const head = Buffer.alloc(3);
  head.writeUInt8(0xff, 0);
  head.writeUInt16LE(code, 1);
  return Buffer.concat([head, Buffer.from(`#${state}${sentence}`, 'utf8')]);
}

/** The packets of a result with one row. Source: "Text Resultset". */
export function encodeRows(columns: readonly string[], rows: readonly TextRow[]): readonly Buffer[] {
  return [
    Buffer.from([columns.length]),
    ...columns.map(encodeColumn),
    EOF,
    ...rows.map((row) => Buffer.concat(row.map((text) => (text === null ? Buffer.from([0xfb]) : encodeText(text))))),
    EOF,
  ];
}

function encodeColumn(name: string): Buffer {
  const fixed = Buffer.alloc(13);
  let at = fixed.writeUInt8(0x0c, 0);
  at = fixed.writeUInt16LE(UTF8, at);
  at = fixed.writeUInt32LE(1_024, at);
  fixed.writeUInt8(VAR_STRING, at);
  return Buffer.concat([...['def', '', '', '', name, name].map(encodeText), fixed]);
}

/** Length and text; all of ours are shorter than 64 KiB. */
function encodeText(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.byteLength < 0xfb) return Buffer.concat([Buffer.from([bytes.byteLength]), bytes]);
  const head = Buffer.from([0xfc, 0, 0]);
  head.writeUInt16LE(bytes.byteLength, 1);
  return Buffer.concat([head, bytes]);
}
