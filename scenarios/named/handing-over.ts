import { leader, replica } from '../builder/index.ts';
import { calmCluster } from './calm_cluster.ts';
import { story } from './named_scenario.ts';

export const handingOver = story({
  name: 'handing-over',
  title: 'A leader that is asked to stop hands over',
  source: 'Ongaro (2014), section 3.10 (leadership transfer).',
  explanation: `
    A machine is to be restarted. If its replica simply stopped, the others would have to miss it for an election timeout first. Instead
    it takes no more requests, finds a follower that has all of its log, and tells it to stand at once. Those who still hear from the
    leader vote all the same, because the request says that the leader wishes it. The cluster is without a leader for a round trip
    or two, not for half a second.
  `,
  happens: calmCluster()
    .write('100', 'before')
    .to(leader)
    .at(1_200)
    .shutDown(replica(1))
    .backAfter(300)
    .at(1_205)
    .write('200', 'in between')
    .untilDefinite()
    .to(replica(1))
    .at(1_480)
    .say('replica-1 comes back and follows.')
    .at(1_900)
    .showLogs()
    .until(1_900),
});
