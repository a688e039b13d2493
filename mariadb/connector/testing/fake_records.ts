import { NotFoundError, type WalRecord } from '../../../client/index.ts';
import type { StoredRecords } from '../../stored/stored_end.ts';

/** What safekeepers hold, in memory. */
export function fakeRecords(records: readonly WalRecord[]): StoredRecords {
  return {
    latestLsn: () => Promise.resolve(records.at(-1)?.lsn ?? 0n),
    get: (lsn) => {
      const found = records.find((record) => record.lsn === lsn);
      return found === undefined
        ? Promise.reject(new NotFoundError(`No record has LSN ${lsn}.`))
        : Promise.resolve(found);
    },
    records: async function* (range) {
      const { from = 1n, through } = range ?? {};
      for (const record of records)
        if (record.lsn >= from && (through === undefined || record.lsn <= through)) yield record;
    },
  };
}
