import { leader, replica } from '../builder/index.ts';
import { calmCluster } from './calm_cluster.ts';
import { story } from './named_scenario.ts';

export const deafLeader = story({
  name: 'deaf-leader',
  title: 'A leader that hears nobody',
  source:
    'Ongaro (2014), section 6.2 (a leader steps down when it cannot reach a majority); Ng, Kohler and Haridi, "Omni-Paxos", EuroSys 2023, on half-broken links.',
  explanation: `
    A firewall lets everything out of the leader’s machine and nothing in. The followers hear its heartbeats, so nobody looks for another
    leader, and PreVote would protect it; but it hears no acknowledgement and can commit nothing. Without a rule for it the
    cluster would stand still as long as the firewall does. With check-quorum the leader notices within two election timeouts that no
    majority answers, steps down, and its silence does the rest.
  `,
  happens: calmCluster()
    .deafen(replica(1))
    .for(3_000)
    .at(1_010)
    .write('100', 'into the void')
    .to(replica(1))
    .at(1_640)
    .say('The leader has given up. Its heartbeats cease, and half a second later somebody else may stand.')
    .at(2_700)
    .write('100', 'into the void')
    .to(leader)
    .at(3_000)
    .showLogs()
    .say(
      'replica-1 asks now and then whether it would be elected, and does not hear that it would not. At last it hears again.',
    )
    .at(4_300)
    .showLogs()
    .until(4_300),
});
