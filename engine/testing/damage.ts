import { FRAME_HEADER_BYTES } from '../journal/entry.ts';
import type { Lsn } from '../vocabulary/units.ts';
import type { CalmNode } from './calm_cluster.ts';

/** Flips a bit in the data of a record on a node's disk, as rot would; after a restart the node has a hole there. */
export function damageRecord(node: CalmNode, lsn: Lsn): void {
  for (const [name, content] of node.files) {
    if (!name.startsWith('wal/')) continue;
    const view = new DataView(content.buffer, content.byteOffset, content.length);
    for (let at = 0; at + FRAME_HEADER_BYTES <= content.length; ) {
      const length = view.getUint32(at + 8, true);
      if (view.getBigUint64(at, true) === lsn) {
        const damaged = content.slice();
        damaged[at + FRAME_HEADER_BYTES] = (damaged[at + FRAME_HEADER_BYTES] ?? 0) ^ 1;
        node.files.set(name, damaged);
        return;
      }
      at += FRAME_HEADER_BYTES + length;
    }
  }
  throw new Error(`record ${lsn} is not on this disk`);
}
