import type { Effect, Event } from '../../engine/vocabulary/index.ts';
import type { EngineUnderTest } from '../engine_under_test.ts';
import type { Happening } from '../recorder.ts';
import { replicaName } from '../scenario.ts';
import { describeStages } from './disks.ts';
import { describeMessageFacts } from './messages.ts';
import { describeObservation } from './observations.ts';
import { describeAnswer, describeRequest } from './requests.ts';

/** How a message between replicas is put into words. */
export type DescribeMessage = EngineUnderTest['describeMessage'];

/** One line for a person: when, who, what. */
export function narrate(happening: Happening, describeMessage: DescribeMessage): string {
  const who = happening.replica === undefined ? '—' : replicaName(happening.replica);
  return `${(happening.atMs / 1000).toFixed(4).padStart(9)} s  ${who.padEnd(9)}  ${sentenceOf(happening, describeMessage)}`;
}

/** What happened, without when and to whom. */
export function sentenceOf(happening: Happening, describeMessage: DescribeMessage): string {
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
      return `← ${describeBytes(event.bytes, describeMessage)}`;
    case 'propose':
      return `takes request ${event.request}`;
    case 'read':
      return `takes read ${event.request}`;
    case 'cancel':
      return `hears that nobody waits for request ${event.request}`;
    case 'shutdown':
      return 'is asked to shut down';
    case 'diskDone':
      return `its disk has done (${event.id})${event.reads.length === 0 ? '' : `, ${event.reads.length} reads`}`;
    case 'diskFailed':
      return `its disk fails: ${event.reason}`;
    case 'batch':
      return event.events.map((one) => describeEvent(one, describeMessage)).join('; ');
  }
}

function describeEffect(effect: Effect, describeMessage: DescribeMessage): string {
  switch (effect.kind) {
    case 'send':
      return `→ ${hostOf(effect.to)}: ${describeBytes(effect.bytes, describeMessage, false)}`;
    case 'disk':
      return `asks its disk (${effect.id}): ${describeStages(effect.stages)}`;
    case 'reply':
      return `replies to request ${effect.request}: ${describeAnswer(effect.answer)}`;
    case 'observe':
      return describeObservation(effect.observation);
    case 'halt':
      return `halts (${effect.cause}): ${effect.sentence}`;
  }
}

function describeBytes(bytes: Uint8Array, describeMessage: DescribeMessage, namesSender = true): string {
  const facts = describeMessage(bytes);
  if (facts === undefined) return `${bytes.length} bytes that are no message`;
  return `${namesSender ? `${facts.from}: ` : ''}${describeMessageFacts(facts)}`;
}

/** The name of the machine in a peer's address. */
export function hostOf(url: string): string {
  return url.replace(/^https?:\/\//, '').replace(/:[0-9]+$/, '');
}
