import { randomBytes } from 'node:crypto';

/** The header under which a request's name travels, in requests, in answers and between replicas. */
export const REQUEST_ID_HEADER = 'x-request-id';

const PREFIX = randomBytes(4).toString('hex');
let count = 0;

/** The name that the client gave its request, if it is a plain word; else one that no other request of this process has. */
export function requestIdOf(given: string | undefined): string {
  if (given !== undefined && /^[\w.:-]{1,100}$/.test(given)) return given;
  count += 1;
  return `${PREFIX}-${count}`;
}
