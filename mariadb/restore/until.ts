import { gtidToString } from '../binlog/gtid.ts';
import type { StoredUnit } from '../stored/units.ts';

/** Where a restore ends. */
export type Until =
  /** With this transaction. */
  | { readonly kind: 'gtid'; readonly gtid: string }
  /** Before the first transaction written after this second: seconds since 1970. */
  | { readonly kind: 'time'; readonly timestamp: number }
  /** With the unit that ends at or before this LSN. */
  | { readonly kind: 'lsn'; readonly lsn: bigint };

/**
 * `0-1-5479`, an LSN, or a time such as `2026-11-23T20:00:00Z` (without a zone: local time).
 * @returns undefined when it is none of them.
 */
export function parseUntil(text: string): Until | undefined {
  if (/^\d+-\d+-\d+$/.test(text)) return { kind: 'gtid', gtid: text };
  if (/^\d+$/.test(text)) return { kind: 'lsn', lsn: BigInt(text) };
  const milliseconds = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text.replace(' ', 'T')) : Number.NaN;
  return Number.isNaN(milliseconds) ? undefined : { kind: 'time', timestamp: Math.floor(milliseconds / 1_000) };
}

/** Decides unit by unit: `before`: it is not wanted any more; `after`: it is the last one. */
export function endsAt(until: Until | undefined, unit: StoredUnit): 'no' | 'before' | 'after' {
  if (until === undefined) return 'no';
  if (until.kind === 'lsn') return unit.lsn > until.lsn ? 'before' : unit.lsn === until.lsn ? 'after' : 'no';
  if (unit.kind !== 'group' || unit.gtid === undefined) return 'no';
  if (until.kind === 'time') return unit.timestamp > until.timestamp ? 'before' : 'no';
  return gtidToString(unit.gtid) === until.gtid ? 'after' : 'no';
}
