import { leader, replica } from '../builder/index.ts';
import { calmCluster } from './calm_cluster.ts';
import { story } from './named_scenario.ts';

export const holeFilled = story({
  name: 'hole-filled',
  title: 'A hole, filled from a peer',
  source:
    'Alagappan et al., "Protocol-Aware Recovery for Consensus-Based Storage", FAST 2018; docs/decisions/0005 and 0008.',
  explanation: `
    A bit flips on a follower's disk, in the bytes of a record that it acknowledged long ago. To cut the log there would be a lie: the
    replica would vote as if it had never had the entry, and a committed record could be lost. This engine keeps what an entry
    is (index, term, LSN, checksum) apart from its bytes. So at the next start the replica knows exactly what is missing: a hole. It counts
    as present in elections and as missing for acknowledgements, and the leader's next append fills it.
  `,
  happens: calmCluster()
    .say('A client stores three records, and some time passes. (This is not told.)')
    .detail('nothing')
    .write('10', 'sound')
    .to(leader)
    .at(1_050)
    .write('20', 'soon rotten')
    .to(leader)
    .at(1_100)
    .write('30', 'sound, too')
    .to(leader)
    .at(7_000)
    .detail('protocol')
    .showLogs()
    .say('A bit of LSN 20 flips on the disk of replica-3. Nobody notices, until it starts anew.')
    .rot(replica(3), 'frames', 0.5)
    .at(7_100)
    .crash(replica(3))
    .backAfter(200)
    .at(7_325)
    .showLogs()
    .say(
      'Entry 4 is a hole: marked with a question mark. A heartbeat of the leader names entry 5, and replica-3 does not acknowledge what lies behind a hole. So the leader sends from there, replica-3 compares the bytes with the checksum that it kept, and writes them.',
    )
    .at(7_700)
    .showLogs()
    .readLocally('20')
    .to(replica(3))
    .later(100),
});
