import type { Random } from '../../random.ts';
import type { ScheduledFault } from '../fault.ts';
import { anyone, type Draw, type DrawContext } from './common.ts';
import { copyDirectory, loseDirectory, misdirectedWrite, restoreDirectory, rot } from './directories.ts';
import { clockFreeze, clockStep, diskError, diskFull, diskStall, slowDisk } from './disks.ts';
import { clientsCut, clog, filter, leaderChurn, lonelyLeader, partition, reset } from './network.ts';
import {
  ambush,
  crash,
  handOvers,
  pause,
  powerCut,
  powerCutAll,
  rollingRestart,
  shutdown,
  slowProcess,
  storm,
  tornWrite,
} from './processes.ts';

/** A class of faults: how likely a run has it, and how long it usually is until the next one. */
interface FaultClass {
  readonly name: string;
  readonly chance: number;
  readonly everyMs: number;
  readonly draw: Draw;
  /** How likely a run of the mode `beyond` has it, if that differs. */
  readonly chanceBeyond?: number;
}

const CLASSES: readonly FaultClass[] = [
  {
    name: 'crash',
    chance: 0.5,
    everyMs: 5_000,
    draw: (random, { replicas }) => [crash(random, anyone(random, replicas))],
  },
  { name: 'storm', chance: 0.15, everyMs: 15_000, draw: storm },
  { name: 'power cut', chance: 0.4, everyMs: 7_000, draw: powerCut },
  { name: 'torn write', chance: 0.2, everyMs: 8_000, draw: tornWrite },
  { name: 'power cut of all', chance: 0.3, everyMs: 15_000, draw: powerCutAll },
  {
    name: 'death',
    chance: 0.1,
    chanceBeyond: 0.3,
    everyMs: 30_000,
    draw: (random, { replicas }) => [{ kind: 'death', target: anyone(random, replicas) }],
  },
  { name: 'shutdown', chance: 0.2, everyMs: 10_000, draw: shutdown },
  { name: 'rolling restart', chance: 0.1, everyMs: 20_000, draw: rollingRestart },
  { name: 'hand-overs', chance: 0.1, everyMs: 15_000, draw: handOvers },
  { name: 'pause', chance: 0.3, everyMs: 8_000, draw: pause },
  { name: 'slow process', chance: 0.15, everyMs: 10_000, draw: slowProcess },
  { name: 'ambush', chance: 0.4, everyMs: 5_000, draw: ambush },
  { name: 'partition', chance: 0.4, everyMs: 8_000, draw: partition },
  { name: 'lonely leader', chance: 0.25, everyMs: 5_000, draw: lonelyLeader },
  { name: 'leader churn', chance: 0.25, everyMs: 10_000, draw: leaderChurn },
  { name: 'clog', chance: 0.25, everyMs: 6_000, draw: clog },
  { name: 'reset', chance: 0.2, everyMs: 5_000, draw: reset },
  { name: 'filter', chance: 0.3, everyMs: 6_000, draw: filter },
  { name: 'clients cut', chance: 0.2, everyMs: 8_000, draw: clientsCut },
  { name: 'clock step', chance: 0.25, everyMs: 8_000, draw: clockStep },
  { name: 'clock freeze', chance: 0.15, everyMs: 10_000, draw: clockFreeze },
  { name: 'disk stall', chance: 0.25, everyMs: 8_000, draw: diskStall },
  { name: 'slow disk', chance: 0.2, everyMs: 10_000, draw: slowDisk },
  { name: 'disk error', chance: 0.3, everyMs: 8_000, draw: diskError },
  { name: 'disk full', chance: 0.15, everyMs: 15_000, draw: diskFull },
  { name: 'rot', chance: 0.1, chanceBeyond: 0.7, everyMs: 12_000, draw: rot },
  { name: 'misdirected write', chance: 0, chanceBeyond: 0.3, everyMs: 15_000, draw: misdirectedWrite },
  { name: 'lost directory', chance: 0.08, chanceBeyond: 0.5, everyMs: 15_000, draw: loseDirectory },
  { name: 'swapped directory', chance: 0.04, chanceBeyond: 0.2, everyMs: 20_000, draw: copyDirectory },
  { name: 'restored directory', chance: 0.08, chanceBeyond: 0.3, everyMs: 12_000, draw: restoreDirectory },
];

/** A schedule of faults up to healing, in the order of their times. About one run in twenty has none. */
export function drawFaults(
  random: Random,
  context: DrawContext & { readonly healAtMs: number; readonly mode: 'budget' | 'beyond' },
): ScheduledFault[] {
  const { healAtMs, mode } = context;
  const schedule: ScheduledFault[] = [];
  if (random.chance(0.05)) return schedule;
  for (const { name, chance, chanceBeyond = chance, everyMs, draw } of CLASSES) {
    const its = random.fork(name);
    if (!its.chance(mode === 'beyond' ? chanceBeyond : chance)) continue;
    // Some runs are struck while the cluster is being founded.
    let atMs = its.chance(0.2) ? its.between(0, 1_000) : its.heavyTailed(500, everyMs);
    while (atMs < healAtMs) {
      for (const fault of draw(its, context)) {
        const dueMs = Math.round(atMs + (fault.atMs ?? 0));
        if (dueMs < healAtMs) schedule.push({ ...fault, atMs: dueMs });
      }
      atMs += its.heavyTailed(everyMs / 10, everyMs);
    }
  }
  return schedule.sort((one, other) => one.atMs - other.atMs);
}
