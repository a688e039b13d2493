import { leader, replica } from '../builder/index.ts';
import { calmCluster } from './calm_cluster.ts';
import { story } from './named_scenario.ts';

export const powerCutOfAll = story({
  name: 'power-cut-of-all',
  title: 'The power fails everywhere at once',
  source:
    'Pillai et al., "All File Systems Are Not Created Equal", OSDI 2014; Alagappan et al., "Protocol-Aware Recovery for Consensus-Based Storage", FAST 2018; docs/decisions/0001 and 0008.',
  explanation: `
    A write that was not synced when the power fails may be on the disk, or not, or half. Whatever was acknowledged was synced, on a
    majority of disks, and stays. Two records are under way when the power fails. Each replica finds something else on its platter: a
    torn write is cut off, and identifiers whose bytes are missing are holes. Nobody was told that these records were stored, so
    either end is right, as long as all replicas agree on it.
  `,
  happens: calmCluster()
    .seed(159)
    .disks({ syncMs: 8 })
    .write('100', 'acknowledged')
    .to(leader)
    .at(1_200)
    .say('Three records more. The second and third gather while the first is being synced, and then share a write.')
    .write('200', 'first')
    .to(leader)
    .later(2)
    .write('300', 'second')
    .to(leader)
    .later(2)
    .write('400', 'third')
    .to(leader)
    .at(1_216)
    .showLogs()
    .say(
      'Nobody was told yet that LSN 200, 300 or 400 is stored. Now the power fails, in the middle of a write on each machine.',
    )
    .powerCutOfAll()
    .backAfter(300)
    .at(1_700)
    .showLogs()
    .say('Each found something else. replica-2 stands for election.')
    .timeOut(replica(2))
    .at(2_400)
    .showLogs()
    .say('What was acknowledged is there. The client that got no answer for the others simply asks again.')
    .read('100')
    .to(leader)
    .write('400', 'third')
    .by('the client again')
    .untilDefinite()
    .to(leader)
    .later(400)
    .showLogs(),
});
