import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JournalAction } from '../../testing/journal_model.ts';
import { JournalModel } from '../../testing/journal_model.ts';
import { LoneNode, seededChance } from '../../testing/lone_node.ts';
import { readDirectory } from '../../testing/read_directory.ts';

const someCount = fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 1, max: 6 }) }, fc.integer({ min: 60, max: 130 }));
const someAction: fc.Arbitrary<JournalAction> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('append' as const), count: someCount }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('replace' as const), back: fc.nat(12), count: fc.nat(4) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('commit' as const), behind: fc.nat(6) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('work' as const), operations: fc.nat(25) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('rest' as const, 'fill' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('crash' as const, 'powerCut' as const), operations: fc.nat(25) }),
  },
);

/** Mistakes that were found here, shrunk. */
const FOUND: [number, number, JournalAction[]][] = [
  // A segment was sealed while it was being cut: a crash left the cut records in its files for ever.
  [
    0,
    0,
    [
      { do: 'commit', behind: 0 },
      { do: 'append', count: 1 },
      { do: 'replace', back: 0, count: 0 },
      { do: 'work', operations: 4 },
      { do: 'crash', operations: 8 },
      { do: 'append', count: 1 },
    ],
  ],
  // A second truncation removed the file that hid the slots of the first.
  [
    0,
    0,
    [
      { do: 'append', count: 1 },
      { do: 'replace', back: 0, count: 0 },
      { do: 'work', operations: 11 },
      { do: 'append', count: 1 },
      { do: 'replace', back: 0, count: 0 },
    ],
  ],
  // A start removed leftovers and crashed before its sync; the next start saw none and synced nothing.
  [
    0,
    1367661849,
    [
      { do: 'work', operations: 1 },
      { do: 'append', count: 2 },
      { do: 'powerCut', operations: 6 },
      { do: 'crash', operations: 19 },
    ],
  ],
];

describe('the journal over crashes', () => {
  it('comes back with what was synced, nothing that was cut, and files as published', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0, 100, 400),
        fc.nat(),
        fc.array(someAction, { minLength: 1, maxLength: 25 }),
        (segmentBytes, seed, actions) => {
          const model = new JournalModel(segmentBytes, seed);
          for (const action of actions) model.act(action);
          model.rest();
          model.restart();
        },
      ),
      { numRuns: 60, examples: FOUND },
    );
  });
});

describe('a first start', () => {
  it('founds its cluster whatever operation a crash came after, of the process or of the power', () => {
    for (const cut of [false, true]) {
      for (let operations = 0; operations < 40; operations++) {
        const chance = seededChance(operations);
        const node = new LoneNode();
        for (let done = 0; done < operations; done++) node.work(chance);
        if (cut) node.disk.powerCut(chance);
        const before = node.state.identity;
        node.start();
        node.workAll();
        expect(node.state.phase).toBe('member');
        // Whoever was told of this directory must find it again.
        if (before.incarnation !== '') expect(node.state.identity.incarnation).toBe(before.incarnation);
        if (before.clusterId !== undefined) expect(node.state.identity.clusterId).toBe(before.clusterId);
        expect(readDirectory(node.disk.platter()).entries).toHaveLength(1);
      }
    }
  });

  it('leaves the files of others alone', () => {
    const node = new LoneNode();
    node.workAll();
    const names = ['LOCK', 'notes.new', 'wal/wal_1.zst', 'wal/README'];
    for (const name of names) node.disk.place(name, new Uint8Array(3));
    node.disk.place('wal/wal_77', new Uint8Array(3));
    node.disk.place('identifiers/identifiers_5.new', new Uint8Array(3));
    node.start();
    node.workAll();
    const left = [...node.disk.platter().keys()];
    expect(left).toEqual(expect.arrayContaining(names));
    expect(left).not.toContain('wal/wal_77');
    expect(left).not.toContain('identifiers/identifiers_5.new');
  });
});

describe('a start on a disk that lost data', () => {
  /** A node with sealed segments, and the files it left. */
  function sealedNode(): LoneNode {
    const model = new JournalModel(100, 1);
    model.act({ do: 'append', count: 60 });
    model.rest();
    model.act({ do: 'commit', behind: 0 });
    model.rest();
    expect(model.node.state.journal.sealed.size).toBeGreaterThan(5);
    return model.node;
  }

  function startOn(node: LoneNode, change: (files: Map<string, Uint8Array>) => void): LoneNode {
    const files = new Map([...node.disk.platter()].map(([name, bytes]) => [name, bytes.slice()]));
    change(files);
    const next = new LoneNode(node.config);
    for (const name of [...next.disk.platter().keys()]) next.disk.perform({ op: 'remove', file: name });
    for (const [name, bytes] of files) next.disk.place(name, bytes);
    next.start();
    while (next.work(() => 0)) if (next.halted !== undefined) break;
    return next;
  }

  it('is refused when a sealed file is missing or short, by the name of the file', () => {
    const node = sealedNode();
    const row = node.state.journal.sealed.get(2);
    if (row === undefined) throw new Error('three segments are sealed');
    for (const name of [`wal/wal_${row.framesLsn}`, `identifiers/identifiers_${row.firstIndex}`]) {
      const gone = startOn(node, (files) => files.delete(name));
      expect(gone.halted).toBe(`${name} is missing or shorter than when it was sealed: this disk lost data`);
      const short = startOn(node, (files) => files.set(name, (files.get(name) ?? new Uint8Array(1)).slice(0, -1)));
      expect(short.halted).toContain(`${name} is missing or shorter`);
    }
  });

  it('bears one bad copy of a manifest, and refuses two', () => {
    const node = sealedNode();
    const spoil = (name: string, ...offsets: number[]): LoneNode =>
      startOn(node, (files) => {
        for (const at of offsets) files.get(name)?.fill(0xee, at, at + 4);
      });
    const name = 'identifiers/manifest_0';
    const second = Math.ceil((node.disk.platter().get(name)?.length ?? 0) / 2 / 4096) * 4096;
    expect(spoil(name, 20).state.phase).toBe('member');
    expect(spoil(name, second + 20).state.phase).toBe('member');
    expect(spoil(name, 20, second + 20).halted).toBe(
      `the manifest of sealed segments is damaged at ${name}: this disk lost data`,
    );
  });

  it('takes an unsealed frame that is damaged for a hole, and says nothing is lost', () => {
    const node = sealedNode();
    const current = node.state.journal.current;
    const started = startOn(node, (files) => files.get(`wal/wal_${current?.framesLsn}`)?.fill(0xee, 0, 3));
    expect(started.halted).toBeUndefined();
    expect(started.state.journal.holes.size).toBe(1);
    expect(started.state.journal.lastIndex).toBe(node.state.journal.lastIndex);
  });
});
