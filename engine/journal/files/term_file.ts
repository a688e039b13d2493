import { ByteReader } from '../../bytes/reader.ts';
import { ByteWriter } from '../../bytes/writer.ts';
import type { Index, ReplicaId, Term } from '../../vocabulary/units.ts';
import { decodeDoubled, encodeDoubled } from '../doubled.ts';

/** The furthest a member was ever seen: one that comes back before this went back in its memory. */
export interface PeerMark {
  readonly replicaId: ReplicaId;
  readonly boot: number;
  /** The process of that start: another one of the same start is a second life of the same directory. */
  readonly session: number;
  readonly term: Term;
  /** The highest index it acknowledged in that term. */
  readonly acknowledgedIndex: Index;
}

/**
 * An entry up to which the log was surely on the disk, bytes and all. If it is still there, with this term, whatever is
 * missing before it is rot, and no write that a power cut left half done. Index 0: nothing was noted.
 */
export interface SyncedNote {
  readonly index: Index;
  readonly term: Term;
}

export const NOTHING_NOTED: SyncedNote = { index: 0, term: 0 };

/** Raft's persistent state besides the log (Ongaro, figure 3.1), what is remembered of the peers, and of the log's end. */
export interface TermFile {
  readonly term: Term;
  readonly votedFor: ReplicaId | undefined;
  readonly marks: readonly PeerMark[];
  readonly synced: SyncedNote;
}

export function encodeTermFile(file: TermFile): Uint8Array {
  const writer = new ByteWriter(128);
  writer.u48(file.term);
  writer.string(file.votedFor ?? '');
  writer.u16(file.marks.length);
  for (const mark of file.marks) {
    writer.string(mark.replicaId);
    writer.u48(mark.boot);
    writer.u48(mark.session);
    writer.u48(mark.term);
    writer.u48(mark.acknowledgedIndex);
  }
  writer.u48(file.synced.index);
  writer.u48(file.synced.term);
  return encodeDoubled('termAndVote', writer.finish());
}

/** Undefined when both copies are damaged: a quorum cannot prove a vote, so that is a lost disk. */
export function decodeTermFile(file: Uint8Array): TermFile | undefined {
  const payload = decodeDoubled('termAndVote', file);
  if (payload === undefined) return undefined;
  const reader = new ByteReader(payload);
  const term = reader.u48();
  const votedFor = reader.string();
  const marks: PeerMark[] = [];
  for (let count = reader.u16(); count > 0; count--) {
    marks.push({
      replicaId: reader.string(),
      boot: reader.u48(),
      session: reader.u48(),
      term: reader.u48(),
      acknowledgedIndex: reader.u48(),
    });
  }
  // Version 0.1.0 noted nothing.
  const synced = reader.remaining === 0 ? NOTHING_NOTED : { index: reader.u48(), term: reader.u48() };
  return { term, votedFor: votedFor === '' ? undefined : votedFor, marks, synced };
}
