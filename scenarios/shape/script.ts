import type { ScriptedAsk, ScriptedRequest } from '../../sim/index.ts';
import { choice, word } from './choice.ts';
import { LATEST_MS } from './fault.ts';
import { list } from './list.ts';
import { lsn } from './lsn.ts';
import { number } from './number.ts';
import { optional, record } from './record.ts';
import type { Shape } from './shape.ts';
import { target } from './target.ts';
import { text } from './text.ts';
import { union } from './union.ts';

const GENERATION = { low: 0, high: Number.MAX_SAFE_INTEGER } as const;

/** Requests one by one. They are simplified by leaving some out. */
export function script(replicas: number): Shape<readonly ScriptedRequest[]> {
  const request = record<ScriptedRequest>({
    atMs: number({ low: 0, high: LATEST_MS, fractions: true, usual: [0, 10_000] }),
    client: text(),
    to: target(replicas),
    ask: union<ScriptedAsk, 'kind'>('kind of request', 'kind', {
      write: {
        lsn: lsn(),
        text: text(),
        previousLsn: optional(lsn()),
        generation: optional(number({ ...GENERATION, usual: [0, 3] })),
      },
      raise: { generation: number({ ...GENERATION, usual: [1, 3] }) },
      read: { lsn: optional(lsn()), consistency: word<'local' | 'linearizable'>({ local: true, linearizable: true }) },
    }),
    untilDefinite: optional(choice([false, true])),
  });
  return list(request, { atLeast: 0, atMost: 100_000, drawn: 10 });
}
