import { beforeEach, describe, expect, it } from 'vitest';
import type { Answer, RangeQuery, RecordProposal } from '../../engine/vocabulary/index.ts';
import type { ClientRequest } from '../clients/request.ts';
import { entryOf, NODE, observe, Stage, TICK } from '../testing/stage.ts';
import { Answers } from './answers.ts';
import { Commitment } from './commitment.ts';
import { CommittedLog } from './committed_log.ts';
import { Durability } from './durability.ts';
import { Reads } from './reads.ts';

const proposal = (lsn: number, ...data: number[]): RecordProposal => ({
  kind: 'record',
  lsn: BigInt(lsn),
  data: Uint8Array.from(data),
  spaceId: undefined,
  pageNo: undefined,
  previousLsn: undefined,
  generation: 0,
});
const committed = (index: number, lsn: number) => [
  observe({ what: 'committed', index, lsn: BigInt(lsn), recordCount: index }),
];

let stage: Stage;
let log: CommittedLog;
let answers: Answers;

beforeEach(() => {
  stage = new Stage(3);
  log = new CommittedLog(stage.context);
  answers = new Answers(stage.context);
  for (let index = 1; index <= 4; index++) {
    stage.entries.set(index, entryOf(index, 1));
    ask(proposal(index * 10, index));
  }
});

function ask(body: RecordProposal) {
  const request = stage.request({ kind: 'propose', proposal: body });
  answers.asked(stage.replica(0), request);
  return request;
}

function commit(number: number, index: number): void {
  log.stepped(stage.replica(number), TICK, NODE, committed(index, index * 10));
}

describe('CommittedLog', () => {
  it('grows with the first replica and holds the others to it', () => {
    commit(0, 2);
    commit(1, 3);
    commit(0, 3);
    expect(stage.context.ledger.lastIndex).toBe(3);
    stage.entries.set(3, entryOf(3, 2));
    expect(() => commit(2, 3)).toThrow(/what was committed there/);
  });

  it('knows no record that no client sent, and no other bytes', () => {
    stage.entries.set(1, entryOf(1, 1, Uint8Array.of(99)));
    expect(() => commit(0, 1)).toThrow(/no client sent/);
  });

  it('lets a commit index go back only over a restart', () => {
    commit(0, 3);
    expect(() => commit(0, 2)).toThrow(/only up to 2/);
    log.started(stage.replica(0));
    commit(0, 2);
  });

  it('wants LSNs to rise', () => {
    commit(0, 2);
    stage.entries.set(3, { ...entryOf(2, 1), index: 3 });
    expect(() => log.stepped(stage.replica(0), TICK, NODE, committed(3, 20))).toThrow(/after LSN 20/);
  });
});

describe('Commitment', () => {
  it('lets a leader commit up to an entry of its own term only', () => {
    const checker = new Commitment(stage.context);
    commit(0, 3);
    stage.inspection = { role: 'follower', term: 2 };
    checker.stepped(stage.replica(0), TICK, NODE, committed(3, 30));
    stage.inspection = { role: 'leader', term: 1 };
    checker.stepped(stage.replica(0), TICK, NODE, committed(3, 30));
    stage.inspection = { role: 'leader', term: 2 };
    expect(() => checker.stepped(stage.replica(0), TICK, NODE, committed(3, 30))).toThrow(/leads term 2 and commits/);
  });
});

describe('Durability', () => {
  it('wants a quorum of platters for what is committed or answered', () => {
    const checker = new Durability(stage.context);
    const entries = [1, 2, 3].map((index) => entryOf(index, 1));
    stage.store(0, entries);
    stage.store(1, entries.slice(0, 2));
    stage.store(1, entries.slice(2), { firstIndex: 1, durable: false });
    commit(0, 3);
    checker.stepped(stage.replica(0), TICK, NODE, committed(2, 20));
    expect(() => checker.stepped(stage.replica(0), TICK, NODE, committed(3, 30))).toThrow(/is on 1 platters, of 2/);
    const request = ask(proposal(20, 2));
    checker.answered(stage.replica(0), request, { kind: 'stored', lsn: 20n });
    stage
      .replica(1)
      .disk.files.existing('wal/wal_10')
      .flipBit(8 * (13 + 12));
    expect(() => checker.ended(stage.replica(1), 'powerCut')).toThrow(/went down/);
    expect(() => checker.finished(stage.replicas)).toThrow(/not on the platter of replica-2/);
  });
});

describe('Answers', () => {
  const refused = (code: 'conflict' | 'out_of_order' | 'gap' | 'fenced', latestLsn = 40n) =>
    ({ kind: 'refused', code, sentence: '', latestLsn }) as const;

  it('believes only what is committed', () => {
    commit(0, 4);
    const [one] = stage.replicas;
    if (one === undefined) throw new Error();
    answers.answered(one, ask(proposal(20, 2)), { kind: 'stored', lsn: 20n });
    expect(() => answers.answered(one, ask(proposal(20, 3)), { kind: 'stored', lsn: 20n })).toThrow(/another record/);
    expect(() => answers.answered(one, ask(proposal(50, 5)), { kind: 'stored', lsn: 50n })).toThrow(
      /nothing committed/,
    );
  });

  it('takes a definite "no" at its word', () => {
    commit(0, 4);
    const [one] = stage.replicas;
    if (one === undefined) throw new Error();
    answers.answered(one, ask(proposal(20, 3)), refused('conflict'));
    answers.answered(one, ask(proposal(25, 3)), refused('out_of_order'));
    expect(() => answers.answered(one, ask(proposal(20, 2)), refused('conflict'))).toThrow(/very same record/);
    expect(() => answers.answered(one, ask(proposal(25, 3)), refused('conflict'))).toThrow(/no other record/);
    expect(() => answers.answered(one, ask(proposal(45, 3)), refused('out_of_order'))).toThrow(
      /the latest committed LSN is 40/,
    );
    expect(() => answers.answered(one, ask(proposal(45, 3)), refused('fenced'))).toThrow(/no higher generation/);
    expect(() => answers.answered(one, ask(proposal(45, 3)), refused('gap'))).toThrow(/no predecessor/);
    expect(() => answers.answered(one, ask(proposal(15, 3)), refused('out_of_order', 90n))).toThrow(/not committed/);
  });

  it('finds a record committed after every request for it was refused', () => {
    const request = ask({ ...proposal(50, 5), previousLsn: 40n });
    answers.answered(stage.replica(0), request, refused('gap', 0n));
    commit(0, 4);
    stage.entries.set(5, entryOf(5, 1));
    expect(() => commit(0, 5)).toThrow(/refused for good/);
    ask({ ...proposal(50, 5), previousLsn: 40n });
    commit(1, 5);
  });
});

describe('Reads', () => {
  const read = (lsn: number | undefined, consistency: 'local' | 'linearizable') =>
    stage.request({
      kind: 'read',
      consistency,
      query: lsn === undefined ? { kind: 'latest' } : { kind: 'record', lsn: BigInt(lsn) },
    });
  const latest = (recordCount: number) =>
    ({ kind: 'latest', lsn: BigInt(recordCount * 10), generation: 0, recordCount }) as const;
  const missing = { kind: 'notFound', lsn: 20n, latestLsn: 0n } as const;

  it('lets a linearizable read miss nothing that was committed before it began', () => {
    const reads = new Reads(stage.context);
    const early = read(20, 'linearizable');
    commit(0, 3);
    reads.answered(stage.replica(0), early, missing);
    expect(() => reads.answered(stage.replica(0), read(20, 'linearizable'), missing)).toThrow(/before the read began/);
    reads.answered(stage.replica(0), read(undefined, 'linearizable'), latest(3));
    expect(() => reads.answered(stage.replica(0), read(undefined, 'linearizable'), latest(2))).toThrow(
      /before the read began/,
    );
  });

  /** Asked and answered at once. */
  const local = (reads: Reads, replica: number, lsn: number | undefined, answer: Answer) => {
    const request = read(lsn, 'local');
    reads.asked(stage.replica(replica), request);
    reads.answered(stage.replica(replica), request, answer);
  };

  it('lets a local read lag, but not go back within a process life', () => {
    const reads = new Reads(stage.context);
    commit(0, 3);
    local(reads, 0, 20, missing);
    local(reads, 0, undefined, latest(2));
    expect(() => local(reads, 0, undefined, latest(1))).toThrow(/shown by the same process/);
    expect(() => local(reads, 0, 20, missing)).toThrow(/shown by the same process/);
    local(reads, 1, 20, missing);
    reads.started(stage.replica(0));
    local(reads, 0, undefined, latest(1));
  });

  it('lets a local read that takes its time show any moment of that time', () => {
    const reads = new Reads(stage.context);
    commit(0, 3);
    local(reads, 0, undefined, latest(1));
    const slow = read(undefined, 'local');
    reads.asked(stage.replica(0), slow);
    local(reads, 0, undefined, latest(2));
    reads.answered(stage.replica(0), slow, latest(1));
    expect(() => local(reads, 0, undefined, latest(1))).toThrow(/shown by the same process/);
  });

  describe('of a range', () => {
    const range = (from: number, through: number, change: Partial<RangeQuery> = {}) =>
      stage.request({
        kind: 'read',
        consistency: 'linearizable',
        query: {
          kind: 'range',
          from: BigInt(from),
          through: BigInt(through),
          countMax: 10,
          bytesMax: 1_000,
          ...change,
        },
      });
    const page = (more: boolean, ...lsns: number[]) =>
      ({
        kind: 'range',
        records: lsns.map((lsn) => ({
          lsn: BigInt(lsn),
          data: Uint8Array.of(lsn / 10),
          spaceId: undefined,
          pageNo: undefined,
        })),
        more,
        next: undefined,
        latestLsn: 30n,
      }) as const;
    const check = (request: ClientRequest, answer: Answer) =>
      new Reads(stage.context).answered(stage.replica(0), request, answer);

    it('holds every record of it, in order, as it was sent', () => {
      commit(0, 3);
      check(range(1, 100), page(false, 10, 20, 30));
      check(range(11, 29), page(false, 20));
      check(range(31, 100), page(false));
      check(range(20, 10), page(false));
      check(range(1, 100), page(true, 10));
      for (const lsns of [[], [10], [20, 30], [10, 30], [20, 10, 30]]) {
        expect(() => check(range(1, 100), page(false, ...lsns))).toThrow(/is missing|is one, where/);
      }
      const other = { ...page(false), records: [{ ...page(false, 10).records[0], data: Uint8Array.of(99) }] };
      expect(() => check(range(1, 15), other as Answer)).toThrow(/other bytes/);
    });

    it('is no longer than it was asked to be', () => {
      commit(0, 3);
      expect(() => check(range(1, 25), page(false, 10, 20, 30))).toThrow(/behind the end/);
      expect(() => check(range(1, 100, { countMax: 1 }), page(true, 10, 20))).toThrow(/more than the 1/);
      expect(() => check(range(1, 100, { bytesMax: 0 }), page(true, 10, 20))).toThrow(/bytes/);
      check(range(1, 100, { bytesMax: 0 }), page(true, 10));
      expect(() => check(range(1, 100), page(true))).toThrow(/says that there are more/);
    });
  });

  it('compares bytes, and knows only committed records', () => {
    const reads = new Reads(stage.context);
    commit(0, 3);
    const record = { kind: 'record', lsn: 20n, data: Uint8Array.of(2), spaceId: undefined, pageNo: undefined } as const;
    reads.answered(stage.replica(0), read(20, 'local'), record);
    expect(() => reads.answered(stage.replica(0), read(20, 'local'), { ...record, data: Uint8Array.of(3) })).toThrow(
      /other bytes/,
    );
    expect(() => reads.answered(stage.replica(0), read(40, 'local'), { ...record, lsn: 40n })).toThrow(/not committed/);
  });
});
