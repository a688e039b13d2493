import { describe, expect, it } from 'vitest';
import { SimulatedFile } from './file.ts';
import { FileSystem } from './file_system.ts';
import { rot } from './rot.ts';

function fileSystem(files: Readonly<Record<string, number>>): FileSystem {
  const system = new FileSystem();
  system.replaceBy(new Map(Object.entries(files).map(([name, size]) => [name, new Uint8Array(size).fill(0xaa)])));
  return system;
}

/** Where a file's platter is not what it was. */
function hits(system: FileSystem, name: string): number[] {
  const bytes = system.findOnPlatter(name)?.platterView() ?? new Uint8Array(0);
  return [...bytes.entries()].filter(([, byte]) => byte !== 0xaa).map(([at]) => at);
}

describe('rot', () => {
  it('goes by the order of the log, not of the names', () => {
    const system = fileSystem({ 'wal/wal_9': 100, 'wal/wal_10': 100 });
    rot(system, { area: 'frames', copy: 0, at: 0, damage: 'bit' });
    rot(system, { area: 'frames', copy: 1, at: 0.755, damage: 'bit' });
    expect(hits(system, 'wal/wal_9')).toEqual([0]);
    expect(hits(system, 'wal/wal_10')).toEqual([51]);
  });

  it('keeps to one copy of what is stored twice', () => {
    for (const copy of [0, 1] as const) {
      const system = fileSystem({ 'identifiers/identifiers_1': 4 * 4096, identity: 4096 + 60 });
      for (let at = 0; at < 1; at += 0.01) {
        rot(system, { area: 'identifiers', copy, at, damage: 'sector' });
        rot(system, { area: 'identity', copy, at, damage: 'bit' });
      }
      const sectors = new Set(hits(system, 'identifiers/identifiers_1').map((at) => Math.floor(at / 4096) % 2));
      expect([...sectors]).toEqual([copy]);
      const inIdentity = hits(system, 'identity');
      expect(inIdentity.length).toBeGreaterThan(10);
      for (const at of inIdentity) expect(at < 60 ? 0 : at >= 4096 ? 1 : -1).toBe(copy);
    }
  });

  it('spares the frames that nobody could know to have been synced', () => {
    const system = fileSystem({ 'wal/wal_9': 5_000, 'wal/wal_10': 5_000 });
    const spared = { name: 'wal/wal_9', offset: 3_000 };
    for (let at = 0; at < 1; at += 0.01) rot(system, { area: 'frames', copy: 0, at, damage: 'sector', spared });
    const found = hits(system, 'wal/wal_9');
    expect(found.length).toBeGreaterThan(2_000);
    expect(Math.max(...found)).toBeLessThan(3_000);
    expect(hits(system, 'wal/wal_10')).toEqual([]);
  });

  it('has nothing to hit where nothing is', () => {
    const nothing = { area: 'manifest', copy: 0, at: 0.5, damage: 'bit' } as const;
    expect(rot(fileSystem({ 'wal/wal_1': 10 }), nothing)).toBeUndefined();
  });

  it('is hidden by a dirty page, and healed when that is written back', () => {
    const file = new SimulatedFile();
    file.write(0, Uint8Array.of(1, 2, 3, 4));
    file.sync();
    file.write(1, Uint8Array.of(7));
    file.zeroSector(0);
    expect([...file.cacheView()]).toEqual([0, 7, 0, 0]);
    expect([...file.platterView()]).toEqual([0, 0, 0, 0]);
    file.sync();
    expect([...file.platterView()]).toEqual([0, 7, 0, 0]);
  });
});
