import { describe, expect, it } from 'vitest';
import { JournalModel } from '../testing/journal_model.ts';
import { readDirectory } from '../testing/read_directory.ts';
import { spansWithin } from './seal.ts';

describe('sealing', () => {
  it('fills one manifest file after the other, and a crash between two of them loses nothing', () => {
    const model = new JournalModel(0, 7);
    for (let i = 0; i < 6; i++) model.act({ do: 'append', count: 130 });
    model.rest();
    const records = model.node.state.journal.recordCount;
    expect(records).toBeGreaterThan(520);
    // Everything is sealed at once, into two files: ten operations take it past the first and not to the second.
    model.act({ do: 'commit', behind: 0 });
    model.act({ do: 'crash', operations: 8 });
    model.rest();
    const between = readDirectory(model.node.disk.platter()).sealed.length;
    expect(between).toBe(512);
    expect(model.node.state.replica.commit.index).toBe(model.node.state.journal.sealed.get(511)?.lastIndex);
    model.act({ do: 'commit', behind: 0 });
    model.rest();
    model.restart();
    const { sealed } = readDirectory(model.node.disk.platter());
    expect(sealed.length).toBeGreaterThan(512);
    expect([...model.node.disk.platter().keys()].filter((name) => name.includes('manifest'))).toHaveLength(2);
    expect(model.node.state.journal.recordCount).toBe(records);
  });

  it('takes of the terms those of the segment', () => {
    const spans = [
      { term: 1, firstIndex: 1 },
      { term: 3, firstIndex: 5 },
      { term: 4, firstIndex: 9 },
    ];
    expect(spansWithin(spans, 1, 4)).toEqual([{ term: 1, firstIndex: 1 }]);
    expect(spansWithin(spans, 3, 5)).toEqual([
      { term: 1, firstIndex: 3 },
      { term: 3, firstIndex: 5 },
    ]);
    expect(spansWithin(spans, 6, 20)).toEqual([
      { term: 3, firstIndex: 6 },
      { term: 4, firstIndex: 9 },
    ]);
    expect(spansWithin(spans, 9, 9)).toEqual([{ term: 4, firstIndex: 9 }]);
  });
});
