import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const engine = new URL('./', import.meta.url);
const page = readFileSync(new URL('../docs/edge-cases.md', engine), 'utf8');
const tested = page.slice(0, page.indexOf('## Waiting for a feature'));

/** The tests and transcripts of etcd-io/raft that a text names. */
function namesIn(text: string): readonly string[] {
  return text.match(/\bTest[A-Z]\w+|\b\w+\.txt\b/g) ?? [];
}

/** The titles of every test file of the engine, by the file's path without its ending. */
const titles = new Map<string, readonly string[]>();
for (const path of readdirSync(engine, { recursive: true, encoding: 'utf8' })) {
  if (!path.endsWith('.test.ts') || path === 'edge_cases.test.ts') continue;
  const source = readFileSync(new URL(path, engine), 'utf8');
  titles.set(
    path.replaceAll('\\', '/').slice(0, -'.test.ts'.length),
    [...source.matchAll(/'((?:[^'\\\n]|\\.)+)',\s*(?:async )?\(/g)].map((match) => match[1] ?? ''),
  );
}

/** The rows of the page: the names of a case, and the tests it has here. */
const rows = [...tested.matchAll(/^\| (.+) \| (.+) \| (.+) \|$/gm)]
  .filter((match) => match[1] !== 'edge case')
  .map(([, what = '', names = '', tests = '']) => ({
    what,
    names: namesIn(names),
    tests: tests.split('<br>').map((test) => {
      const [, file = '', title = ''] = /^`(.+?)`: (.+)$/.exec(test) ?? [];
      return { file, title };
    }),
  }));

describe('docs/edge-cases.md', () => {
  it.each(rows)('names tests that there are: $what', ({ names, tests }) => {
    const found = tests.map(({ file, title }) => {
      const full = titles.get(file)?.find((one) => one === title || one.startsWith(`${title} (`));
      return full ?? `there is no test "${title}" in ${file}`;
    });
    expect(found.filter((one) => one.startsWith('there is no test'))).toEqual([]);
    for (const name of names) expect(found.some((one) => namesIn(one).includes(name))).toBe(true);
  });

  it('has every case of etcd-io/raft that a title names', () => {
    const known = new Set(namesIn(tested));
    const named = [...titles.values()].flat().flatMap(namesIn);
    expect(named.length).toBeGreaterThan(100);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });
});
