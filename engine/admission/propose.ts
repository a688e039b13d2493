import { crc32c } from '../bytes/crc32c.ts';
import { changeAdmission, invariant } from '../draft.ts';
import { FRAME_HEADER_BYTES } from '../journal/entry.ts';
import { findInMemory } from '../journal/find.ts';
import { encodeFrame } from '../journal/frame.ts';
import { appendControl, appendToLog } from '../journal/log.ts';
import { findRecord } from '../journal/reading.ts';
import type { Draft } from '../state.ts';
import type { GenerationProposal, Proposal, RecordProposal } from '../vocabulary/requests.ts';
import type { RequestId } from '../vocabulary/units.ts';
import { addBarrier } from './barriers.ts';
import { hasRoomFor, holdRecord, takeExpired, takeReady } from './held.ts';
import { judge } from './judge.ts';
import { crowded, obstacleToProposals } from './obstacle.ts';
import { close, setOpen } from './open.ts';
import { refuseOverloaded, refuseRecord, refuseSuccessors } from './refuse.ts';
import { judgeStored } from './stored.ts';
import { waitForCommit } from './waiters.ts';

/** Takes a proposal: into the log, into the waiting room, or towards a refusal. Only a leader may. */
export function propose(d: Draft, request: RequestId, proposal: Proposal): void {
  invariant(!d.admission.open.has(request), () => `request ${request} was made twice`);
  setOpen(d, request, { at: 'judging' });
  const obstacle = obstacleToProposals(d);
  const crowd = crowded(d);
  if (obstacle !== undefined) close(d, request, obstacle);
  else if (crowd !== undefined && proposal.kind === 'record')
    refuseOverloaded(d, request, proposal.lsn, crowd.sentence);
  else if (crowd !== undefined) close(d, request, crowd);
  else if (proposal.kind === 'generation') raiseGeneration(d, request, proposal);
  else admit(d, request, proposal);
}

/** Refuses those whose predecessor did not arrive in time. */
export function expireHeld(d: Draft): void {
  if (d.admission.held.length === 0) return;
  for (const { request, record, previousLsn } of takeExpired(d)) {
    const sentence = `its predecessor, LSN ${previousLsn}, did not arrive within ${d.config.timing.heldRecordMs} ms`;
    refuseRecord(d, request, record.lsn, { code: 'gap', basis: d.journal.lastIndex, sentence });
  }
}

/** Admits a record, and after it, one by one, those that waited for it. */
function admit(d: Draft, request: RequestId, record: RecordProposal): void {
  admitOne(d, request, record);
  for (let next = takeReady(d); next !== undefined; next = takeReady(d)) admitOne(d, next.request, next.record);
}

function admitOne(d: Draft, request: RequestId, record: RecordProposal): void {
  const { recordBytesMax } = d.config.limits;
  if (record.data.length > recordBytesMax) {
    const sentence = `a record has at most ${recordBytesMax} bytes, this one has ${record.data.length}`;
    close(d, request, { kind: 'tooLarge', sentence });
    refuseSuccessors(d, record.lsn);
    return;
  }
  const verdict = judge(d.journal, record);
  switch (verdict.kind) {
    case 'enter':
      enter(d, request, record);
      return;
    case 'hold':
      if (hasRoomFor(d, record)) holdRecord(d, request, record, verdict.previousLsn);
      else
        refuseOverloaded(
          d,
          request,
          record.lsn,
          'too many records wait for their predecessors: send the earliest first',
        );
      return;
    case 'refuse':
      refuseRecord(d, request, record.lsn, { ...verdict, basis: d.journal.lastIndex });
      return;
    case 'old':
      judgeOld(d, request, record);
      return;
  }
}

/** The log has passed this LSN: what it holds there decides, and may have to come back from the disk. */
function judgeOld(d: Draft, request: RequestId, record: RecordProposal): void {
  const found = findInMemory(d.journal, record.lsn);
  if (found.kind === 'entry') judgeStored(d, request, record, { kind: 'entry', entry: found.entry });
  else if (found.kind === 'absent') judgeStored(d, request, record, { kind: 'absent' });
  else if (found.kind === 'hole') judgeStored(d, request, record, { kind: 'damaged' });
  else if (!findRecord(d, { kind: 'judge', request, record, term: d.replica.term }, record.lsn)) {
    judgeStored(d, request, record, { kind: 'absent' });
  }
}

/** Puts a record at the end of the log; the answer follows when it is committed. */
function enter(d: Draft, request: RequestId, record: RecordProposal): void {
  const { uncommittedBytesMax, tailBytesMax } = d.config.limits;
  const bytes = FRAME_HEADER_BYTES + record.data.length;
  const { uncommittedBytes } = d.admission;
  if (uncommittedBytes > 0 && uncommittedBytes + bytes > uncommittedBytesMax) {
    refuseOverloaded(d, request, record.lsn, `${uncommittedBytes} bytes wait to be committed: send it again later`);
    return;
  }
  // A quorum commits without this disk, and what this disk lacks stays in memory.
  const { durableIndex, tailBytes } = d.journal;
  if (durableIndex < d.replica.commit.index && tailBytes > tailBytesMax + uncommittedBytesMax) {
    refuseOverloaded(d, request, record.lsn, `${tailBytes} bytes wait for this leader's disk: send it again later`);
    return;
  }
  const index = d.journal.lastIndex + 1;
  appendToLog(d, [
    {
      index,
      term: d.replica.term,
      kind: 'record',
      lsn: record.lsn,
      generation: record.generation,
      spaceId: record.spaceId,
      pageNo: record.pageNo,
      checksum: crc32c(record.data),
      body: encodeFrame(record.lsn, record.data),
    },
  ]);
  changeAdmission(d, { uncommittedBytes: uncommittedBytes + bytes });
  waitForCommit(d, index, { request, success: { kind: 'stored', lsn: record.lsn } });
}

/** Raising needs a higher generation than the log's: so at most one writer ever raised it to a given one. */
function raiseGeneration(d: Draft, request: RequestId, proposal: GenerationProposal): void {
  const { generation, lastIndex, lastLsn } = d.journal;
  if (proposal.generation <= generation) {
    const sentence = `generation ${generation} is in force: raise it to a higher one`;
    addBarrier(d, request, lastIndex, { kind: 'refuse', code: 'fenced', sentence });
    return;
  }
  appendControl(d, 'generation', d.replica.term, lastLsn, proposal.generation);
  waitForCommit(d, lastIndex + 1, { request, success: { kind: 'raised', generation: proposal.generation } });
}
