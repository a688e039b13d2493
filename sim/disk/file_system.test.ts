import { describe, expect, it } from 'vitest';
import { Random } from '../random.ts';
import { FileSystem, ImpossibleOperation } from './file_system.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);

/** The names that a thousand power cuts leave behind. */
function outcomes(prepare: (files: FileSystem) => void): Set<string> {
  const found = new Set<string>();
  for (let seed = 0; seed < 1000; seed++) {
    const files = new FileSystem();
    prepare(files);
    files.powerCut(new Random(`cut ${seed}`));
    found.add(
      files
        .list()
        .map((file) => `${file.name}:${file.size}`)
        .join(' '),
    );
  }
  return found;
}

describe('FileSystem', () => {
  it('may lose the name of a file that was written and synced', () => {
    const found = outcomes((files) => {
      files.write('wal/wal_1', 0, bytes(1, 2, 3));
      files.existing('wal/wal_1').sync();
    });
    expect(found).toEqual(new Set(['', 'wal/wal_1:3']));
  });

  it('keeps the name once its directory is synced, with nothing in it if the file was not', () => {
    const found = outcomes((files) => {
      files.write('wal/wal_1', 0, bytes(1, 2, 3));
      files.directory('wal').sync();
    });
    expect(found).toContain('wal/wal_1:0');
    expect(found).toContain('wal/wal_1:3');
    expect(found).not.toContain('');
  });

  it('goes back to the old file when a renaming was not synced', () => {
    const found = outcomes((files) => {
      files.write('identity', 0, bytes(1));
      files.existing('identity').sync();
      files.directory('').sync();
      files.write('identity.new', 0, bytes(1, 2));
      files.existing('identity.new').sync();
      files.rename('identity.new', 'identity');
    });
    expect(found).toEqual(new Set(['identity:1', 'identity:1 identity.new:2', 'identity:2']));
  });

  it('loses changes of one directory from the last on', () => {
    const found = outcomes((files) => {
      for (const name of ['wal/wal_1', 'wal/wal_2', 'wal/wal_3']) files.findOrCreate(name);
    });
    expect(found).toEqual(
      new Set(['', 'wal/wal_1:0', 'wal/wal_1:0 wal/wal_2:0', 'wal/wal_1:0 wal/wal_2:0 wal/wal_3:0']),
    );
  });

  it('refuses what no correct node asks for', () => {
    const files = new FileSystem();
    expect(() => files.existing('wal/none')).toThrow(ImpossibleOperation);
    expect(() => files.write('elsewhere/file', 0, bytes())).toThrow(ImpossibleOperation);
    files.write('identity', 0, bytes(1));
    expect(() => files.rename('identity', 'wal/identity')).toThrow(ImpossibleOperation);
  });
});
