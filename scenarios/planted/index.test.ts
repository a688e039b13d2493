import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PLANTED_MISTAKES } from './index.ts';

const top = new URL('../../', import.meta.url);

describe('planted mistakes', () => {
  it.each(PLANTED_MISTAKES)('$name still applies: its snippet stands in $file exactly once', (mistake) => {
    const source = readFileSync(new URL(mistake.file, top), 'utf8');
    expect(source.split(mistake.find)).toHaveLength(2);
    expect(mistake.replace).not.toBe(mistake.find);
  });

  it('have names of their own', () => {
    expect(new Set(PLANTED_MISTAKES.map((mistake) => mistake.name)).size).toBe(PLANTED_MISTAKES.length);
  });
});
