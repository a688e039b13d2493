import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../engine/index.ts';
import type { FileSystem } from '../disk/file_system.ts';
import { Random } from '../random.ts';
import { entryOf, Stage } from '../testing/stage.ts';
import { isFrameIntact, readSlot, type StoredIdentifier } from './disk_reader.ts';
import type { PlatterLog } from './platter_log.ts';

describe('PlatterLog', () => {
  it('sees what is durable and nothing else', () => {
    const stage = new Stage(1);
    const platter = stage.context.platters[0] as PlatterLog;
    expect(platter.lastIndex()).toBe(0);
    stage.store(0, [entryOf(1, 1), entryOf(2, 1)]);
    expect(platter.lastIndex()).toBe(2);
    expect(platter.intactIndex()).toBe(2);
    stage.store(0, [entryOf(3, 1)], { firstIndex: 1, durable: false });
    expect(platter.lastIndex()).toBe(2);
    expect(platter.data(2)).toEqual(Uint8Array.of(2));
  });

  it('tells an entry without its bytes', () => {
    const stage = new Stage(1);
    const platter = stage.context.platters[0] as PlatterLog;
    stage.store(0, [entryOf(1, 1), entryOf(2, 1)], { frames: false });
    expect(platter.lastIndex()).toBe(2);
    expect(platter.intactIndex()).toBe(0);
    stage.store(0, [entryOf(1, 1), entryOf(2, 1)]);
    expect(platter.intactIndex()).toBe(2);
    stage
      .replica(0)
      .disk.files.existing('wal/wal_10')
      .flipBit(8 * (13 + 12));
    expect(platter.intactIndex()).toBe(1);
  });

  it('ends a segment where the next one begins, and lowers the marks of its readers', () => {
    const stage = new Stage(1);
    const platter = stage.context.platters[0] as PlatterLog;
    const mark = platter.watermark();
    stage.store(
      0,
      [1, 2, 3, 4].map((index) => entryOf(index, 1)),
    );
    mark.index = platter.lastIndex();
    expect(mark.index).toBe(4);
    const { files } = stage.replica(0).disk;
    files.findOrCreate('identifiers/identifiers_3');
    files.directory('identifiers').sync();
    expect(platter.lastIndex()).toBe(2);
    expect(mark.index).toBe(2);
    stage.store(0, [entryOf(3, 2)]);
    expect(platter.entry(3)?.term).toBe(2);
    files.remove('identifiers/identifiers_3');
    files.directory('identifiers').sync();
    expect(platter.lastIndex()).toBe(4);
    expect(platter.entry(3)?.term).toBe(1);
  });

  it('always says what a fresh reader would', () => {
    for (let seed = 0; seed < 60; seed++) {
      const random = new Random(`platter ${seed}`);
      const stage = new Stage(1);
      const platter = stage.context.platters[0] as PlatterLog;
      const { files } = stage.replica(0).disk;
      let firstIndex = 1;
      let entries: LogEntry[] = [];
      for (let round = 0; round < 30; round++) {
        const next = firstIndex + entries.length;
        const more = Array.from({ length: random.integer(1, 9) }, (_, at) => entryOf(next + at, round));
        switch (random.integer(0, 4)) {
          case 0:
            files.powerCut(random);
            break;
          case 1:
            firstIndex = Math.max(1, next - random.integer(0, 3));
            entries = more.map((_, at) => entryOf(firstIndex + at, round));
            stage.store(0, entries, { durable: random.chance(0.5) });
            break;
          default:
            entries = [...entries, ...more];
            stage.store(0, more, { firstIndex, durable: random.chance(0.7), frames: random.chance(0.8) });
        }
        const expected = readNaively(files);
        expect(platter.lastIndex()).toBe(expected.entries.length);
        expect(platter.intactIndex()).toBe(expected.intactIndex);
        expected.entries.forEach((entry, at) => expect(platter.entry(at + 1)).toEqual(entry));
      }
    }
  });
});

/** The whole platter, read anew. */
function readNaively(files: FileSystem): { entries: StoredIdentifier[]; intactIndex: number } {
  const firsts = [...files.directory('identifiers').platterEntries.keys()].map((name) => Number(name.slice(12)));
  firsts.sort((a, b) => a - b);
  const entries: StoredIdentifier[] = [];
  let intactIndex = 0;
  for (const [position, first] of firsts.entries()) {
    if (first !== entries.length + 1) break;
    const slots = files.findOnPlatter(`identifiers/identifiers_${first}`)?.platterView() ?? new Uint8Array(0);
    const frames = files.findOnPlatter(`wal/wal_${first * 10}`)?.platterView() ?? new Uint8Array(0);
    for (let index = first; index < (firsts[position + 1] ?? Infinity); index++) {
      const identifier = readSlot(slots, index - first, first);
      if (identifier === undefined) break;
      entries.push(identifier);
      if (intactIndex === index - 1 && isFrameIntact(frames, identifier)) intactIndex = index;
    }
  }
  return { entries, intactIndex };
}
