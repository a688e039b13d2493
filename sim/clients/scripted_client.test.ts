import { describe, expect, it } from 'vitest';
import type { Answer } from '../../engine/vocabulary/index.ts';
import { EventQueue } from '../event_queue.ts';
import type { ClientHost } from './client_host.ts';
import type { RequestBody } from './request.ts';
import type { ScriptedRequest } from './script.ts';
import { ScriptedClient } from './scripted_client.ts';

type Asked = readonly [atMs: number, replica: number, body: RequestBody];

/** Runs a script against replicas that answer as they are told; undefined: never. */
function play(
  script: readonly ScriptedRequest[],
  answers: (replica: number, attempt: number) => Answer | undefined,
  leader: (nowMs: number) => number | undefined = () => 0,
) {
  const queue = new EventQueue();
  const asked: Asked[] = [];
  const host: ClientHost = {
    queue,
    replicaCount: 3,
    requestTimeoutMs: 100,
    cancels: 0,
    wanders: 0,
    open: true,
    replicaAt: (url) => Number(url),
    find: (target) => ('replica' in target ? target.replica : leader(queue.nowMs)),
    ask: (client, replica, body, answered) => {
      asked.push([queue.nowMs, replica, body]);
      const answer = answers(replica, asked.length);
      if (answer !== undefined) {
        queue.after(1, () => answered(answer, { number: asked.length, client, body, committedBefore: 0 }));
      }
      return () => {};
    },
  };
  const client = new ScriptedClient(script, host);
  client.start();
  while (queue.runNext(10_000));
  return { asked, pending: client.pendingCount };
}

const LATEST: Answer = { kind: 'latest', lsn: 1n, generation: 0, recordCount: 1 };
const READ = { kind: 'read', consistency: 'linearizable' } as const;

describe('ScriptedClient', () => {
  it('asks once, when its time has come, and never minds the answer', () => {
    const { asked, pending } = play([{ atMs: 70, client: 'c', to: { replica: 2 }, ask: READ }], () => undefined);
    expect(asked).toEqual([[70, 2, { kind: 'read', query: { kind: 'latest' }, consistency: 'linearizable' }]]);
    expect(pending).toBe(0);
  });

  it('waits until there is a leader to ask', () => {
    const { asked } = play(
      [{ atMs: 0, client: 'c', to: { role: 'leader' }, ask: READ }],
      () => LATEST,
      (nowMs) => (nowMs < 180 ? undefined : 1),
    );
    expect(asked.map(([atMs, replica]) => [atMs, replica])).toEqual([[200, 1]]);
  });

  it('repeats the same request until its answer is definite, by hints and otherwise in turn', () => {
    const ask = { kind: 'write', lsn: '7', text: 'blue', previousLsn: '5' } as const;
    const { asked, pending } = play(
      [{ atMs: 0, client: 'c', to: { replica: 0 }, ask, untilDefinite: true }],
      (_replica, attempt) => {
        if (attempt === 1) return { kind: 'notLeader', leader: { replicaId: 'x', url: '2' } };
        if (attempt === 2) return { kind: 'unknown', sentence: '' };
        return attempt === 3 ? undefined : { kind: 'stored', lsn: 7n };
      },
    );
    expect(asked.map(([atMs, replica]) => [atMs, replica])).toEqual([
      [0, 0],
      [51, 2],
      [102, 0],
      [252, 1],
    ]);
    expect(new Set(asked.map(([, , body]) => body)).size).toBe(1);
    expect(asked[0]?.[2]).toMatchObject({
      proposal: { lsn: 7n, previousLsn: 5n, generation: 0, data: Uint8Array.of(98, 108, 117, 101) },
    });
    expect(pending).toBe(0);
  });

  it('is pending while it has no definite answer', () => {
    const { pending } = play(
      [{ atMs: 0, client: 'c', to: { replica: 0 }, ask: READ, untilDefinite: true }],
      () => undefined,
    );
    expect(pending).toBe(1);
  });
});
