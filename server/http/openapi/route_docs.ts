import { RECORDS_MAX } from '../record_body.ts';
import type { ErrorCode } from './errors.ts';
import {
  BASE64,
  BOOLEAN,
  COUNT,
  GENERATION,
  GO_DURATION,
  LSN,
  LSN_GIVEN,
  mapOf,
  object,
  type Schema,
  STRING,
  successWith,
  UINT32,
} from './schema.ts';

/** What the reference says of a route; its method, and who may use it, the route itself says. */
export interface RouteDoc {
  readonly summary: string;
  readonly query?: Readonly<Record<string, QueryDoc>>;
  readonly body?: Schema;
  /** The body may also be an array of such. */
  readonly several?: { readonly max: number; readonly description: string };
  /** Of the JSON that a success answers with; absent: plain text. */
  readonly success?: Schema;
  /** Besides those that every route has. */
  readonly errors: readonly ErrorCode[];
}

export interface QueryDoc {
  readonly schema: Schema;
  readonly description: string;
  readonly required?: true;
}

const CONSISTENCY: QueryDoc = {
  schema: { enum: ['local', 'linearizable'], default: 'local' },
  description:
    '`local`: what this replica knows to be committed, perhaps a little behind. `linearizable`: nothing acknowledged before the ' +
    'request is missed; for every decision on what is safe to do next.',
};
const RECORD_ANSWER = { lsn: LSN, wal_data: BASE64, space_id: UINT32, page_no: UINT32 };
/** What a request that needs the leader can meet. */
const OF_THE_LEADER = ['overloaded', 'no_leader', 'unknown', 'unavailable'] as const satisfies readonly ErrorCode[];
const OF_A_BODY = [
  'malformed',
  'timeout',
  'too_large',
  'unsupported_media_type',
] as const satisfies readonly ErrorCode[];

export const ROUTE_DOCS = {
  streamWal: {
    summary: 'Stores a record, or an array of them in order, on a quorum. The same records again are a success.',
    body: {
      ...object(
        {
          lsn: { ...LSN_GIVEN, description: 'From 1; above all before it.' },
          wal_data: BASE64,
          space_id: UINT32,
          page_no: UINT32,
          prev_lsn: { ...LSN_GIVEN, description: 'The record goes right behind this one, and waits for it.' },
          generation: { ...GENERATION, description: 'Of the writer: a lower one than the log’s is fenced.' },
        },
        ['space_id', 'page_no', 'prev_lsn', 'generation'],
      ),
      additionalProperties: true,
    },
    several: {
      max: RECORDS_MAX,
      description:
        'Each record goes right behind the one before it, unless it names another `prev_lsn`. When not all are stored, ' +
        '`index` is the place of the first that is not, from 0, and `last_applied_lsn` the last that is; send the array again.',
    },
    success: successWith({ last_applied_lsn: LSN }),
    errors: [...OF_A_BODY, 'conflict', 'out_of_order', 'gap', 'fenced', ...OF_THE_LEADER],
  },
  raiseGeneration: {
    summary: 'Fences every writer of a lower generation, and says where the log ended then.',
    body: { ...object({ generation: GENERATION }), additionalProperties: true },
    success: successWith({ generation: GENERATION, latest_lsn: LSN }),
    errors: [...OF_A_BODY, 'fenced', ...OF_THE_LEADER],
  },
  getWal: {
    summary: 'One committed record.',
    query: { lsn: { schema: LSN_GIVEN, description: 'From 1.', required: true }, consistency: CONSISTENCY },
    success: successWith(RECORD_ANSWER, ['space_id', 'page_no']),
    errors: ['malformed', 'not_found', 'damaged', ...OF_THE_LEADER],
  },
  getWalRange: {
    summary: 'Committed records in order of their LSNs, a page of them.',
    query: {
      start_lsn: { schema: LSN_GIVEN, description: 'Where to begin, 1 if absent.' },
      end_lsn: { schema: LSN_GIVEN, description: 'The last LSN wanted; absent: no end.' },
      limit: {
        schema: { type: 'integer', minimum: 1, maximum: 10_000, default: 1_000 },
        description:
          'Records in a page. It may hold fewer and never none while there are any; about 4 MiB of data at most.',
      },
      consistency: CONSISTENCY,
    },
    success: successWith(
      {
        wals: { type: 'array', items: object(RECORD_ANSWER, ['space_id', 'page_no']) },
        next_lsn: { ...LSN, description: 'The `start_lsn` to go on with. Absent behind the highest LSN there can be.' },
        more: { ...BOOLEAN, description: 'Whether the range may hold more behind these.' },
        latest_lsn: { ...LSN, description: 'The last committed LSN when the page was made.' },
      },
      ['next_lsn'],
    ),
    errors: ['malformed', 'damaged', ...OF_THE_LEADER],
  },
  getLatestLsn: {
    summary: 'The LSN of the last committed record, 0 when there is none.',
    query: { consistency: CONSISTENCY },
    success: successWith({ latest_lsn: LSN }),
    errors: ['malformed', ...OF_THE_LEADER],
  },
  ping: {
    summary: 'That this replica runs, and its role.',
    success: object(
      {
        status: { const: 'ok' },
        version: STRING,
        state: { enum: ['follower', 'candidate', 'leader'] },
        trouble: { ...STRING, description: 'Why it takes no part, when it does not.' },
      },
      ['trouble'],
    ),
    errors: [],
  },
  metrics: {
    summary: 'How this replica is: who leads, how far it is, its peers.',
    success: successWith({
      metrics: object(
        {
          replica_id: STRING,
          state: { enum: ['follower', 'candidate', 'leader'] },
          term: COUNT,
          latest_lsn: LSN,
          wal_count: { ...COUNT, description: 'Records committed since the beginning.' },
          quorum_size: COUNT,
          peer_count: { ...COUNT, description: 'Members besides this one.' },
          replication_lag: GO_DURATION,
          generation: GENERATION,
          phase: { enum: ['recovering', 'founding', 'member', 'halted'] },
          leader: STRING,
          leader_url: STRING,
          trouble: STRING,
          members: { ...mapOf(STRING), description: 'The URL of each member, by its name.' },
          followers: {
            ...mapOf(object({ active: BOOLEAN, lag_entries: COUNT, lag: GO_DURATION })),
            description: 'Of a leader.',
          },
        },
        ['leader', 'leader_url', 'trouble'],
      ),
    }),
    errors: [],
  },
  prometheus: { summary: 'Everything that is measured, in the text format of Prometheus.', errors: [] },
  livez: { summary: 'That the process runs and answers.', success: successWith({}), errors: [] },
  readyz: {
    summary: 'Whether a request sent here now can be dealt with, by this replica or by the leader it knows.',
    success: successWith({ leader: STRING }),
    errors: ['not_ready'],
  },
} as const satisfies Readonly<Record<string, RouteDoc>>;
