import { replica } from '../builder/index.ts';
import { calmCluster } from './calm_cluster.ts';
import { story } from './named_scenario.ts';

export const failedSync = story({
  name: 'failed-sync',
  title: 'A failed sync: the page cache is not the disk',
  source:
    'the "fsyncgate" of PostgreSQL (2018); Rebello et al., "Can Applications Recover from fsync Failures?", USENIX ATC 2020.',
  explanation: `
    When fsync fails, many file systems throw away what they could not write and mark it as clean. To try again is to be told that
    all is well, and what one reads is what one wrote: it comes from the page cache. Only after the next power cut it is gone. So a
    replica whose sync failed halts, and does not believe its page cache at the next start: everything that is not sealed is written
    into new files and synced before anything is promised.
  `,
  happens: calmCluster()
    .say('The next sync of the leader’s disk will fail. A client writes, and goes on asking until it knows.')
    .failNextSync(replica(1))
    .at(1_010)
    .clientPatience(300)
    .write('100', 'once is enough')
    .untilDefinite()
    .to(replica(1))
    .at(1_050)
    .say(
      'The process of replica-1 has halted. The followers had the record, and 7 ms later it was on their disks; but nobody is left to count their answers. A supervisor starts replica-1 again after 200 ms. Everything that its disk is asked is told now: it reads what there is, and replaces each file by a new one (written beside it, synced, renamed) before it says a word.',
    )
    .showDisk(1)
    .at(1_300)
    .hideDisk()
    .at(1_440)
    .say('replica-2 is elected. The record was not acknowledged, but a majority has it, so it survives.')
    .timeOut(replica(2))
    .at(2_600)
    .showLogs(),
});
