import {
  DEFAULT_LIMITS,
  DEFAULT_SEGMENT_BYTES,
  DEFAULT_TIMING,
  type Limits,
  type Timing,
} from '../../engine/vocabulary/index.ts';
import type { ClusterParameters } from '../../sim/index.ts';
import { number, type NumberFacts } from './number.ts';
import { ScenarioProblem } from './problem.ts';
import { type FieldsOf, optional, record } from './record.ts';
import type { Shape } from './shape.ts';

const MS = { low: 1, high: 3_600_000, fractions: true } as const;
const BYTES = { low: 0, high: 2 ** 31 } as const;
const COUNT = { low: 0, high: 1_000_000_000 } as const;

/** Drawn election timeouts are long enough for what is drawn beside them: the slowest disk, the widest delay. */
const TIMING: FieldsOf<Timing> = {
  heartbeatMs: number({ ...MS, calm: DEFAULT_TIMING.heartbeatMs, often: [40, 60] }),
  electionTimeoutMs: number({ ...MS, calm: DEFAULT_TIMING.electionTimeoutMs, often: [150, 300, 1_000] }),
  handshakeRetryMs: number({ ...MS, calm: DEFAULT_TIMING.handshakeRetryMs, often: [100, 500] }),
  diskStallMs: number({ ...MS, calm: DEFAULT_TIMING.diskStallMs, often: [300, 1_000] }),
  heldRecordMs: number({ ...MS, calm: DEFAULT_TIMING.heldRecordMs, often: [100, 1_000] }),
  transferMs: number({ ...MS, calm: DEFAULT_TIMING.transferMs, often: [300] }),
};

function limit(facts: Pick<NumberFacts, 'low' | 'high'>, name: keyof Limits, ...often: number[]): Shape<number> {
  return number({ ...facts, calm: DEFAULT_LIMITS[name], often });
}

const LIMITS: FieldsOf<Limits> = {
  recordBytesMax: limit(BYTES, 'recordBytesMax', 64 * 1024),
  uncommittedBytesMax: limit(BYTES, 'uncommittedBytesMax', 500, 5_000, 50_000),
  openRequestsMax: limit(COUNT, 'openRequestsMax', 3, 10, 100),
  heldRecordsMax: limit(COUNT, 'heldRecordsMax', 0, 1, 5),
  heldBytesMax: limit(BYTES, 'heldBytesMax', 0, 1_000, 10_000),
  appendBytesMax: limit(BYTES, 'appendBytesMax', 1, 500, 5_000),
  inflightAppendsMax: limit({ low: 1, high: COUNT.high }, 'inflightAppendsMax', 1, 2, 4),
  inflightBytesMax: limit(BYTES, 'inflightBytesMax', 1, 1_000, 10_000),
  writeBytesMax: limit(BYTES, 'writeBytesMax', 1, 1_000, 10_000),
  tailEntriesMax: limit(COUNT, 'tailEntriesMax', 1, 5, 50),
  tailBytesMax: limit(BYTES, 'tailBytesMax', 1, 2_000, 20_000),
};

/** A range of times, low and high. */
const RESTART: Shape<readonly [low: number, high: number]> = {
  calm: [50, 1_000],
  read(found, path) {
    if (!Array.isArray(found) || found.length !== 2)
      throw new ScenarioProblem(path, 'should be a list of two times in milliseconds, the least and the most.');
    const time = number({ low: 0, high: 3_600_000, fractions: true });
    const range = [time.read(found[0], `${path}[0]`), time.read(found[1], `${path}[1]`)] as const;
    if (range[0] > range[1])
      throw new ScenarioProblem(path, `is from ${range[0]} to ${range[1]}; give the least first.`);
    return range;
  },
  simplify: (value, attempt) => (attempt([50, 1_000]) ? [50, 1_000] : value),
  arbitrary: () =>
    number({ low: 100, high: 3_000, calm: 1_000, often: [100, 3_000] })
      .arbitrary()
      .map((high) => [50, high] as const),
};

/** A cluster of one replica up to seven. */
export const CLUSTER_FIELDS: FieldsOf<ClusterParameters> = {
  replicas: number({ low: 1, high: 7, usual: [3, 7] }),
  timing: record<Timing>(TIMING),
  limits: record<Limits>(LIMITS),
  segmentBytes: number({ low: 0, high: 2 ** 31, calm: DEFAULT_SEGMENT_BYTES, often: [0, 200, 2_000, 20_000, 200_000] }),
  supervisorRestartMs: RESTART,
  turnMs: optional(number({ low: 0, high: 1_000, fractions: true, calm: 0, usual: [0, 1] })),
};

export const CLUSTER_SHAPE: Shape<ClusterParameters> = record<ClusterParameters>(CLUSTER_FIELDS);
