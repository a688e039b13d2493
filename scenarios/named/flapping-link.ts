import { leader, replica } from '../builder/index.ts';
import { calmCluster } from './calm_cluster.ts';
import { story } from './named_scenario.ts';

export const flappingLink = story({
  name: 'flapping-link',
  title: 'A flapping link',
  source: 'Ongaro (2014), section 9.6; the incident of Cloudflare (2020) began with such a switch.',
  explanation: `
    The link between the leader and one follower comes and goes. Each time it is gone for longer than an election timeout, the follower
    looks for another leader, and the third replica, which hears from the one there is, tells it no. Each time the link is back the
    follower is sent what it missed. Three cuts later the term is what it was, and no client has noticed.
  `,
  happens: calmCluster()
    .bridge([replica(1)], replica(2))
    .flapping(2)
    .for(4_000)
    .at(1_300)
    .write('100', 'one')
    .to(leader)
    .at(2_900)
    .write('200', 'two')
    .to(leader)
    .at(4_500)
    .write('300', 'three')
    .to(leader)
    .at(5_400)
    .showLogs()
    .until(5_500),
});
