import { describe, expect, it } from 'vitest';
import { LSN_MAX } from '../../engine/vocabulary/units.ts';
import { scenarioFromSeed } from '../generate.ts';
import { Random } from '../random.ts';
import { LsnLine, RecordSource } from './records.ts';

const { workload } = scenarioFromSeed(1);

describe('LsnLine', () => {
  it('ends with the highest LSN there is', () => {
    const line = new LsnLine(new Random('line'), { ...workload, firstLsn: '18446744073709551000', lsnGapMax: 100 });
    let position = 0;
    while (line.at(position) !== undefined) position += 1;
    expect(position).toBeGreaterThan(5);
    expect(line.at(position - 1)).toBe(LSN_MAX);
    expect(line.positionAfter(LSN_MAX)).toBe(position);
    expect(line.positionAfter(LSN_MAX - 1n)).toBe(position - 1);
  });

  it('rises, the same for everybody', () => {
    const line = new LsnLine(new Random('line'), { ...workload, firstLsn: '18446744073000000000', lsnGapMax: 1_000 });
    const other = new LsnLine(new Random('line'), { ...workload, firstLsn: '18446744073000000000', lsnGapMax: 1_000 });
    other.at(50);
    for (let position = 1; position < 100; position++) {
      const lsn = line.at(position) ?? 0n;
      expect(lsn).toBeGreaterThan(line.at(position - 1) ?? 0n);
      expect(lsn).toBe(other.at(position));
      expect(line.positionAfter(lsn)).toBe(position + 1);
      expect(line.positionAfter(lsn - 1n)).toBe(position);
    }
    expect(line.positionAfter(0n)).toBe(0);
  });

  it('finds positions that nobody has asked for yet', () => {
    const line = new LsnLine(new Random('line'), { ...workload, firstLsn: '0', lsnGapMax: 1 });
    expect(line.positionAfter(1_000n)).toBe(1_000);
  });
});

describe('RecordSource', () => {
  it('makes the same record whenever it is asked', () => {
    const source = new RecordSource('writer', { bytesMax: 300, empty: 0.1, large: 0.1, largeBytesMax: 5_000 });
    const records = Array.from({ length: 300 }, (_, at) => source.record(BigInt(at + 1), undefined, 0));
    expect(source.record(7n, undefined, 0)).toEqual(records[6]);
    expect(records.some(({ data }) => data.length === 0)).toBe(true);
    expect(records.some(({ data }) => data.length > 300)).toBe(true);
    expect(
      new RecordSource('other', { bytesMax: 300, empty: 0, large: 0, largeBytesMax: 0 }).record(7n, undefined, 0).data,
    ).not.toEqual(records[6]?.data);
  });
});
