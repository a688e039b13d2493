import { leader, replica } from '../builder/index.ts';
import { calmCluster } from './calm_cluster.ts';
import { story } from './named_scenario.ts';

export const electionWithPreVote = story({
  name: 'election-with-prevote',
  title: 'Elections, and PreVote',
  source:
    'Ongaro (2014), sections 3.4, 4.2.3 and 9.6; etcd-io/raft turned PreVote on by default after years of incidents.',
  explanation: `
    A replica that was cut off for a while knows nothing of what happened meanwhile. If it raised its term whenever its timer fired, it
    would come back with a high term and depose a leader that works. So it asks first whether it would be elected. Nobody who
    hears from a leader says yes, and its term stays what it was. When the leader is really gone, the same question takes one
    round trip, and then comes a real vote.
  `,
  happens: calmCluster()
    .say('replica-3 is cut off for two seconds. It asks, in vain: nobody hears it.')
    .isolate(replica(3))
    .for(2_000)
    .at(1_500)
    .write('100', 'meanwhile')
    .to(leader)
    .at(2_990)
    .say(
      'The network is whole again. A question of replica-3 that is heard now is answered with no, because the others hear from a leader. Its term is still 1, so the next heartbeat finds a follower, which takes what it has missed. The leader never noticed that anybody wanted its place.',
    )
    .at(3_005)
    .timeOut(replica(3))
    .at(3_400)
    .showLogs()
    .say(
      'Now the leader is gone for good reason: its machine loses power. A follower that runs out of patience asks, hears yes, and stands.',
    )
    .powerCut(replica(1))
    .backAfter(1_500)
    .at(4_000)
    .timeOut(replica(2))
    .at(4_400)
    .showLogs()
    .say('replica-1 comes back and is a follower like any other: its log lacks the no-op of term 2, and nothing else.')
    .at(5_400)
    .showLogs(),
});
