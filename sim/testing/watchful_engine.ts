import { crc32c } from '../../engine/bytes/crc32c.ts';
import type { EngineUnderTest } from '../engine_under_test.ts';

/**
 * An engine whose states, events and effects are frozen as soon as they are seen, and whose bytes are watched: whoever
 * changes one in place throws, or is found out at the end.
 */
export function watchfulEngine(engine: EngineUnderTest): { engine: EngineUnderTest; verify: () => void } {
  const seen = new WeakSet<object>();
  const bytes = new Map<Uint8Array, number>();
  const freeze = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    if (ArrayBuffer.isView(value)) {
      if (value instanceof Uint8Array) bytes.set(value, crc32c(value));
      return;
    }
    for (const part of Object.values(value)) freeze(part);
    Object.freeze(value);
  };
  return {
    engine: {
      ...engine,
      step(node, event) {
        freeze(event);
        const result = engine.step(node, event);
        freeze(result);
        return result;
      },
    },
    verify() {
      for (const [view, checksum] of bytes)
        if (crc32c(view) !== checksum) throw new Error(`${view.length} bytes were changed in place`);
    },
  };
}
