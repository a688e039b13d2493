import type { Answer, PeerUrl } from '../../engine/vocabulary/index.ts';
import type { EventQueue } from '../event_queue.ts';
import type { Target } from '../faults/target.ts';
import type { ClientRequest, RequestBody } from './request.ts';

/** What a client needs of the world. */
export interface ClientHost {
  readonly queue: EventQueue;
  readonly replicaCount: number;
  readonly requestTimeoutMs: number;
  /** How likely a client that gives up closes the connection. */
  readonly cancels: number;
  /** How likely a client asks any replica instead of the one it takes for the leader. */
  readonly wanders: number;
  /** False once clients ask for nothing new. What they asked before they still want to know. */
  readonly open: boolean;
  replicaAt(url: PeerUrl): number | undefined;
  /** Whom a target means at this moment; undefined when there is nobody. */
  find(target: Target): number | undefined;
  /** Sends one request; `answered` is called at most once, with undefined when the connection broke. Returns what closes it. */
  ask(
    client: string,
    replica: number,
    body: RequestBody,
    answered: (answer: Answer | undefined, request: ClientRequest) => void,
  ): () => void;
}
