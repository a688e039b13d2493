import type { IncomingMessage } from 'node:http';
import type { BodyBudget } from './body_budget.ts';
import type { AppContext, NodeBindings } from './call.ts';
import type { Reading } from './fields.ts';
import { malformed, problem, type Reply } from './reply.ts';

export interface BodyLimits {
  readonly bodyBytesMax: number;
  readonly budget: BodyBudget;
}

/** A body that takes longer than this to arrive is given up. */
const BODY_TIMEOUT_MS = 30_000;

/**
 * Reads the body with `use` and gives its memory back to the budget afterwards. Reading stops at the limit: what is too
 * large is refused by its announced length, or as soon as it has proven so.
 */
export async function withBody(
  context: AppContext,
  limits: BodyLimits,
  use: (body: Uint8Array) => Promise<Reply>,
): Promise<Reply> {
  const announced = Number(context.req.header('content-length') ?? Number.NaN);
  if (announced > limits.bodyBytesMax) return tooLarge(limits.bodyBytesMax);
  // Without a length, the worst is assumed.
  const reserved = Number.isNaN(announced) ? limits.bodyBytesMax : announced;
  if (!limits.budget.take(reserved)) {
    return problem(
      429,
      'overloaded',
      'Too many large requests are being read at once; send it again in a moment.',
      {},
      {
        'retry-after': '1',
      },
    );
  }
  try {
    const { incoming } = (context.env ?? {}) as NodeBindings;
    const body =
      incoming === undefined
        ? await readWebBody(context.req.raw, limits.bodyBytesMax)
        : await readNodeBody(incoming, limits.bodyBytesMax);
    return 'reply' in body ? body.reply : await use(body.value);
  } finally {
    limits.budget.give(reserved);
  }
}

/** The adapter reads on for a moment, so that a client in the middle of sending comes to see the answer. */
function tooLarge(bodyBytesMax: number): Reply {
  return problem(413, 'too_large', `The body is larger than ${bodyBytesMax} bytes, the most that is taken.`);
}

/** Node's own stream: several times faster than reading the same bytes as a web stream. */
function readNodeBody(incoming: IncomingMessage, bodyBytesMax: number): Promise<Reading<Uint8Array>> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    let size = 0;
    const settle = (reading: Reading<Uint8Array>): void => {
      clearTimeout(timeout);
      incoming.off('data', onData).off('end', onEnd).off('error', onCut).off('close', onCut);
      resolve(reading);
    };
    const onData = (piece: Buffer): void => {
      size += piece.byteLength;
      if (size > bodyBytesMax) {
        incoming.pause();
        settle({ reply: tooLarge(bodyBytesMax) });
      } else pieces.push(piece);
    };
    const onEnd = (): void => {
      const [only] = pieces;
      settle({ value: pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces, size) });
    };
    const onCut = (): void => settle({ reply: malformed('The connection ended before the body did.') });
    const timeout = setTimeout(() => {
      settle({
        reply: problem(408, 'timeout', 'The body did not arrive within 30 seconds.', {}, { connection: 'close' }),
      });
    }, BODY_TIMEOUT_MS);
    timeout.unref();
    incoming.on('data', onData).on('end', onEnd).on('error', onCut).on('close', onCut);
  });
}

async function readWebBody(request: Request, bodyBytesMax: number): Promise<Reading<Uint8Array>> {
  const body = new Uint8Array(await request.arrayBuffer());
  return body.byteLength > bodyBytesMax ? { reply: tooLarge(bodyBytesMax) } : { value: body };
}
