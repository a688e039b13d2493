import { randomInt } from 'node:crypto';
import { UsageError } from '../flags.ts';

const DRAWN_MIN = 3_000_000_000;
const DRAWN_COUNT = 999_999_000;
const U32_MAX = 0xffff_ffff;
/** One for each connection that may still be open on the server, though its other end is gone. */
const COUNT = 8;

/** Server ids in a row, drawn where nobody numbers servers by hand. @throws UsageError when `first` leaves no room for them. */
export function serverIdsFrom(first: number | undefined): readonly number[] {
  const id = first ?? DRAWN_MIN + randomInt(DRAWN_COUNT);
  const max = U32_MAX - COUNT;
  if (id < 1 || id > max) throw new UsageError(`-server-id takes 1 to ${max}, not ${id}.`);
  return Array.from({ length: COUNT }, (_, place) => id + place);
}
