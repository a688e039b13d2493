import type { Answer, Consistency, NodeStatus, Proposal, Query } from '../../engine/index.ts';
import type { Credentials } from '../credentials/credentials.ts';
import type { PendingRequest } from '../driver/driver.ts';
import type { Logger } from '../log/logger.ts';
import type { RateLimit } from '../log/rate_limit.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { BodyLimits } from './body.ts';
import type { ByteBudget } from './byte_budget.ts';
import type { Forward, ForwardStream } from './forward.ts';
import type { CommitFeed } from './streams/commit_feed.ts';
import type { ReadQueue } from './read_queue.ts';

/** What the routes need of the rest of the server. */
export interface Service {
  readonly version: string;
  readonly node: {
    propose(proposal: Proposal): PendingRequest;
    /** The same by a callback, which is called once, and a function that cancels: for many at once. */
    submit(proposal: Proposal, onAnswer: (answer: Answer) => void): () => void;
    read(query: Query, consistency: Consistency): PendingRequest;
    status(): NodeStatus;
  };
  readonly credentials: Credentials;
  /** Whether the public endpoints need a credential, too. */
  readonly authReads: boolean;
  readonly bodyLimits: BodyLimits;
  /** The data of one record, in bytes. */
  readonly recordBytesMax: number;
  /** For large answers that wait for their readers. */
  readonly answerBudget: ByteBudget;
  /** For reads of records, which may have to come from the disk. */
  readonly reads: ReadQueue;
  /** Of what is committed, for those who follow. */
  readonly feed: CommitFeed;
  readonly forward: Forward;
  readonly forwardStream: ForwardStream;
  readonly log: Logger;
  /** How often the same failure is told of. */
  readonly failureLimit: RateLimit;
  readonly metrics: Metrics;
}
