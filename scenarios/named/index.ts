import { appendAbaRace } from './append-aba-race.ts';
import { bridgePartition } from './bridge-partition.ts';
import { deafLeader } from './deaf-leader.ts';
import { duellingWriters } from './duelling-writers.ts';
import { electionWithPreVote } from './election-with-prevote.ts';
import { failedSync } from './failed-sync.ts';
import { fencedWriter } from './fenced-writer.ts';
import { figure7 } from './figure-7.ts';
import { figure8 } from './figure-8.ts';
import { figure8e } from './figure-8-e.ts';
import { flappingLink } from './flapping-link.ts';
import { foundingAndAFirstWrite } from './founding-and-a-first-write.ts';
import { groupCommit } from './group-commit.ts';
import { handingOver } from './handing-over.ts';
import { holeFilled } from './hole-filled.ts';
import { lostDirectory } from './lost-directory.ts';
import { noFromADeadLog } from './no-from-a-dead-log.ts';
import { outOfOrder } from './out-of-order.ts';
import { powerCutOfAll } from './power-cut-of-all.ts';
import { readAtADeposedLeader } from './read-at-a-deposed-leader.ts';
import { restoredDirectory } from './restored-directory.ts';
import { splitVote } from './split-vote.ts';
import { stalledLeaderDisk } from './stalled-leader-disk.ts';
import { zombieLeader } from './zombie-leader.ts';
import type { NamedScenario } from './named_scenario.ts';

export { type NamedScenario, story } from './named_scenario.ts';
export { writeTranscript } from './write_transcript.ts';

/** A course in this protocol, in order. */
export const NAMED_SCENARIOS: readonly NamedScenario[] = [
  foundingAndAFirstWrite,
  groupCommit,
  outOfOrder,
  duellingWriters,
  fencedWriter,
  electionWithPreVote,
  splitVote,
  handingOver,
  zombieLeader,
  readAtADeposedLeader,
  noFromADeadLog,
  flappingLink,
  bridgePartition,
  deafLeader,
  figure7,
  figure8,
  figure8e,
  stalledLeaderDisk,
  failedSync,
  powerCutOfAll,
  holeFilled,
  appendAbaRace,
  lostDirectory,
  restoredDirectory,
];
