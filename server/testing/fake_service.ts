import type { Answer, Consistency, NodeStatus, Proposal, Query } from '../../engine/index.ts';
import { Credentials } from '../credentials/credentials.ts';
import { FAKE_STATUS } from './fake_engine.ts';
import { type Logger, SILENT } from '../log/logger.ts';
import { RateLimit } from '../log/rate_limit.ts';
import { Metrics } from '../metrics/metrics.ts';
import { ByteBudget } from '../http/byte_budget.ts';
import { CommitFeed } from '../http/streams/commit_feed.ts';
import { ReadQueue } from '../http/read_queue.ts';
import type { Forward } from '../http/forward.ts';
import { success } from '../http/reply.ts';
import type { Service } from '../http/service.ts';

export interface FakeServiceOptions {
  readonly answer?: (asked: Proposal | Query, consistency?: Consistency) => Answer;
  readonly status?: Partial<NodeStatus>;
  readonly keys?: readonly string[];
  readonly authReads?: boolean;
  readonly bodyBytesMax?: number;
  readonly answerBytesMax?: number;
  readonly forward?: Forward;
  readonly log?: Logger;
}

/** A service for tests whose node answers at once what `answer` says; `asked` remembers what it was asked. */
export function fakeService(options: FakeServiceOptions = {}): Service & { readonly asked: (Proposal | Query)[] } {
  const asked: (Proposal | Query)[] = [];
  const pending = (what: Proposal | Query, consistency?: Consistency) => {
    asked.push(what);
    const answer: Answer = options.answer?.(what, consistency) ?? { kind: 'unknown', sentence: 'Not told.' };
    return { answer: Promise.resolve(answer), cancel: () => undefined };
  };
  const status = () => ({ ...FAKE_STATUS, ...options.status });
  return {
    asked,
    version: '1.2.3',
    node: {
      propose: (proposal) => pending(proposal),
      submit(proposal, onAnswer) {
        void pending(proposal).answer.then(onAnswer);
        return () => undefined;
      },
      read: (query, consistency) => pending(query, consistency),
      status,
    },
    credentials: new Credentials(options.keys ?? []),
    authReads: options.authReads ?? false,
    bodyLimits: { bodyBytesMax: options.bodyBytesMax ?? 10_000, budget: new ByteBudget(100_000) },
    answerBudget: new ByteBudget(options.answerBytesMax ?? 1_000_000),
    reads: new ReadQueue(10, 10),
    feed: new CommitFeed((query) => pending(query)),
    forwardStream: async () => success({ forwarded: true }),
    recordBytesMax: 10_000,
    forward: options.forward ?? (async () => success({ forwarded: true })),
    log: options.log ?? SILENT,
    failureLimit: new RateLimit(0),
    metrics: new Metrics('1.2.3', FAKE_STATUS.replicaId, status),
  };
}
