import { describe, it } from 'vitest';
import { expectSeedsToPass } from './testing/seeds.ts';

/** A few hundred seeds; the other half is in the file beside this one, so that two cores share them. */
describe('seeds 1 to 300, the even ones', () => {
  it.each([0, 50, 100, 150, 200, 250])('from %i on', (from) => expectSeedsToPass(from + 2, from + 51, 2), 120_000);
});
