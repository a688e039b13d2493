/**
 * - `foreign`: no binary log of a MariaDB server.
 * - `encrypted`: its events cannot be read without the server's key.
 * - `damaged`: bytes are not what the server wrote.
 * - `too_long`: a file of 4 GiB or more, whose positions no longer fit an LSN.
 * - `directory`: the directory's files do not make one log.
 * - `history`: what is stored does not continue in these files.
 */
export type BinlogErrorCode = 'foreign' | 'encrypted' | 'damaged' | 'too_long' | 'directory' | 'history';

/** A binary log that cannot be read, or does not fit; `message` says where, why and what to do. */
export class BinlogError extends Error {
  override readonly name = 'BinlogError';
  readonly code: BinlogErrorCode;

  constructor(code: BinlogErrorCode, sentence: string) {
    super(sentence);
    this.code = code;
  }
}
