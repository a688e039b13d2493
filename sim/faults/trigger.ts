import type { DiskOperation, Effect } from '../../engine/vocabulary/index.ts';
import { areaOf } from '../disk/area.ts';
import type { EngineUnderTest } from '../engine_under_test.ts';

/** What a fault may wait for, so that it strikes at that very moment: seen as the replica's effects are carried out. */
export type Trigger =
  | 'recovers'
  | 'becomesCandidate'
  | 'becomesLeader'
  | 'stepsDown'
  | 'commits'
  | 'truncates'
  | 'seals'
  | 'fillsHole'
  /** Asks its disk to write records. */
  | 'writes'
  /** Sends somebody its vote. */
  | 'votes'
  /** Tells a leader how far its log agrees. */
  | 'acknowledges';

/** Whether this effect, of a replica that led before it or not, is what the trigger means. */
export function triggers(
  trigger: Trigger,
  effect: Effect,
  ledBefore: boolean,
  describeMessage: EngineUnderTest['describeMessage'],
): boolean {
  switch (trigger) {
    case 'votes': {
      if (effect.kind !== 'send') return false;
      const facts = describeMessage(effect.bytes);
      return facts?.type === 'voteAnswer' && facts.granted === true;
    }
    case 'acknowledges': {
      if (effect.kind !== 'send') return false;
      const facts = describeMessage(effect.bytes);
      return facts?.type === 'appendAnswer' && (facts.matchIndex ?? 0) > 0;
    }
    case 'writes':
      return effect.kind === 'disk' && effect.stages[0]?.some(isWriteOfFrames) === true;
    case 'recovers':
    case 'becomesCandidate':
    case 'becomesLeader':
    case 'stepsDown':
    case 'commits':
    case 'truncates':
    case 'seals':
    case 'fillsHole':
      return effect.kind === 'observe' && seen(trigger, effect.observation, ledBefore);
  }
}

function isWriteOfFrames(operation: DiskOperation): boolean {
  return operation.op === 'write' && areaOf(operation.file) === 'frames';
}

function seen(
  trigger: Exclude<Trigger, 'votes' | 'acknowledges' | 'writes'>,
  observation: Extract<Effect, { kind: 'observe' }>['observation'],
  ledBefore: boolean,
): boolean {
  switch (trigger) {
    case 'recovers':
      return observation.what === 'recovered';
    case 'becomesCandidate':
      return observation.what === 'roleChanged' && observation.role === 'candidate';
    case 'becomesLeader':
      return observation.what === 'roleChanged' && observation.role === 'leader';
    case 'stepsDown':
      return observation.what === 'roleChanged' && observation.role !== 'leader' && ledBefore;
    case 'commits':
      return observation.what === 'committed';
    case 'truncates':
      return observation.what === 'truncated';
    case 'seals':
      return observation.what === 'segmentSealed';
    case 'fillsHole':
      return observation.what === 'holeFilled';
  }
}
