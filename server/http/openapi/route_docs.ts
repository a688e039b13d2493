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
  /** Bodies of other types, and answers of other types, that go on for as long as their two ends want. */
  readonly streams?: StreamDoc;
  /** Of the JSON that a success answers with; absent: plain text. */
  readonly success?: Schema;
  /** Besides those that every route has. */
  readonly errors: readonly ErrorCode[];
}

export interface StreamDoc {
  /** What each type of body is. */
  readonly body?: Readonly<Record<string, string>>;
  /** What each type of answer is. */
  readonly answer: Readonly<Record<string, string>>;
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
    query: {
      prev_lsn: {
        schema: LSN_GIVEN,
        description: 'Of a stream: what its first record goes right behind, if that does not say so itself.',
      },
      generation: { schema: GENERATION, description: 'Of a stream: that of each record that names none.' },
    },
    streams: {
      body: {
        'application/x-ndjson':
          'A stream: a record a line, as above. Each goes right behind the one before it. It may last for as long as you like.',
        'application/octet-stream':
          'The same in frames: LSN (8 bytes, little-endian), length (4 bytes, little-endian), data; a `wal_` file is such a stream. ' +
          'The highest bit of the length says that a space id (4 bytes) comes before the data, the second highest the same of a page ' +
          'number, after it; neither counts in the length.',
      },
      answer: {
        'application/x-ndjson':
          'Of a stream: `{"last_applied_lsn":…}` whenever all records up to there are stored, while the body goes on; in the end ' +
          '`{"status":"success","last_applied_lsn":…}`, or an error with `last_applied_lsn` and `index`, the place of the record that ' +
          'failed. Nothing behind that was stored by this stream: go on behind `last_applied_lsn`. An empty line, or the last one again, ' +
          'every 15 s says that the connection lives.',
      },
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
      follow: {
        schema: { enum: ['false', 'true'], default: 'false' },
        description:
          'A stream of all these records, which goes on as more are committed, until `end_lsn`. From any replica, of what it knows ' +
          'to be committed; without `limit` and `consistency`.',
      },
      consistency: CONSISTENCY,
    },
    streams: {
      answer: {
        'application/x-ndjson':
          'With `follow`: a record a line, with the fields of `wals`. A line `{"latest_lsn":…}` when nothing was committed for 15 s, and ' +
          'in the end, when everything up to `end_lsn` was brought; an ' +
          'error, as ever, where it cannot go on.',
        'application/octet-stream':
          'With `follow` and `Accept: application/octet-stream`: the same in the frames of `stream_wal`. A frame with the LSN 0 holds the ' +
          'latest LSN (8 bytes); it is no record.',
      },
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
    errors: ['malformed', 'damaged', 'unsupported_media_type', ...OF_THE_LEADER],
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
