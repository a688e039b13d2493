import { type AdmissionState, changedAdmission } from './admission/state.ts';
import { changedIdentity, type IdentityState } from './identity/state.ts';
import { changedJournal, type JournalState } from './journal/state.ts';
import { changedReplica, type ReplicaState } from './replica/state.ts';
import type { Draft } from './state.ts';
import type { DiskOperation } from './vocabulary/disk.ts';
import type { Observation } from './vocabulary/observations.ts';
import type { Answer } from './vocabulary/requests.ts';
import type { OperationId, RequestId } from './vocabulary/units.ts';

/** Replaces a part of the node's state by one with these fields changed. */
export function changeIdentity(d: Draft, change: Partial<IdentityState>): void {
  d.identity = changedIdentity(d.identity, change);
}

export function changeJournal(d: Draft, change: Partial<JournalState>): void {
  d.journal = changedJournal(d.journal, change);
}

export function changeReplica(d: Draft, change: Partial<ReplicaState>): void {
  d.replica = changedReplica(d.replica, change);
}

export function changeAdmission(d: Draft, change: Partial<AdmissionState>): void {
  d.admission = changedAdmission(d.admission, change);
}

/** Emits a disk effect; its completion names the returned id. Empty stages are left out. */
export function disk(d: Draft, stages: readonly (readonly DiskOperation[])[]): OperationId {
  const id = d.nextOperation;
  d.nextOperation = id + 1;
  d.effects.push({ kind: 'disk', id, stages: stages.filter((stage) => stage.length > 0) });
  return id;
}

export function reply(d: Draft, request: RequestId, answer: Answer): void {
  d.effects.push({ kind: 'reply', request, answer });
}

export function observe(d: Draft, observation: Observation): void {
  d.effects.push({ kind: 'observe', observation });
}

/** The node stops for good: it cannot keep its promises, or was asked to. Nothing but this process ends. */
export function halt(d: Draft, cause: 'shutdown' | 'fault', sentence: string): void {
  if (d.phase === 'halted') return;
  d.phase = 'halted';
  d.trouble = sentence;
  d.effects.push({ kind: 'halt', cause, sentence });
}

/** What must always hold, in production too. A failure is a bug in the engine, and going on could lose data. */
export function invariant(condition: boolean, sentence: string | (() => string)): asserts condition {
  // A sentence that has to be put together is a function: it would cost more than the check.
  if (!condition) throw new Error(`engine invariant broken: ${typeof sentence === 'string' ? sentence : sentence()}`);
}
