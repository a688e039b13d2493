import { beforeEach, expect, it } from 'vitest';
import { SendProgress } from './send_progress.ts';
import type { Terminal } from './terminal.ts';

let now: number;
let lines: string[];
let terminal: Terminal;

beforeEach(() => {
  now = 0;
  lines = [];
  const err = (line: string) => void lines.push(line);
  terminal = { out: err, err, draw: undefined, environment: {}, onInterrupt: () => () => {} };
});

function begin(): SendProgress {
  const progress = new SendProgress(terminal, 60_000, () => now);
  progress.expect(10_000_000);
  return progress;
}

it('prints a line every five seconds where there is no terminal', () => {
  const progress = begin();
  for (; now < 11_000; now += 100) {
    if (now % 1_000 === 0) progress.acknowledged(BigInt(now + 1), 500_000);
    progress.show();
  }
  expect(lines).toEqual([
    '30 %, 6 records, 3.0 MB of 10.0 MB, 600.0 kB/s, 11.7 s left',
    '55 %, 11 records, 5.5 MB of 10.0 MB, 550.0 kB/s, 8.2 s left',
  ]);
});

it('speaks of trouble only when it lasts, once, and of its end', () => {
  const progress = begin();
  const reason = 'No leader yet.';
  progress.heard({ kind: 'retrying', url: 'http://a', reason, waitMs: 50 });
  now += 1_400;
  progress.show();
  progress.acknowledged(1n, 5);
  for (let times = 0; times < 30; times += 1) {
    now += 100;
    progress.heard({ kind: 'retrying', url: 'http://a', reason, waitMs: 50 });
    progress.show();
  }
  progress.acknowledged(2n, 5);
  expect(lines).toEqual([
    'No answer from a quorum. Retrying, for up to 1 m 00 s without progress. No leader yet.',
    'Going on after 3.0 s.',
  ]);
});

it('counts changes of the replica, not the first', () => {
  const progress = begin();
  progress.heard({ kind: 'connected', url: 'http://a', previousUrl: undefined });
  progress.heard({ kind: 'connected', url: 'http://b', previousUrl: 'http://a' });
  expect(progress.soFar).toEqual({ records: 0, bytes: 0, lastLsn: undefined, elapsedMs: 0, failOvers: 1 });
});

it('draws a bar on a terminal', () => {
  const drawn: string[] = [];
  terminal = { ...terminal, draw: (line) => void drawn.push(line) };
  const progress = begin();
  progress.show();
  now += 2_000;
  progress.acknowledged(1n, 5_000_000);
  progress.show();
  progress.stop();
  expect(drawn).toEqual([
    '[........................] 0 %, 0 records, 0 bytes of 10.0 MB, 0 bytes/s, waiting for the first answer',
    '[############............] 50 %, 1 record, 5.0 MB of 10.0 MB, 2.5 MB/s, 2.0 s left',
    '',
  ]);
});
