import { describe, expect, it } from 'vitest';
import { Random } from '../random.ts';
import { SimulatedFile } from './file.ts';

const text = (file: Uint8Array) => [...file].map((byte) => (byte === 0 ? '.' : String.fromCharCode(byte))).join('');
const bytes = (content: string) => Uint8Array.from([...content].map((letter) => letter.charCodeAt(0)));

/** What a thousand power cuts leave behind of what `prepare` did. */
function outcomes(prepare: (file: SimulatedFile) => void): Set<string> {
  const found = new Set<string>();
  for (let seed = 0; seed < 1000; seed++) {
    const file = new SimulatedFile();
    prepare(file);
    file.powerCut(new Random(`cut ${seed}`));
    expect(text(file.cacheView())).toBe(text(file.platterView()));
    found.add(text(file.platterView()));
  }
  return found;
}

describe('SimulatedFile', () => {
  it('keeps what was synced', () => {
    const found = outcomes((file) => {
      file.write(0, bytes('synced'));
      file.sync();
      file.write(6, bytes(' not'));
    });
    expect([...found].every((content) => content.startsWith('synced'))).toBe(true);
    expect(found).toContain('synced');
    expect(found).toContain('synced not');
    expect(found).toContain('synced....');
  });

  it('tears at sectors: a late one may arrive without an early one', () => {
    const found = outcomes((file) => file.write(0, bytes('a'.repeat(512) + 'b'.repeat(512))));
    expect(found).toContain('.'.repeat(512) + 'b'.repeat(512));
    expect(found).toContain('a'.repeat(512));
    expect(found).toContain('');
    for (const content of found) expect(content).toMatch(/^(a{1,512}|\.{1,512})?(b{1,512}|\.{1,512})?$/);
  });

  it('may lose a truncation that was not synced', () => {
    const found = outcomes((file) => {
      file.write(0, bytes('longer'));
      file.sync();
      file.truncate(2);
    });
    expect([...found].sort()).toContain('lo');
    expect(found).toContain('longer');
  });

  it('shows zeros where a truncated file grew again', () => {
    const file = new SimulatedFile();
    file.write(0, bytes('longer'));
    file.sync();
    file.truncate(2);
    file.write(4, bytes('x'));
    expect(text(file.cacheView())).toBe('lo..x');
    file.sync();
    expect(text(file.platterView())).toBe('lo..x');
  });

  it('after a failed sync shows pages that a later sync does not write and a power cut loses', () => {
    let lost = 0;
    for (let seed = 0; seed < 100; seed++) {
      const file = new SimulatedFile();
      const random = new Random(`failed sync ${seed}`);
      file.write(0, bytes('gone'));
      file.failSync(random);
      expect(text(file.cacheView())).toBe('gone');
      file.sync();
      if (text(file.platterView()) !== 'gone') lost++;
      file.powerCut(random);
      expect(text(file.cacheView())).toBe(text(file.platterView()));
    }
    expect(lost).toBeGreaterThan(50);
  });

  it('tells one reader from where the platter changed', () => {
    const file = new SimulatedFile();
    file.write(0, bytes('0123456789'));
    file.sync();
    expect(file.takeLowestChange()).toBe(0);
    file.write(4, bytes('x'));
    expect(file.takeLowestChange()).toBe(Infinity);
    file.sync();
    expect(file.takeLowestChange()).toBe(4);
    file.flipBit(9);
    expect(file.takeLowestChange()).toBe(1);
    expect(text(file.cacheView())).toBe('0323x56789'.replace('3', String.fromCharCode(49 ^ 2)));
  });
});
