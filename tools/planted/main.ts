/**
 * Plants each mistake in a copy of the sources and lets the simulator look for it; shrinks what it finds, and replays
 * the file. Fails when a mistake escapes, when none of its first three failures shrinks to five faults, or when the file
 * does not fail the same way.
 *
 *     npx tsx tools/planted/main.ts [--from 1] [--seeds 400] [--duration 60s] [--only WORDS] [--shard I/N] [--no-shrink]
 *       [--shrink-for 5m] [--show]
 */
import { parseArgs } from 'node:util';
import { PLANTED_MISTAKES } from '../../scenarios/planted/index.ts';
import { hunt, type Hunted } from './hunt.ts';

/** A failure with more faults than this is no explanation. */
const FAULTS_MAX = 5;

const { values } = parseArgs({
  options: {
    from: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '400' },
    duration: { type: 'string', default: '60s' },
    only: { type: 'string', default: '' },
    shard: { type: 'string', default: '0/1' },
    'no-shrink': { type: 'boolean', default: false },
    'shrink-for': { type: 'string', default: '5m' },
    show: { type: 'boolean', default: false },
  },
});
const [index = 0, of = 1] = values.shard.split('/').map(Number);
const chosen = PLANTED_MISTAKES.filter(
  (mistake, number) => mistake.name.includes(values.only) && number % of === index % of,
);
let escaped = 0;
let notExplained = 0;
for (const mistake of chosen) {
  const shrinkFor = values['no-shrink'] ? undefined : values['shrink-for'];
  const { from, seeds, duration } = values;
  const hunted = await hunt(mistake, { from, seeds, duration, shrinkFor, faultsMax: FAULTS_MAX });
  if (hunted.caughtBy === undefined) escaped += 1;
  else if (shrinkFor !== undefined && !isExplained(hunted)) notExplained += 1;
  process.stdout.write(`${mistake.name}: ${describe(hunted)}\n`);
  if (values.show && hunted.shrunk !== undefined) process.stdout.write(hunted.shrunk.text);
}
process.stdout.write(`${JSON.stringify({ mistakes: chosen.length, escaped, not_explained: notExplained })}\n`);
process.exitCode = escaped + notExplained === 0 ? 0 : 1;

function isExplained({ caughtBy, shrunk }: Hunted): boolean {
  return shrunk !== undefined && shrunk.faults <= FAULTS_MAX && shrunk.failsBy === caughtBy;
}

function describe({ caughtBy, seedsNeeded, shrunk }: Hunted): string {
  if (seedsNeeded === undefined) return `ESCAPED ${values.seeds} seeds`;
  const caught = `caught by ${caughtBy}, ${seedsNeeded} seeds`;
  if (shrunk === undefined) return caught;
  const faults = `shrunk to ${shrunk.faults} faults${shrunk.faults > FAULTS_MAX ? ', TOO MANY' : ''}`;
  const replayed = shrunk.failsBy === caughtBy ? 'the file fails the same way' : `the file FAILS BY ${shrunk.failsBy}`;
  return `${caught}, ${faults}; ${replayed}`;
}
