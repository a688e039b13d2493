import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LSN_MAX } from '../vocabulary/units.ts';
import { classify, controlFile, framesFile, identifiersFile, manifestFile } from './names.ts';

const someIndex = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });

describe('names of files', () => {
  it('are the published ones', () => {
    expect(framesFile(LSN_MAX)).toBe('wal/wal_18446744073709551615');
    expect(identifiersFile(1)).toBe('identifiers/identifiers_1');
    expect(manifestFile(0)).toBe('identifiers/manifest_0');
    expect(controlFile(1, 0)).toBe('control/control_1_0');
  });

  it('say what a file is', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: LSN_MAX }), someIndex, fc.maxSafeNat(), (lsn, index, term) => {
        expect(classify(framesFile(lsn))).toEqual({ kind: 'frames', lsn });
        expect(classify(identifiersFile(index))).toEqual({ kind: 'identifiers', firstIndex: index });
        expect(classify(controlFile(index, term))).toEqual({ kind: 'control', index, term });
        expect(classify(manifestFile(index % 1_000_000_000))).toEqual({
          kind: 'manifest',
          number: index % 1_000_000_000,
        });
        for (const name of [framesFile(lsn), identifiersFile(index), controlFile(index, term), 'identity']) {
          expect(classify(`${name}.new`)).toEqual({ kind: 'unfinished' });
        }
      }),
    );
    expect(classify('identity')).toEqual({ kind: 'identity' });
    expect(classify('term-and-vote')).toEqual({ kind: 'termAndVote' });
  });

  it('leave alone what is not the journal’s', () => {
    for (const name of [
      'LOCK',
      'wal_1000',
      'wal/wal_0',
      'wal/wal_01',
      'wal/wal_-1',
      'wal/wal_1 ',
      'wal/wal_1.zst',
      'wal/old/wal_1',
      'backup/wal/wal_1',
      'identifiers/identifiers_0',
      'identifiers/identifiers_01',
      'identifiers/manifest_00',
      'control/control_0_0',
      'control/control_1_00',
      'control/control_1',
      'notes.new',
      'wal/notes.new',
      '.new',
      '',
    ]) {
      expect(classify(name)).toEqual({ kind: 'foreign' });
    }
  });

  it('never name a number that is not exact', () => {
    expect(classify('wal/wal_18446744073709551616')).toEqual({ kind: 'foreign' });
    expect(classify('identifiers/identifiers_9999999999999999')).toEqual({ kind: 'foreign' });
    expect(classify('control/control_9999999999999999_1')).toEqual({ kind: 'foreign' });
  });
});
