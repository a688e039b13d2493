import { leader } from '../builder/index.ts';
import { calmCluster } from './calm_cluster.ts';
import { story } from './named_scenario.ts';

export const fencedWriter = story({
  name: 'fenced-writer',
  title: 'A take-over, and the writer that did not hear of it',
  source:
    'Kleppmann, "How to do distributed locking" (2016), fencing tokens; docs/decisions/0007 (raising a generation is an entry of the log).',
  explanation: `
    A database moves to another machine, and the old one is believed dead; but it only stood still. Both would write. So the new writer
    raises the generation before it writes: an entry of the log, committed like any other, and at most one writer ever raises it to a
    given number. From that place on, whoever comes with a lower generation is fenced. What the old writer had stored
    before stays stored, and when it asks for that again, the answer is still yes.
  `,
  happens: calmCluster()
    .raiseGeneration(1)
    .by('old')
    .to(leader)
    .at(1_050)
    .write('10', 'by the old writer', { generation: 1 })
    .by('old')
    .to(leader)
    .at(1_300)
    .say('The new writer takes over: it raises the generation, asks where the log ends, and goes on there.')
    .raiseGeneration(2)
    .by('new')
    .to(leader)
    .at(1_350)
    .read()
    .by('new')
    .to(leader)
    .at(1_400)
    .write('20', 'by the new writer', { after: '10', generation: 2 })
    .by('new')
    .to(leader)
    .at(1_600)
    .say(
      'The old writer wakes up and does not know. Its next record is refused; its last one, sent again, is still stored.',
    )
    .write('21', 'zombie', { generation: 1 })
    .by('old')
    .to(leader)
    .at(1_650)
    .write('10', 'by the old writer', { generation: 1 })
    .by('old')
    .to(leader)
    .at(1_700)
    .say('Raising the generation to where it is already is refused, too: two writers cannot both have taken over.')
    .raiseGeneration(2)
    .by('another')
    .to(leader)
    .later(200)
    .showLogs(),
});
