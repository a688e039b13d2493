import { describe, expect, it } from 'vitest';
import { EVENT_TYPE, endsTransaction } from './event_types.ts';

function query(text: string): Buffer {
  return Buffer.from(`\x11shop\0${text}`, 'latin1');
}

describe('endsTransaction', () => {
  it('knows the four ends', () => {
    expect(endsTransaction(EVENT_TYPE.xid, Buffer.alloc(9))).toBe(true);
    expect(endsTransaction(EVENT_TYPE.xaPrepare, Buffer.alloc(9))).toBe(true);
    expect(endsTransaction(EVENT_TYPE.query, query('COMMIT'))).toBe(true);
    expect(endsTransaction(EVENT_TYPE.query, query('ROLLBACK'))).toBe(true);
  });

  it.each(['BEGIN', 'SAVEPOINT `a`', 'ROLLBACK TO `a`', 'insert COMMIT', "XA END X'7831',X'',1", ''])(
    'does not take the query %j for one',
    (text) => expect(endsTransaction(EVENT_TYPE.query, query(text))).toBe(false),
  );

  it('looks at the query only in queries', () => {
    expect(endsTransaction(EVENT_TYPE.annotateRows, query('COMMIT'))).toBe(false);
    expect(endsTransaction(EVENT_TYPE.query, Buffer.from('MMIT'))).toBe(false);
  });
});
