import type { Reply } from './reply.ts';
import type { Service } from './service.ts';

/** `GET /metrics`: everything that is measured, in the text format of Prometheus. */
export async function prometheus({ metrics }: Service): Promise<Reply> {
  return { status: 200, body: await metrics.text(), headers: { 'content-type': metrics.contentType } };
}
