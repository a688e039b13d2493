import type {
  ReaderParameters,
  RecordParameters,
  WriterKind,
  WriterParameters,
  Workload,
} from '../../sim/clients/workload.ts';
import { word } from './choice.ts';
import { list } from './list.ts';
import { lsn } from './lsn.ts';
import { number, share } from './number.ts';
import { optional, record } from './record.ts';
import { script } from './script.ts';
import type { Shape } from './shape.ts';

const WRITER_KINDS: Readonly<Record<WriterKind, true>> = {
  chained: true,
  independent: true,
  rival: true,
  takeover: true,
  careless: true,
};

const MS = { low: 0, high: 3_600_000, fractions: true } as const;
const RATE = { low: 0.001, high: 1_000_000, fractions: true } as const;

const WRITER_SHAPE: Shape<WriterParameters> = record<WriterParameters>({
  kind: word<WriterKind>(WRITER_KINDS, 'chained'),
  window: number({ low: 1, high: 1_000_000, calm: 4, often: [1, 16, 64] }),
  connections: number({ low: 1, high: 1_000, calm: 1, often: [2, 4] }),
  recordsPerSecond: number({ ...RATE, calm: 20, often: [5, 60] }),
  burstMs: number({ ...MS, calm: 500, often: [2_000] }),
  idleMs: number({ ...MS, calm: 0, often: [1_000] }),
});

const READER_SHAPE: Shape<ReaderParameters> = record<ReaderParameters>({
  readsPerSecond: number({ ...RATE, calm: 1, often: [5] }),
  linearizable: share(0.5, 1),
  byLsn: share(0.5, 1),
  ranges: optional(share(0.3), { drawn: true }),
});

const RECORDS_SHAPE: Shape<RecordParameters> = record<RecordParameters>({
  bytesMax: number({ low: 1, high: 2 ** 30, calm: 30, often: [300, 1_500] }),
  empty: share(0.1),
  large: share(0.02, 0.1),
  largeBytesMax: number({ low: 1, high: 2 ** 30, calm: 10_000, often: [40_000, 70_000] }),
});

/** Who asks the cluster for what. */
export function workload(replicas: number): Shape<Workload> {
  return record<Workload>({
    writers: list(WRITER_SHAPE, {
      atLeast: 0,
      atMost: 1_000,
      drawn: 3,
      calm: [{ kind: 'chained', window: 4, connections: 1, recordsPerSecond: 20, burstMs: 500, idleMs: 0 }],
    }),
    readers: list(READER_SHAPE, { atLeast: 0, atMost: 1_000, drawn: 2, calm: [] }),
    script: optional(script(replicas), { drawn: false }),
    firstLsn: lsn('999', '4294967296', '9007199254740990', '18446744073000000000', '18446744073709550000'),
    lsnGapMax: number({ low: 1, high: 2 ** 40, calm: 1, often: [3, 1_000] }),
    records: RECORDS_SHAPE,
    requestTimeoutMs: number({ ...MS, low: 1, calm: 1_000, often: [300, 3_000] }),
    cancels: share(0.5, 1),
    wanders: optional(share(0.1, 0.5)),
  });
}
