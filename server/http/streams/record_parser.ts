import type { RecordProposal } from '../../../engine/index.ts';
import type { Reading } from '../fields.ts';
import type { Reply } from '../reply.ts';

/** Cuts a body that arrives in pieces into records. */
export interface RecordParser {
  /** Bytes of a record that has not arrived whole. */
  readonly heldBytes: number;
  /**
   * Takes a piece and hands on each record that is whole now, in its order, until one cannot be read or `take` says no.
   * The record's data may share the piece's memory.
   */
  push(piece: Buffer, take: (reading: Reading<RecordProposal>) => boolean): void;
  /** The body has ended: what is wrong with that, if a record is not whole. */
  end(take: (reading: Reading<RecordProposal>) => boolean): Reply | undefined;
}
