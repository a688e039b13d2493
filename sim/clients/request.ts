import type { Answer, Consistency, Proposal, Query } from '../../engine/vocabulary/index.ts';

export type RequestBody =
  | { readonly kind: 'propose'; readonly proposal: Proposal }
  | { readonly kind: 'read'; readonly query: Query; readonly consistency: Consistency };

/** One attempt of a client at one replica. A retry is another one. */
export interface ClientRequest {
  /** Counts the requests of the run: 0, 1, 2 … */
  readonly number: number;
  readonly client: string;
  readonly body: RequestBody;
  /** How far the cluster had committed, by index, when the client sent this. */
  readonly committedBefore: number;
}

/** The answers after which a client knows for sure. */
export function isDefinite(answer: Answer): boolean {
  switch (answer.kind) {
    case 'stored':
    case 'generationRaised':
    case 'refused':
    case 'record':
    case 'range':
    case 'notFound':
    case 'latest':
    case 'tooLarge':
      return true;
    case 'overloaded':
    case 'notLeader':
    case 'unknown':
    case 'unavailable':
    case 'damaged':
      return false;
  }
}
