import { describe, expect, it } from 'vitest';
import { judge, type Verdict } from './answers.ts';
import { ConflictError, GapError, RefusedError, SafekeeperError } from './errors.ts';

const URL_ASKED = 'http://a:1';

function judged(status: number, body: unknown, retryAfterMs?: number): Verdict {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return judge({ status, body: text, retryAfterMs }, URL_ASKED);
}

function errorOf(verdict: Verdict): SafekeeperError {
  if (verdict.kind !== 'failure') throw new Error(`expected a failure, not ${verdict.kind}`);
  return verdict.error;
}

describe('judge', () => {
  it('passes a success on', () => {
    expect(judged(200, { status: 'success', latest_lsn: 3 })).toEqual({
      kind: 'success',
      body: { status: 'success', latest_lsn: 3 },
    });
    expect(judged(200, { status: 'ok', state: 'leader' }).kind).toBe('success');
  });

  it.each(['conflict', 'out_of_order', 'gap', 'fenced'])(
    'turns %s into a typed refusal with the latest LSN',
    (code) => {
      const text = `{"status":"error","error":"No","code":"${code}","latest_lsn":18446744073709551615}`;
      const error = errorOf(judged(409, text));
      expect(error).toBeInstanceOf(RefusedError);
      expect(error.code).toBe(code);
      expect(error.latestLsn).toBe(18446744073709551615n);
      expect(error.url).toBe(URL_ASKED);
      expect(error.message).toMatch(/^No\. \w/);
    },
  );

  it('gives each refusal its class', () => {
    expect(errorOf(judged(409, { code: 'conflict' }))).toBeInstanceOf(ConflictError);
    expect(errorOf(judged(409, { code: 'gap' }))).toBeInstanceOf(GapError);
    expect(errorOf(judged(409, { code: 'conflict' })).name).toBe('ConflictError');
  });

  it.each([
    [400, 'malformed'],
    [401, 'unauthorized'],
    [404, 'not_found'],
    [413, 'too_large'],
    [415, 'malformed'],
    [409, 'protocol'],
  ])('knows status %i as %s', (status, code) => {
    expect(errorOf(judged(status, { status: 'error', error: 'No.' })).code).toBe(code);
  });

  it('says from where on records are still kept', () => {
    const error = errorOf(judged(410, { status: 'error', error: 'Dropped.', code: 'dropped', first_lsn: 77 }));
    expect([error.code, error.firstLsn]).toEqual(['dropped', 77n]);
  });

  it('takes what is no safekeeper for what it is', () => {
    expect(errorOf(judged(404, '<html>not here</html>')).code).toBe('protocol');
    expect(errorOf(judged(200, '<html>welcome</html>')).code).toBe('protocol');
    expect(errorOf(judged(200, '[]')).code).toBe('protocol');
  });

  it('waits where it is when the server is overloaded', () => {
    expect(judged(429, { error: 'Too much' }, 250)).toEqual({
      kind: 'retry',
      reason: 'Too much.',
      elsewhere: false,
      mayHaveHappened: false,
      waitMs: 250,
    });
  });

  it('looks for the leader after 5xx, and knows when nothing can have happened', () => {
    expect(judged(503, { code: 'no_leader', error: 'None.' })).toMatchObject({
      elsewhere: true,
      mayHaveHappened: false,
    });
    expect(judged(503, { code: 'unknown', error: 'Lost.' })).toMatchObject({ elsewhere: true, mayHaveHappened: true });
    expect(judged(502, 'bad gateway')).toMatchObject({ kind: 'retry', elsewhere: true, mayHaveHappened: true });
    expect(judged(507, { code: 'disk_full', error: 'Full.' })).toMatchObject({ kind: 'retry', elsewhere: true });
  });
});
