import { replica } from '../builder/index.ts';
import { calmCluster } from './calm_cluster.ts';
import { story } from './named_scenario.ts';

export const readAtADeposedLeader = story({
  name: 'read-at-a-deposed-leader',
  title: 'A read at a leader that was deposed',
  source:
    'Ongaro (2014), section 6.4 (ReadIndex); Kyle Kingsbury’s analyses of etcd and Consul (2014), which read stale data for want of it.',
  explanation: `
    The leader is cut off from its followers, not from its clients. It believes that it leads, and the log it has looks fine. Another
    leader is elected and stores a record. Whoever reads at the old one now must not be told of the past as if it were the present. So
    a linearizable read waits for a round of answers that began after it: a majority has to say "you still lead". The old
    leader gets none, and steps down; the reader is sent elsewhere. A local read makes no such promise, and says what this replica knows.
  `,
  happens: calmCluster()
    .write('100', 'old')
    .by('writer')
    .to(replica(1))
    .at(1_200)
    .say('replica-1 is cut off. replica-2 will be elected as soon as the others miss it.')
    .isolate(replica(1))
    .for(1_500)
    .at(1_635)
    .timeOut(replica(2))
    .at(1_670)
    .write('200', 'new')
    .by('writer')
    .to(replica(2))
    .at(1_690)
    .say('Two reads at replica-1, which has not noticed anything, at the very moment when LSN 200 is stored.')
    .read()
    .by('linearizable reader')
    .to(replica(1))
    .readLocally()
    .by('local reader')
    .to(replica(1))
    .at(2_200)
    .say('The reader asks the new leader: one round, and the answer.')
    .read()
    .by('linearizable reader')
    .to(replica(2))
    .at(3_000)
    .showLogs(),
});
