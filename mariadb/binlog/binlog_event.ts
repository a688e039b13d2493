import type { EventHeader } from './event_header.ts';
import { endsTransaction, EVENT_TYPE, isBeforeTheStatement, isOutsideGroups } from './event_types.ts';
import { GTID_EVENT_BYTES_MIN, type Gtid, type GtidEvent, parseGtidEvent } from './gtid.ts';

/** What an event does to the group it stands in. */
export type EventRole =
  /** A `GTID` event: a group begins. */
  | { readonly kind: 'begins'; readonly gtid: Gtid; readonly standalone: boolean }
  /** No group ever holds it: file headers, Rotate, Stop and the like. */
  | { readonly kind: 'outside' }
  /** Inside a group; whether it is the last depends on what kind of group that is. */
  | { readonly kind: 'inside'; readonly endsTransaction: boolean; readonly endsStandalone: boolean };

export interface BinlogEvent {
  readonly header: EventHeader;
  readonly role: EventRole;
  /** Where it begins in its file. */
  readonly offset: number;
}

/** An event, or a part of one too large to be held in memory. Pieces come in order, without gaps. */
export interface EventPiece {
  readonly event: BinlogEvent;
  readonly bytes: Uint8Array;
  /** The event ends with this piece. */
  readonly last: boolean;
}

/**
 * @param head the event's first bytes: `GTID_EVENT_BYTES_MIN`, or the whole event.
 * @param tail its last bytes without the checksum: `TAIL_BYTES`, or the whole event.
 */
export function roleOf(header: EventHeader, head: Buffer, tail: Uint8Array): EventRole {
  const { type, serverId } = header;
  if (type === EVENT_TYPE.gtid && head.byteLength >= GTID_EVENT_BYTES_MIN) {
    const { gtid, standalone }: GtidEvent = parseGtidEvent(head, serverId);
    return { kind: 'begins', gtid, standalone };
  }
  if (isOutsideGroups(type)) return { kind: 'outside' };
  return { kind: 'inside', endsTransaction: endsTransaction(type, tail), endsStandalone: !isBeforeTheStatement(type) };
}
