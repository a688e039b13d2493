import { leader } from '../builder/index.ts';
import { calmCluster } from './calm_cluster.ts';
import { story } from './named_scenario.ts';

export const groupCommit = story({
  name: 'group-commit',
  title: 'Group commit without a timer',
  source:
    'Helland et al., "Group Commit Timers and High Volume Transaction Systems" (1987), for the timers that are not needed here; docs/decisions/0001; Ongaro (2014), section 10.2.1 (writing to the leader’s disk in parallel).',
  explanation: `
    A sync takes 20 ms on these disks, and a record comes every 3 ms. Nobody waits for company: the first record is written at once. While
    its sync is under way the next ones gather, and the completion starts one write with all of them. So two syncs make eight
    records durable, and a lone record never waits for a timer. The leader's disk and the followers work at the same time.
  `,
  happens: calmCluster()
    .disks({ syncMs: 20 })
    .showDisk(1)
    .write('1', 'a')
    .to(leader)
    .later(3)
    .write('2', 'b')
    .to(leader)
    .later(3)
    .write('3', 'c')
    .to(leader)
    .later(3)
    .write('4', 'd')
    .to(leader)
    .later(3)
    .write('5', 'e')
    .to(leader)
    .later(3)
    .write('6', 'f')
    .to(leader)
    .later(3)
    .write('7', 'g')
    .to(leader)
    .later(1)
    .write('8', 'h')
    .to(leader)
    .at(1_021)
    .showLogs()
    .at(1_200)
    .showLogs()
    .until(1_200),
});
