import { describe, expect, it } from 'vitest';
import { allocate } from './allocate.ts';

describe('allocate', () => {
  it('gives zeros that nobody else has', () => {
    const all: Uint8Array[] = [];
    for (let turn = 0; turn < 2_000; turn++) {
      const bytes = allocate((turn * 37) % 5_000);
      expect(bytes.length).toBe((turn * 37) % 5_000);
      expect(bytes.every((byte) => byte === 0)).toBe(true);
      bytes.fill(turn % 251);
      all.push(bytes);
    }
    for (const [turn, bytes] of all.entries()) expect(bytes.every((byte) => byte === turn % 251)).toBe(true);
  });
});
