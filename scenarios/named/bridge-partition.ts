import { leader, replica } from '../builder/index.ts';
import { calmCluster } from './calm_cluster.ts';
import { story } from './named_scenario.ts';

export const bridgePartition = story({
  name: 'bridge-partition',
  title: 'A partition with a bridge',
  source:
    'Lianza and Snook, "A Byzantine failure in the real world" (Cloudflare, 2020); Jensen, Howard and Mortier, "Examining Raft’s behaviour during partial network failures", HAOC 2021; Ongaro (2014), sections 6.2 and 9.6.',
  explanation: `
    Networks do not always fail in halves. Here some replicas do not see each other, and one sees all. Plain Raft can lose its
    leader again and again then: those who miss the heartbeats raise their term, the bridge passes the news on, the leader steps
    down, and so on for hours. Two rules help. PreVote: the bridge hears from the leader, and so tells the others no. And
    check-quorum: a leader that does not hear from a majority any more steps down by itself, so that whoever does hear can be
    elected.
  `,
  happens: calmCluster(5)
    .say(
      'First act. replica-1 and replica-2 do not see replica-4 and replica-5; replica-3 sees all. The leader still has a majority: itself, 2 and 3.',
    )
    .bridge([replica(1), replica(2)], replica(3))
    .for(1_600)
    .at(1_800)
    .write('100', 'through the storm')
    .to(leader)
    .at(2_500)
    .showLogs()
    .say('The network is whole again. The term is still 1, and the two catch up.')
    .at(3_400)
    .showLogs()
    .say(
      'Second act. Now only the links to and from replica-3 are left: a star. The leader hears only replica-3, which is no majority of five. Nobody can depose it, but it cannot commit anything either: it must go by itself.',
    )
    .bridge([replica(1)], replica(3))
    .for(3_000)
    .bridge([replica(2)], replica(3))
    .for(3_000)
    .bridge([replica(4)], replica(3))
    .for(3_000)
    .at(3_450)
    .write('200', 'nobody can commit this')
    .to(leader)
    .at(5_500)
    .showLogs()
    .say(
      'replica-3 is the one that can reach a majority, and leads. The record that the old leader could not commit has reached replica-3 in time, so it is in the new leader’s log, and committed with its no-op: "unknown" may also mean yes.',
    )
    .read('200')
    .to(leader)
    .later(100),
});
