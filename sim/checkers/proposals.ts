import type { Lsn, RecordProposal, StoredRecord } from '../../engine/vocabulary/index.ts';
import { crc32c } from '../../engine/bytes/crc32c.ts';

/** A record as some client sent it, however often. */
export interface Variant {
  readonly proposal: RecordProposal;
  readonly checksum: number;
  /** The highest generation it was proposed under: a retry after a take-over is still the same record. */
  generation: number;
  /** What its requests named as the record before it. */
  readonly predecessors: Set<Lsn | undefined>;
  /** The numbers of the requests that carried it. */
  readonly requests: Set<number>;
  /** Those of them that were answered with a definite "no". */
  readonly refused: Set<number>;
  committed: boolean;
}

/** Every record that a client ever sent: nothing else may appear in a log. */
export class ProposalBook {
  private readonly byLsn = new Map<Lsn, Variant[]>();

  note(request: number, proposal: RecordProposal): Variant {
    const known = this.find(proposal.lsn, (variant) => isSame(variant.proposal, proposal));
    if (known !== undefined) {
      known.requests.add(request);
      known.predecessors.add(proposal.previousLsn);
      known.generation = Math.max(known.generation, proposal.generation);
      return known;
    }
    const variant: Variant = {
      proposal,
      checksum: crc32c(proposal.data),
      generation: proposal.generation,
      predecessors: new Set([proposal.previousLsn]),
      requests: new Set([request]),
      refused: new Set(),
      committed: false,
    };
    this.byLsn.set(proposal.lsn, [...(this.byLsn.get(proposal.lsn) ?? []), variant]);
    return variant;
  }

  find(lsn: Lsn, fits: (variant: Variant) => boolean): Variant | undefined {
    return this.byLsn.get(lsn)?.find(fits);
  }
}

/** "The same record" means the same bytes, space id and page number. */
export function isSame(one: RecordProposal, other: RecordProposal): boolean {
  return (
    one.lsn === other.lsn &&
    one.spaceId === other.spaceId &&
    one.pageNo === other.pageNo &&
    (one.data === other.data || isEqual(one.data, other.data))
  );
}

/** Whether a reader is shown the record that the client sent. */
export function isAsSent(variant: Variant | undefined, { data, spaceId, pageNo }: StoredRecord): boolean {
  if (variant === undefined) return false;
  const { proposal } = variant;
  return spaceId === proposal.spaceId && pageNo === proposal.pageNo && isEqual(data, proposal.data);
}

export function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
  return true;
}
