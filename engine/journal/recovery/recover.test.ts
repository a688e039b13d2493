import fc from 'fast-check';
import { describe, it } from 'vitest';
import type { JournalAction } from '../../testing/journal_model.ts';
import { JournalModel } from '../../testing/journal_model.ts';

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
