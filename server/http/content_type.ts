import type { Call } from './call.ts';
import { problem, type Reply } from './reply.ts';

/** Whether the body is compressed, or otherwise not as it is meant. */
export function hasEncoding(call: Call): boolean {
  return (call.header('content-encoding') ?? 'identity') !== 'identity';
}

/**
 * Refuses a body that does not claim to be JSON. No type at all is taken for JSON, and so is what `curl -d` says when it
 * is not told otherwise, unless a browser sent it: a page of someone else could, without asking anyone.
 */
export function refuseContentType(call: Call): Reply | undefined {
  if (hasEncoding(call)) {
    const encoding = call.header('content-encoding');
    return problem(415, 'unsupported_media_type', `A body with Content-Encoding ${encoding} is not taken.`);
  }
  const given = call.header('content-type');
  const type = (given ?? 'application/json').split(';')[0]?.trim().toLowerCase();
  if (type === 'application/json') return undefined;
  if (type === 'application/x-www-form-urlencoded' && call.header('origin') === undefined) return undefined;
  return problem(
    415,
    'unsupported_media_type',
    `A body of type ${given?.slice(0, 100)} is not taken; send JSON with "Content-Type: application/json".`,
  );
}
