/**
 * - `settings`: the server is not set up so that commits wait for the quorum.
 * - `login`: it does not let the connector in, or TLS is not trusted.
 * - `beginning`: nothing is stored yet, and the server's log does not begin at the beginning.
 * - `history`: what is stored is not what the server has.
 * - `fenced`: another connector, or a take-over, has a higher generation.
 * - `log`: the server's log cannot be stored: encrypted, damaged, a file too long.
 * - `safekeepers`: they refuse for good: wrong key, record too large.
 */
export type RefusalCode = 'settings' | 'login' | 'beginning' | 'history' | 'fenced' | 'log' | 'safekeepers';

/** The connector cannot do its work, and trying again changes nothing: a person has to. `message` says what to do. */
export class ConnectorRefusal extends Error {
  override readonly name = 'ConnectorRefusal';
  readonly code: RefusalCode;

  constructor(code: RefusalCode, sentence: string, cause?: unknown) {
    super(sentence, cause === undefined ? {} : { cause });
    this.code = code;
  }
}
