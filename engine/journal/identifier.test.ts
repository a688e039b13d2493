import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../bytes/hex.ts';
import { singleBitFlips, someIdentifier } from '../testing/arbitraries.ts';
import type { Identifier } from './identifier.ts';
import {
  decodeIdentifier,
  encodeIdentifier,
  GROUP_BYTES,
  identifiersFileBytes,
  readSlot,
  SECTOR_BYTES,
  SLOT_BYTES,
  slotOffset,
} from './identifier.ts';

function slotOf(identifier: Identifier): Uint8Array {
  const slot = new Uint8Array(SLOT_BYTES);
  encodeIdentifier(slot, 0, identifier);
  return slot;
}

const EXAMPLE: Identifier = {
  index: 0x0102_0304_0506,
  term: 7,
  kind: 'record',
  lsn: 0x1122_3344_5566_7788n,
  generation: 0x1_0000_0002,
  spaceId: 0xaabb_ccdd,
  pageNo: undefined,
  offset: 0x0010_0000,
  length: 5,
  checksum: 0xdead_beef,
  positionInWrite: 0x0102,
};

describe('an identifier', () => {
  it('has the published bytes', () => {
    expect(toHex(slotOf(EXAMPLE))).toBe(
      [
        '060504030201', // index
        '070000000000', // term
        '02', // a record
        '01', // has a space id and no page number
        '0201', // position in its write
        '8877665544332211', // LSN
        '0200000001000000', // generation
        'ddccbbaa', // space id
        '00000000', // page number
        '00000000', // timeline
        '00001000', // offset
        '05000000', // length
        'efbeadde', // checksum of the data
        '00000000', // reserved
        '8ae47d4d', // checksum of all this
      ].join(''),
    );
  });

  it('comes back as it was, wherever in a buffer it is', () => {
    fc.assert(
      fc.property(someIdentifier, fc.nat(200), (identifier, at) => {
        const buffer = new Uint8Array(at + SLOT_BYTES + 3).fill(0xa5);
        encodeIdentifier(buffer.subarray(1), at, identifier);
        expect(decodeIdentifier(buffer.subarray(1), at, identifier.index)).toEqual(identifier);
      }),
    );
  });

  it('is not sound with any bit of it flipped', () => {
    fc.assert(
      fc.property(someIdentifier, (identifier) => {
        for (const flipped of singleBitFlips(slotOf(identifier))) {
          expect(decodeIdentifier(flipped, 0, identifier.index)).toBeUndefined();
        }
      }),
      { numRuns: 10 },
    );
  });

  it('is not sound in the slot of another index, when cut short, or of an unknown kind', () => {
    const slot = slotOf(EXAMPLE);
    expect(decodeIdentifier(slot, 0, EXAMPLE.index + 1)).toBeUndefined();
    for (let length = 0; length < SLOT_BYTES; length++) {
      expect(decodeIdentifier(slot.subarray(0, length), 0, EXAMPLE.index)).toBeUndefined();
    }
    expect(decodeIdentifier(new Uint8Array(SLOT_BYTES), 0, 0)).toBeUndefined();
  });
});

describe('slots', () => {
  it('lie where the format says, and never on top of each other or of second copies', () => {
    const taken = new Set<number>();
    for (let slot = 0; slot < 300; slot++) {
      expect(slotOffset(slot)).toBe(Math.floor(slot / 64) * 8192 + (slot % 64) * 64);
      for (const at of [slotOffset(slot), slotOffset(slot) + SECTOR_BYTES]) {
        expect(taken.has(at)).toBe(false);
        taken.add(at);
      }
    }
  });

  it('make a file that ends with the second copy of the last', () => {
    expect(identifiersFileBytes(0)).toBe(0);
    expect(identifiersFileBytes(1)).toBe(4096 + 64);
    expect(identifiersFileBytes(64)).toBe(8192);
    expect(identifiersFileBytes(65)).toBe(8192 + 4096 + 64);
  });

  it('are read from whichever copy is sound', () => {
    const slot = 70;
    const identifier = { ...EXAMPLE, index: 71 };
    for (const damaged of [[], [0], [SECTOR_BYTES], [0, SECTOR_BYTES]]) {
      const group = new Uint8Array(GROUP_BYTES);
      const at = slotOffset(slot) - GROUP_BYTES;
      encodeIdentifier(group, at, identifier);
      encodeIdentifier(group, at + SECTOR_BYTES, identifier);
      for (const copy of damaged) group.fill(0xff, at + copy, at + copy + 1);
      expect(readSlot(group, GROUP_BYTES, slot, 71)).toEqual(damaged.length === 2 ? undefined : identifier);
    }
  });
});
