import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FRAGMENT_BYTES } from '../binlog/fragments.ts';
import { toLsn } from '../binlog/lsn.ts';
import { Acknowledger } from './acknowledger.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('never more than what is committed, never a commit that was not asked for, and in the end all of them', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ bytes: fc.integer({ min: 30, max: 500 }), asks: fc.boolean() }), {
        minLength: 1,
        maxLength: 30,
      }),
      fc.infiniteStream(fc.integer({ min: 1, max: 5 })),
      async (units, steps) => {
        const told: bigint[] = [];
        const acknowledger = new Acknowledger({
          acknowledge: (_file, position) => void told.push(toLsn({ fileNumber: 3, offset: position })),
        });
        let offset = 4;
        const lsns = units.map(({ bytes, asks }) => {
          offset += bytes;
          const lsn = toLsn({ fileNumber: 3, offset });
          if (asks) acknowledger.wanted(lsn, 'mariadb-bin.000003');
          return { lsn, bytes, asks };
        });
        for (let at = 0; at < lsns.length; ) {
          const step = steps.next().value ?? 1;
          const committed = lsns.slice(at, at + step);
          for (const { lsn, bytes } of committed) acknowledger.committed(lsn, bytes);
          at += step;
          await turn();
          const reached = lsns.slice(0, at).filter(({ asks }) => asks);
          expect(told.at(-1)).toBe(reached.at(-1)?.lsn);
          expect(acknowledger.waitingCount).toBe(lsns.filter(({ asks }) => asks).length - reached.length);
        }
        expect([...told].sort((one, other) => (one < other ? -1 : 1))).toEqual(told);
      },
    ),
  );
});

test('a fragment that does not end its unit acknowledges nothing', async () => {
  const told: number[] = [];
  const acknowledger = new Acknowledger({ acknowledge: (_file, position) => void told.push(position) });
  const before = toLsn({ fileNumber: 1, offset: 100 });
  acknowledger.wanted(before, 'mariadb-bin.000001');
  acknowledger.committed(toLsn({ fileNumber: 1, offset: 100 + FRAGMENT_BYTES }), FRAGMENT_BYTES);
  await turn();
  expect(told).toEqual([]);
  acknowledger.committed(toLsn({ fileNumber: 1, offset: 200 + FRAGMENT_BYTES }), 100);
  await turn();
  expect(told).toEqual([100]);
});

test('file after file, each position with its own', async () => {
  const told: string[] = [];
  const acknowledger = new Acknowledger({ acknowledge: (file, position) => void told.push(`${file} ${position}`) });
  acknowledger.wanted(toLsn({ fileNumber: 1, offset: 900 }), 'a.000001');
  acknowledger.wanted(toLsn({ fileNumber: 2, offset: 300 }), 'a.000002');
  acknowledger.committed(toLsn({ fileNumber: 1, offset: 900 }), 50);
  await turn();
  acknowledger.committed(toLsn({ fileNumber: 2, offset: 300 }), 50);
  await turn();
  expect(told).toEqual(['a.000001 900', 'a.000002 300']);
});
