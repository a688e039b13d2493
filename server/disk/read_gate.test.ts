import { expect, test } from 'vitest';
import { ReadGate } from './read_gate.ts';

test('reads begin in order, while they fit; one that never fits begins alone', () => {
  const gate = new ReadGate(10);
  const begun: string[] = [];
  const enter = (name: string, bytes: number) => gate.enter(bytes, () => begun.push(name));
  enter('a', 6);
  enter('b', 5);
  enter('c', 1);
  expect(begun).toEqual(['a']);
  gate.leave(6);
  expect(begun).toEqual(['a', 'b', 'c']);
  enter('large', 50);
  gate.leave(5);
  expect(begun).toEqual(['a', 'b', 'c']);
  gate.leave(1);
  enter('d', 1);
  expect(begun).toEqual(['a', 'b', 'c', 'large']);
  gate.leave(50);
  expect(begun).toEqual(['a', 'b', 'c', 'large', 'd']);
});
