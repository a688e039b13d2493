import { describe, expect, it } from 'vitest';
import { formatLine, type Line, mergeLines } from './line.ts';

const line = (from: number | string, to: readonly number[], text: string, more: Partial<Line> = {}): Line => ({
  atMs: 1_000,
  from: [from],
  to,
  text,
  arrow: '→',
  ...more,
});

const written = (...lines: readonly Line[]): string[] => mergeLines(lines).flatMap(formatLine);

describe('lines of a transcript', () => {
  it('put together what is said to several, and what several say', () => {
    expect(written(line(0, [1], 'vote'), line(0, [2], 'vote'), line(0, [4], 'vote', { lost: [4] }))).toEqual([
      '    1.000  replica-1 → 2, 3, 5     vote (lost to 5)',
    ]);
    expect(written(line(3, [0], 'yes'), line(1, [], 'leads'), line(1, [0], 'yes'), line(2, [0], 'yes'))).toEqual([
      '    1.000  replica-2–4 → 1         yes',
      '    1.000  replica-2               leads',
    ]);
  });

  it('keep apart what is said twice, and what is said at another time', () => {
    expect(written(line(0, [1], 'vote'), line(0, [1], 'vote'), line(0, [1], 'vote', { atMs: 1_005 }))).toEqual([
      '    1.000  replica-1 → 2           vote',
      '    1.000  replica-1 → 2           vote',
      '    1.005  replica-1 → 2           vote',
    ]);
  });

  it('name clients, and mark what is done to the world', () => {
    expect(written(line('writer', [0], 'store'), { ...line(0, [], 'power cut'), from: [] })).toEqual([
      '    1.000  writer → 1              store',
      '    1.000  !                       power cut',
    ]);
  });

  it('put together messages that are filtered in the same way', () => {
    const fault = (text: string): Line => ({ ...line(0, [], text), from: [] });
    expect(
      written(
        fault('messages (append) from replica-1 to replica-2 are lost for 5 ms'),
        fault('messages (append) from replica-1 to replica-4 are lost for 5 ms'),
        fault('messages (append) from replica-1 to replica-4 pass again'),
      ),
    ).toEqual([
      '    1.000  !                       messages (append) from replica-1 to replica-2, 4 are lost for 5 ms',
      '    1.000  !                       messages (append) from replica-1 to replica-4 pass again',
    ]);
  });

  it('break long sentences, and say what came late', () => {
    const lines = written(line(0, [1], 'word '.repeat(30).trim(), { late: [1] }));
    expect(lines).toHaveLength(2);
    expect(lines[1]).toBe(`${' '.repeat(35)}${'word '.repeat(14)}(comes late)`);
  });
});
