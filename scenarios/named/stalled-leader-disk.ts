import { leader, replica } from '../builder/index.ts';
import { calmCluster } from './calm_cluster.ts';
import { story } from './named_scenario.ts';

export const stalledLeaderDisk = story({
  name: 'stalled-leader-disk',
  title: 'A leader whose disk stalls',
  source:
    'the design of this project (docs/architecture.md); such "gray failures" are described by Huang et al., HotOS 2017; the leader’s own disk is one of the majority in Ongaro (2014), section 10.2.1.',
  explanation: `
    The leader's disk stops answering. The network is well, so its heartbeats go on and nobody would depose it. Records are still
    committed: two followers' disks are a majority, and the leader's own counts like any other. But a replica in this state
    should not lead. After a time it steps down by itself, refuses to stand again, and another one is elected. When the disk
    answers again, it catches up.
  `,
  happens: calmCluster()
    .timing({ diskStallMs: 800 })
    .say(
      'The disk of replica-1, which leads, does not finish anything for three seconds. Its client notices nothing at first.',
    )
    .stallDisk(replica(1))
    .for(3_000)
    .at(1_100)
    .write('100', 'two disks will do')
    .to(leader)
    .at(1_400)
    .showLogs()
    .say(
      'The entry is committed and answered, though the leader has it only in memory: it stands in brackets. 800 ms after the write began the leader has waited long enough.',
    )
    .at(1_950)
    .say(
      'The followers wait for their election timeouts. replica-1 would be elected too, but does not stand while its disk hangs.',
    )
    .at(3_000)
    .write('200', 'under the next leader')
    .untilDefinite()
    .to(replica(1))
    .at(3_900)
    .showLogs()
    .say('The disk answers again. Now what replica-1 has promised since can leave it: first its term, then its log.')
    .at(4_300)
    .showLogs(),
});
