import { BinlogDump, type DumpRequest } from '../primary/dump.ts';
import type { PrimaryAddress } from '../primary/session.ts';

/** A dump, as the connector uses it. */
export type Dump = Pick<BinlogDump, 'events' | 'acknowledge' | 'close'>;

/** Opens dumps of one server. */
export interface DumpSource {
  open(request: Omit<DumpRequest, 'serverId'>): Promise<Dump>;
}

/**
 * Uses one server id after the other: a server on which an idle dump of the same id is still open, though its connection is
 * gone, would hang in ending that one (`kill_zombie_dump_threads`).
 */
export function dumpSource(address: PrimaryAddress, serverIds: readonly number[]): DumpSource {
  let turn = 0;
  return {
    open: async (request) => {
      const serverId = serverIds[turn++ % serverIds.length] ?? 1;
      return await BinlogDump.open(address, { ...request, serverId });
    },
  };
}
