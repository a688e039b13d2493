import { leader, replica } from '../builder/index.ts';
import { calmCluster } from './calm_cluster.ts';
import { story } from './named_scenario.ts';

export const restoredDirectory = story({
  name: 'restored-directory',
  title: 'A replica that went back in its memory',
  source:
    'Castro and Liskov (1999) and many after them assume that stable storage never goes back; docs/architecture.md (boot numbers, marks of peers).',
  explanation: `
    An operator means well and restores a replica's data directory from a snapshot of yesterday. It has the right name and the right
    incarnation, but it has forgotten what it acknowledged and for whom it voted since. The others have not: each remembers, on its disk, the
    latest start that it has seen of each member, and what that one acknowledged. A copy that is older than that is as bad as a lost
    disk, and is turned away.
  `,
  happens: calmCluster()
    .saveDirectory(replica(3))
    .at(1_050)
    .write('100', 'after the copy')
    .to(leader)
    .at(1_200)
    .say('replica-3 is restarted twice, so that the others have seen its third start.')
    .crash(replica(3))
    .backAfter(50)
    .at(1_350)
    .crash(replica(3))
    .backAfter(50)
    .at(1_550)
    .showLogs()
    .say('Now its data directory is replaced by the copy, which knows of one start and lacks LSN 100.')
    .restoreDirectory(replica(3))
    .backAfter(100)
    .at(1_800)
    .showLogs()
    .say('The two others go on without it.')
    .write('200', 'on two of three')
    .to(leader)
    .at(2_000)
    .showLogs()
    .until(2_000),
});
