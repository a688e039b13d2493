import { describe, expect, it } from 'vitest';
import type { Answer } from '../../engine/vocabulary/index.ts';
import { EventQueue } from '../event_queue.ts';
import { Random } from '../random.ts';
import type { ClientHost } from './client_host.ts';
import { Connection } from './connection.ts';

/** Answers each request by a script; undefined: never. */
function setUp(script: (replica: number, attempt: number) => Answer | undefined) {
  const queue = new EventQueue();
  const asked: number[] = [];
  let closed = 0;
  const host: ClientHost = {
    queue,
    replicaCount: 3,
    requestTimeoutMs: 100,
    cancels: 1,
    wanders: 0,
    open: true,
    replicaAt: (url) => Number(url),
    find: () => undefined,
    ask: (_client, replica, body, answered) => {
      asked.push(replica);
      const answer = script(replica, asked.length);
      if (answer !== undefined)
        queue.after(1, () => answered(answer, { number: 0, client: '', body, committedBefore: 0 }));
      return () => {
        closed += 1;
      };
    },
  };
  const connection = new Connection('client', host, new Random('connection'));
  const answers: (Answer | undefined)[] = [];
  let isWanted = true;
  connection.call(
    { kind: 'read', query: { kind: 'latest' }, consistency: 'linearizable' },
    (answer) => answers.push(answer),
    () => isWanted,
  );
  const run = (untilMs: number) => {
    while (queue.runNext(untilMs));
  };
  return {
    asked,
    answers,
    run,
    connection,
    closed: () => closed,
    giveUp: () => {
      isWanted = false;
    },
  };
}

const LATEST: Answer = { kind: 'latest', lsn: 1n, generation: 0, recordCount: 1 };

describe('Connection', () => {
  it('follows the hint to the leader', () => {
    const { asked, answers, run, connection } = setUp((replica) =>
      replica === 2 ? LATEST : { kind: 'notLeader', leader: { replicaId: 'x', url: '2' } },
    );
    run(1_000);
    expect(answers).toEqual([LATEST]);
    expect(asked.at(-1)).toBe(2);
    expect(asked.length).toBeLessThanOrEqual(2);
    expect(connection.pendingCount).toBe(0);
  });

  it('closes a silent connection and asks somebody else, until it knows', () => {
    const { asked, answers, run, connection, closed } = setUp((_replica, attempt) =>
      attempt === 4 ? LATEST : undefined,
    );
    run(50);
    expect(connection.pendingCount).toBe(1);
    run(2_000);
    expect(answers).toEqual([LATEST]);
    expect(asked.length).toBe(4);
    expect(closed()).toBe(3);
    expect(asked[1]).not.toBe(asked[0]);
  });

  it('asks again after an answer that settles nothing', () => {
    const { answers, run } = setUp((_replica, attempt) => (attempt < 5 ? { kind: 'unknown', sentence: '' } : LATEST));
    run(5_000);
    expect(answers).toEqual([LATEST]);
  });

  it('stops asking once nobody wants to know', () => {
    const { answers, asked, run, connection, giveUp } = setUp(() => ({ kind: 'unknown', sentence: '' }));
    run(200);
    giveUp();
    run(400);
    const count = asked.length;
    run(5_000);
    expect(answers).toEqual([undefined]);
    expect(asked.length).toBe(count);
    expect(connection.pendingCount).toBe(0);
  });
});
