import type { IncomingMessage } from 'node:http';
import { type ByteBudget, BudgetShare } from './byte_budget.ts';
import type { Call } from './call.ts';
import type { Reading } from './fields.ts';
import { malformed, overloaded, problem, type Reply } from './reply.ts';

export interface BodyLimits {
  readonly bodyBytesMax: number;
  readonly budget: ByteBudget;
}

/** A body that takes longer than this to arrive is given up. */
const BODY_TIMEOUT_MS = 30_000;

/**
 * Reads the body, hands it to `use`, and gives its memory back to the budget afterwards. Reading stops at the limit: what
 * is too large is refused by its announced length, or as soon as it has proven so. Memory is taken as it arrives: who
 * announces much and sends nothing keeps nobody out.
 */
export async function withBody(
  call: Call,
  limits: BodyLimits,
  use: (body: Uint8Array) => Promise<Reply>,
): Promise<Reply> {
  const announced = Number(call.header('content-length') ?? 0);
  if (announced > limits.bodyBytesMax) return tooLarge(limits.bodyBytesMax);
  const { body: source } = call;
  const share = new BudgetShare(limits.budget);
  try {
    const body =
      source instanceof Request
        ? await readWebBody(source, limits.bodyBytesMax)
        : await readNodeBody(source, limits.bodyBytesMax, share);
    return 'reply' in body ? body.reply : await use(body.value);
  } finally {
    share.giveBack();
  }
}

const TOO_MANY = 'Too many large requests are being read at once; send it again in a moment.';

/** The adapter reads on for a moment, so that a client in the middle of sending comes to see the answer. */
function tooLarge(bodyBytesMax: number): Reply {
  return problem(413, 'too_large', `The body is larger than ${bodyBytesMax} bytes, the most that is taken.`);
}

/** Node's own stream: several times faster than reading the same bytes as a web stream. */
function readNodeBody(
  incoming: IncomingMessage,
  bodyBytesMax: number,
  share: BudgetShare,
): Promise<Reading<Uint8Array>> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    let size = 0;
    const settle = (reading: Reading<Uint8Array>): void => {
      clearTimeout(timeout);
      // Nothing but this listener keeps the pieces; without one the stream would go on to flow.
      incoming.pause().off('data', onData).off('end', onEnd).off('error', onCut).off('close', onCut);
      resolve(reading);
    };
    const onData = (piece: Buffer): void => {
      size += piece.byteLength;
      pieces.push(piece);
      if (size > bodyBytesMax) settle({ reply: tooLarge(bodyBytesMax) });
      else if (!share.take(piece.byteLength)) settle({ reply: overloaded(TOO_MANY) });
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
