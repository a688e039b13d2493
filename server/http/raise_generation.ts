import { withBody } from './body.ts';
import type { Call } from './call.ts';
import { refuseContentType } from './content_type.ts';
import { readGeneration, readJson, readObject, required } from './fields.ts';
import type { Reply } from './reply.ts';
import type { Service } from './service.ts';
import { settle } from './settle.ts';

/** `POST /api/v1/raise_generation`: fences every writer of a lower generation, and says where the log ended then. */
export async function raiseGeneration(service: Service, call: Call): Promise<Reply> {
  const refusal = refuseContentType(call);
  if (refusal !== undefined) return refusal;
  return withBody(call, service.bodyLimits, async (body) => {
    const parsed = readJson(body);
    if ('reply' in parsed) return parsed.reply;
    const object = readObject(parsed.value, '{"generation":2}');
    if ('reply' in object) return object.reply;
    const generation = required(readGeneration(object.value, 'generation'), 'generation');
    if ('reply' in generation) return generation.reply;
    const pending = service.node.propose({ kind: 'generation', generation: generation.value });
    return settle(service, call, body, pending);
  });
}
