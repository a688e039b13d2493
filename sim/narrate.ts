import type { Answer, DiskEffect, DiskOperation, Effect, Event, Observation } from '../engine/vocabulary/index.ts';
import type { ClientRequest } from './clients/request.ts';
import { describeOperation } from './disk/perform.ts';
import type { EngineUnderTest } from './engine_under_test.ts';
import type { Happening } from './recorder.ts';
import { replicaName } from './scenario.ts';

/** How a message between replicas is put into words. */
export type DescribeMessage = EngineUnderTest['describeMessage'];

/** One line for a person: when, who, what. */
export function narrate(happening: Happening, describeMessage: DescribeMessage): string {
  const who = happening.replica === undefined ? '—' : replicaName(happening.replica);
  return `${(happening.atMs / 1000).toFixed(4).padStart(9)} s  ${who.padEnd(9)}  ${sentenceOf(happening, describeMessage)}`;
}

/** Whether it belongs into an account of a whole run; the others only into that of a failure. */
export function isInteresting(happening: Happening): boolean {
  switch (happening.what) {
    case 'fault':
    case 'ended':
      return true;
    case 'event':
      return happening.event.kind === 'start' || happening.event.kind === 'diskFailed';
    case 'effect':
      return (
        happening.effect.kind === 'halt' ||
        (happening.effect.kind === 'observe' && isNews(happening.effect.observation))
      );
    case 'asked':
    case 'answer':
      return false;
  }
}

function isNews(observation: Observation): boolean {
  switch (observation.what) {
    case 'committed':
    case 'segmentSealed':
    case 'messageDropped':
      return false;
    case 'roleChanged':
      return observation.role === 'leader' || observation.role === 'candidate';
    case 'recovered':
    case 'founded':
    case 'refused':
    case 'truncated':
    case 'holeFilled':
    case 'holeDiscarded':
    case 'damageFound':
    case 'diskStalled':
      return true;
  }
}

function sentenceOf(happening: Happening, describeMessage: DescribeMessage): string {
  switch (happening.what) {
    case 'fault':
      return `! ${happening.sentence}`;
    case 'ended':
      return ENDINGS[happening.ending];
    case 'asked':
      return `is asked by ${happening.request.client}: ${describeRequest(happening.request)}`;
    case 'answer':
      return `answers ${happening.request.client}: ${describeAnswer(happening.answer)} (asked: ${describeRequest(happening.request)})`;
    case 'event':
      return describeEvent(happening.event, describeMessage);
    case 'effect':
      return describeEffect(happening.effect, describeMessage);
  }
}

const ENDINGS = {
  crash: 'the process is gone',
  powerCut: 'the machine has lost power',
  halt: 'the process has halted',
  shutdown: 'the process has ended in order',
} as const;

function describeEvent(event: Event, describeMessage: DescribeMessage): string {
  switch (event.kind) {
    case 'start':
      return `starts and finds ${event.files.length} files`;
    case 'tick':
      return 'its timer fires';
    case 'message':
      return `receives ${describeBytes(event.bytes, describeMessage)}`;
    case 'propose':
      return `takes request ${event.request}`;
    case 'read':
      return `takes read ${event.request}`;
    case 'cancel':
      return `hears that nobody waits for request ${event.request}`;
    case 'shutdown':
      return 'is asked to shut down';
    case 'diskDone':
      return `disk effect ${event.id} is done${event.reads.length === 0 ? '' : `, ${event.reads.length} reads`}`;
    case 'diskFailed':
      return `disk effect ${event.id} failed: ${event.reason}`;
  }
}

function describeEffect(effect: Effect, describeMessage: DescribeMessage): string {
  switch (effect.kind) {
    case 'send':
      return `sends ${describeBytes(effect.bytes, describeMessage)} to ${hostOf(effect.to)}`;
    case 'disk':
      return `asks its disk (${effect.id}): ${describeStages(effect)}`;
    case 'reply':
      return `replies to request ${effect.request}: ${describeAnswer(effect.answer)}`;
    case 'observe':
      return describeObservation(effect.observation);
    case 'halt':
      return `halts (${effect.cause}): ${effect.sentence}`;
  }
}

function describeStages(effect: DiskEffect): string {
  const operations = (stage: readonly DiskOperation[]): string => stage.map(describeOperation).join(', ');
  return effect.stages.map(operations).join('; then ');
}

function describeObservation(observation: Observation): string {
  switch (observation.what) {
    case 'recovered': {
      const { boot, term, lastIndex, lastLsn, holes, tornEntries } = observation;
      const damage = `${tornEntries === 0 ? '' : `, ${tornEntries} torn entries cut`}${holes === 0 ? '' : `, ${holes} holes`}`;
      return `has recovered: boot ${boot}, term ${term}, log up to entry ${lastIndex}, LSN ${lastLsn}${damage}`;
    }
    case 'founded':
      return `the cluster is founded: ${observation.members.join(', ')}`;
    case 'refused':
      return `turns ${observation.peer} away, or is turned away: ${observation.sentence}`;
    case 'roleChanged':
      return `is ${observation.role} in term ${observation.term}${leaderOf(observation)}: ${observation.why}`;
    case 'committed':
      return `has committed up to entry ${observation.index}, LSN ${observation.lsn}, ${observation.recordCount} records`;
    case 'truncated':
      return `cuts its log from entry ${observation.fromIndex} to ${observation.lastIndex}`;
    case 'segmentSealed':
      return `has sealed entries ${observation.firstIndex} to ${observation.lastIndex}`;
    case 'holeFilled':
      return `has the bytes of entry ${observation.index} again`;
    case 'holeDiscarded':
      return `gives up the hole at entry ${observation.index} and all up to ${observation.lastIndex}`;
    case 'damageFound':
      return `finds damage in ${observation.file}: ${observation.sentence}`;
    case 'diskStalled':
      return `its disk has stalled for ${Math.round(observation.sinceMs)} ms`;
    case 'messageDropped':
      return `drops a message: ${observation.sentence}`;
  }
}

function leaderOf({ role, leader }: Observation & { what: 'roleChanged' }): string {
  return role === 'leader' || leader === undefined ? '' : `, following ${leader}`;
}

function describeRequest({ body }: ClientRequest): string {
  if (body.kind === 'read') {
    return `${body.consistency} read of ${body.query.kind === 'latest' ? 'the latest LSN' : `LSN ${body.query.lsn}`}`;
  }
  const { proposal } = body;
  if (proposal.kind === 'generation') return `raise the generation to ${proposal.generation}`;
  const after = proposal.previousLsn === undefined ? '' : ` after ${proposal.previousLsn}`;
  return `store LSN ${proposal.lsn}${after}, ${proposal.data.length} bytes, generation ${proposal.generation}`;
}

function describeAnswer(answer: Answer): string {
  switch (answer.kind) {
    case 'stored':
      return `LSN ${answer.lsn} is stored`;
    case 'generationRaised':
      return `generation ${answer.generation} is in force, the latest LSN is ${answer.latestLsn}`;
    case 'refused':
      return `refused, ${answer.code}: ${answer.sentence}`;
    case 'record':
      return `LSN ${answer.lsn} is ${answer.data.length} bytes`;
    case 'notFound':
      return `there is no LSN ${answer.lsn}, the latest is ${answer.latestLsn}`;
    case 'latest':
      return `the latest LSN is ${answer.lsn}, of ${answer.recordCount} records, generation ${answer.generation}`;
    case 'notLeader':
      return answer.leader === undefined
        ? 'does not lead, and knows nobody who does'
        : `does not lead, ${answer.leader.replicaId} does`;
    case 'tooLarge':
    case 'overloaded':
    case 'unknown':
    case 'unavailable':
    case 'damaged':
      return `${answer.kind}: ${answer.sentence}`;
  }
}

function describeBytes(bytes: Uint8Array, describeMessage: DescribeMessage): string {
  const facts = describeMessage(bytes);
  if (facts === undefined) return `${bytes.length} bytes that are no message`;
  const { type, from, ...others } = facts;
  const details = Object.entries(others).map(([name, value]) => `${name} ${String(value)}`);
  return `${type} of ${from} (${details.join(', ')})`;
}

function hostOf(url: string): string {
  return url.replace(/^https?:\/\//, '').replace(/:[0-9]+$/, '');
}
