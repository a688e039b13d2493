import { eventsOf } from '../../engine/index.ts';
import type { Happening } from '../../sim/index.ts';

/** A message on its way takes no longer than this; one that takes longer was held back, or its receiver stood still. */
const USUAL_MS = 20;

/** What became of a message: the bytes themselves tell which one it is. */
export class Fates {
  private readonly sentAt = new Map<Uint8Array, number>();
  private readonly arrivals = new Map<Uint8Array, number[]>();

  note(happening: Happening): void {
    if (happening.what === 'effect' && happening.effect.kind === 'send') {
      this.sentAt.set(happening.effect.bytes, happening.atMs);
    }
    if (happening.what !== 'event') return;
    for (const event of eventsOf(happening.event)) {
      if (event.kind !== 'message') continue;
      const { bytes } = event;
      this.arrivals.set(bytes, [...(this.arrivals.get(bytes) ?? []), happening.atMs]);
    }
  }

  of(bytes: Uint8Array, sentMs: number): 'arrives' | 'comes late' | 'lost' {
    const [firstMs] = this.arrivals.get(bytes) ?? [];
    if (firstMs === undefined) return 'lost';
    return firstMs - sentMs > USUAL_MS ? 'comes late' : 'arrives';
  }

  /** When this message, which arrives now, was sent, if that is long ago. */
  sentLongBefore(bytes: Uint8Array, nowMs: number): number | undefined {
    const sentMs = this.sentAt.get(bytes);
    return sentMs !== undefined && nowMs - sentMs > USUAL_MS ? sentMs : undefined;
  }
}
