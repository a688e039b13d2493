import type { PendingRequest } from '../driver/driver.ts';
import type { Service } from '../http/service.ts';
import type { Metrics } from './metrics.ts';

/** The node, with a watch on how long its proposals take and how they end. */
export function timedNode(node: Service['node'], metrics: Metrics): Service['node'] {
  return {
    propose(proposal): PendingRequest {
      const startedMs = performance.now();
      const pending = node.propose(proposal);
      void pending.answer.then((answer) => metrics.proposed(answer, (performance.now() - startedMs) / 1_000));
      return pending;
    },
    submit(proposal, onAnswer) {
      const startedMs = performance.now();
      return node.submit(proposal, (answer) => {
        metrics.proposed(answer, (performance.now() - startedMs) / 1_000);
        onAnswer(answer);
      });
    },
    read: (query, consistency) => node.read(query, consistency),
    status: () => node.status(),
  };
}
