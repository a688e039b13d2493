import type { Target } from '../../sim/index.ts';
import { replica, type ScenarioBuilder } from '../builder/index.ts';
import { calmCluster } from './calm_cluster.ts';
import { story } from './named_scenario.ts';

/** What `from` appends is lost on the way to these, for so long. */
function losesTo(builder: ScenarioBuilder, from: Target, numbers: readonly number[], forMs: number): ScenarioBuilder {
  return numbers.reduce((then, number) => then.drop('append').from(from).to(replica(number)).for(forMs), builder);
}

const oldLeader = calmCluster(7)
  .say(
    '(A) replica-1 leads term 1. Its record, 3:1, reaches replica-3 and replica-7. The disk of replica-7 is very slow for a moment: this one write will take a second. Then replica-1 loses power.',
  )
  .showDisk(7)
  .slowDisk(replica(7), 500)
  .for(25);

const betweenLeader = losesTo(oldLeader, replica(1), [2, 4, 5, 6], 60)
  .at(1_010)
  .write('10', 'A')
  .to(replica(1))
  .at(1_040)
  .powerCut(replica(1))
  .backAfter(3_000)
  .at(1_433)
  .say(
    '(B) replica-2, which lacks that record, is elected in term 2 by 4, 5 and 6. Its no-op, 3:2, reaches only replica-7, which gives up 3:1 for it, in memory. Then replica-2 loses power.',
  )
  .at(1_435);

export const appendAbaRace = story({
  name: 'append-aba-race',
  title: 'The append ABA race',
  source:
    'etcd-io/raft, testdata/async_storage_writes_append_aba_race.txt and doc.go ("Asynchronous storage writes"); docs/decisions/0001.',
  explanation: `
    A replica has an entry under way to its disk when another leader replaces it, and a third leader puts the first entry back. Now
    the disk says: the entry with this index and this term is written. It looks as if that were the entry in the log. But between
    the two the disk would have been told to overwrite it, so its word proves nothing about what will be there. Whoever
    acknowledges now, and loses power a moment later, has promised what it does not have.

    In this engine a completion names the write that it completes, and only one log write is under way at a time. When the log was cut
    since, the completion counts only up to the cut; what is behind is truncated on the disk, written again, synced, and only then
    acknowledged.
  `,
  happens: losesTo(betweenLeader, replica(2), [3, 4, 5, 6], 120)
    .timeOut(replica(2))
    .at(1_540)
    .powerCut(replica(2))
    .backAfter(3_000)
    .at(1_555)
    .say(
      '(A again) replica-3, which has 3:1, is elected in term 3 by 4, 5 and 6. It gives replica-7 back what it had at first: 3:1, and its own no-op behind it.',
    )
    .at(1_560)
    .timeOut(replica(3))
    .at(1_580)
    .timeOut(replica(3))
    .at(2_014)
    .showLogs()
    .say(
      'The first write is done at last. It wrote the very entry 3:1 that is in the log again, and still replica-7 acknowledges nothing for it. First its disk cuts what was written, and then it writes both entries once more.',
    )
    .at(2_021)
    .say(
      'This is the moment that makes the difference. The first write is cut away again, the second is not yet synced, and the power of replica-7 fails. Had it acknowledged entry 3 above, it would have lost what it promised.',
    )
    .powerCut(replica(7))
    .backAfter(100)
    .later(1)
    .hideDisk()
    .at(2_300)
    .showLogs()
    .until(2_400),
});
