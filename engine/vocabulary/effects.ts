import type { DiskEffect } from './disk.ts';
import type { Observation } from './observations.ts';
import type { Answer } from './requests.ts';
import type { PeerUrl, RequestId } from './units.ts';

/** Everything a node can want from the world. The driver carries them out in order and decides nothing. */
export type Effect =
  /** May be lost, delayed, repeated or reordered; never altered. */
  | { readonly kind: 'send'; readonly to: PeerUrl; readonly bytes: Uint8Array }
  | DiskEffect
  | { readonly kind: 'reply'; readonly request: RequestId; readonly answer: Answer }
  | { readonly kind: 'observe'; readonly observation: Observation }
  /** The node does nothing any more. `shutdown` was asked for; `fault` needs a person, who reads the sentence. */
  | { readonly kind: 'halt'; readonly cause: 'shutdown' | 'fault'; readonly sentence: string };
