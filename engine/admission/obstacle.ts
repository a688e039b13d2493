import type { Draft } from '../state.ts';
import type { Answer } from '../vocabulary/requests.ts';
import { notLeader } from './open.ts';

/** Why this replica cannot take proposals now; undefined when it can. */
export function obstacleToProposals(d: Draft): Answer | undefined {
  if (d.phase !== 'member') return unavailable(d);
  if (d.shutdownBy !== undefined) return { kind: 'notLeader', leader: undefined };
  return obstacleToLeading(d);
}

/** Why this replica cannot answer for the cluster now; undefined when it can. */
export function obstacleToLeading(d: Draft): Answer | undefined {
  if (d.phase !== 'member') return unavailable(d);
  const { leadership } = d.replica;
  if (leadership === undefined) return notLeader(d);
  if (leadership.termStart !== undefined) return undefined;
  return { kind: 'unavailable', sentence: 'this leader still completes its log from its peers: send it again' };
}

/**
 * Why no more requests can wait for their answer, the newest one, already open, included; undefined when they can. The
 * held ones have a bound of their own: they must not keep out the record they wait for.
 */
export function crowded(d: Draft): (Answer & { readonly kind: 'overloaded' }) | undefined {
  const { openRequestsMax } = d.config.limits;
  const { open, held } = d.admission;
  if (open.size - held.length <= openRequestsMax) return undefined;
  return { kind: 'overloaded', sentence: `${openRequestsMax} requests wait for their answer: send it again later` };
}

/** This replica takes no part now. */
export function unavailable(d: Draft): Answer {
  return { kind: 'unavailable', sentence: d.trouble ?? whileIn(d) };
}

function whileIn(d: Draft): string {
  switch (d.phase) {
    case 'recovering':
      return 'this replica still reads its data directory';
    case 'founding':
      return 'this replica waits for all its peers to answer, to found the cluster with them';
    case 'member':
    case 'halted':
      return 'this replica has stopped';
  }
}
