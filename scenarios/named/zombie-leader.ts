import { replica } from '../builder/index.ts';
import { calmCluster } from './calm_cluster.ts';
import { story } from './named_scenario.ts';

export const zombieLeader = story({
  name: 'zombie-leader',
  title: 'A zombie leader',
  source:
    'Ongaro (2014), sections 3.3 (terms) and 6.2; the pauses are those of garbage collectors and virtual machines, as in Kleppmann, "How to do distributed locking" (2016).',
  explanation: `
    The leader's process stands still for two seconds, as when a virtual machine is moved. The others elect a new one and go on. Then
    the old leader wakes up with requests in its hands, and nothing in it knows that time has passed. It takes a record and sends it
    out, in term 1. Nobody is fooled: messages carry the term, and the first answer tells it. Its client hears "unknown", never a
    false yes; asking again, it learns what is true.
  `,
  happens: calmCluster()
    .write('100', 'before')
    .to(replica(1))
    .at(1_200)
    .say('The process of replica-1 stands still. A client sends it a record, and waits.')
    .pause(replica(1))
    .for(2_000)
    .at(1_300)
    .clientPatience(3_000)
    .write('150', 'to the zombie')
    .by('old writer')
    .to(replica(1))
    .at(1_630)
    .say('The followers miss their leader, and elect replica-2. A writer that knows of it stores its record there.')
    .timeOut(replica(2))
    .at(2_200)
    .write('200', 'in term 2')
    .by('new writer')
    .to(replica(2))
    .at(2_600)
    .showLogs()
    .at(3_199)
    .say(
      'replica-1 goes on, where it stood. First it takes what waited for it, in its order: LSN 150 enters its log at 4:1, at an index where the others have 4:2. Then it reads that there is a term 2.',
    )
    .at(3_330)
    .showLogs()
    .say('The old writer asks again, elsewhere, until it knows for sure. LSN 200 is stored, so LSN 150 never will be.')
    .write('150', 'to the zombie')
    .by('old writer')
    .untilDefinite()
    .to(replica(1))
    .later(400),
});
