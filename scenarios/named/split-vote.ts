import { replica } from '../builder/index.ts';
import { calmCluster } from './calm_cluster.ts';
import { story } from './named_scenario.ts';

export const splitVote = story({
  name: 'split-vote',
  title: 'A split vote',
  source:
    'Ongaro (2014), section 3.4, and chapter 9 for how rare this is; Ongaro and Ousterhout, USENIX ATC 2014, section 5.2.',
  explanation: `
    The leader of five dies, and two followers run out of patience in the same instant. Both are told that they would be elected,
    since a pre-vote binds nobody. Both stand in the same term, each gets two votes of five, and the term ends without a leader. No
    harm is done: each replica has voted once, and its vote lies on its disk. The next election timeouts are drawn at random, one is
    shorter, and that replica is elected before another asks.
  `,
  happens: calmCluster(5)
    .say('The machine of replica-1 loses power.')
    .powerCut(replica(1))
    .backAfter(3_000)
    .at(1_435)
    .say(
      'No heartbeat came for an election timeout. replica-2 and replica-5 ask at the same time. (Their requests for votes are held back a little on the way to each other’s friend, so that replica-3 hears replica-2 first, and replica-4 replica-5.)',
    )
    .hold('vote')
    .from(replica(2))
    .to(replica(4))
    .for(40)
    .hold('vote')
    .from(replica(5))
    .to(replica(3))
    .for(40)
    .timeOut(replica(2))
    .timeOut(replica(5))
    .at(1_530)
    .say(
      'Two votes for replica-2, two for replica-5, and three are needed. Term 2 has no leader. Each waits for a new election timeout, which it has drawn at random between 500 and 1000 ms.',
    )
    .at(2_600)
    .showLogs()
    .at(3_000),
});
