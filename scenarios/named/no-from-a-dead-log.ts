import { replica } from '../builder/index.ts';
import { calmCluster } from './calm_cluster.ts';
import { story } from './named_scenario.ts';

export const noFromADeadLog = story({
  name: 'no-from-a-dead-log',
  title: 'A no from a log that is dead',
  source:
    'docs/architecture.md (answers); engine/admission/barriers.ts; the dual of the stale reads in Ongaro (2014), section 6.4.',
  explanation: `
    A leader that is cut off holds a record in its log that nobody else has: LSN 150. Then another client wants to store LSN 120. By this log
    the answer would be no: records enter in ascending order, and 150 is there. But this log is dead, the leader only does not know it, and
    in the log that lives there is room for 120. A no that was given now would be wrong for ever. So a refusal waits for what a read
    waits for: a majority that says "you still lead", and the commitment of what it was judged by.
  `,
  happens: calmCluster()
    .say('replica-1 is cut off, and does not know it yet. It takes LSN 150; then comes LSN 120.')
    .isolate(replica(1))
    .for(1_500)
    .at(1_010)
    .write('150', 'dead')
    .by('one')
    .to(replica(1))
    .at(1_050)
    .write('120', 'alive')
    .by('another')
    .untilDefinite()
    .to(replica(1))
    .at(1_100)
    .say('What is not committed is shown to nobody, not even to who asks only for what this replica knows.')
    .readLocally('150')
    .by('reader')
    .to(replica(1))
    .at(1_430)
    .say(
      'The others elect replica-2. replica-1 misses its majority, and tells both clients the truth: it does not know.',
    )
    .at(1_435)
    .timeOut(replica(2))
    .at(2_450)
    .showLogs()
    .at(2_800)
    .showLogs()
    .until(2_800),
});
