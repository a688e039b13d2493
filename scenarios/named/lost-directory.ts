import { leader, replica } from '../builder/index.ts';
import { calmCluster } from './calm_cluster.ts';
import { story } from './named_scenario.ts';

export const lostDirectory = story({
  name: 'lost-directory',
  title: 'A replica without its memory may not vote',
  source:
    'Ongaro (2014), figure 3.1 (what must be persistent); Chandra, Griesemer and Redstone, "Paxos Made Live", PODC 2007, section 5.1; docs/architecture.md (incarnations).',
  explanation: `
    A machine comes back with an empty data directory. Under its old name it could vote for anybody, though it has voted already, and
    count as a majority with somebody who lacks what it had acknowledged. A committed record would be gone. So each directory draws
    a random incarnation when it is first used, the founding entry names the incarnations, and whoever comes with another one is turned away,
    with a sentence that says why. The two others go on. When one of them is down as well, the cluster stands still: better no answer
    than a wrong one.
  `,
  happens: calmCluster()
    .write('100', 'on all three')
    .to(leader)
    .at(1_200)
    .say('replica-3 loses its data directory and comes back, empty.')
    .loseDirectory(replica(3))
    .backAfter(100)
    .at(1_360)
    .showLogs()
    .write('200', 'on two of three')
    .to(leader)
    .at(1_500)
    .say('Now the leader loses power for two seconds. replica-2 would be elected, if replica-3 were who it was.')
    .powerCut(replica(1))
    .backAfter(2_000)
    .at(2_010)
    .timeOut(replica(2))
    .at(2_200)
    .write('300', 'who takes this?')
    .untilDefinite()
    .to(replica(2))
    .at(3_495)
    .say('replica-1 comes back. Two of three members are there again, and what was acknowledged is there, too.')
    .at(4_600)
    .showLogs()
    .later(200),
});
