import { leader } from '../builder/index.ts';
import { calmCluster } from './calm_cluster.ts';
import { story } from './named_scenario.ts';

export const duellingWriters = story({
  name: 'duelling-writers',
  title: 'Duelling writers',
  source:
    'the API of this project: conflict, out_of_order and gap are its definite answers (engine/vocabulary/requests.ts).',
  explanation: `
    Two writers believe that the log is theirs, and write the same LSNs with different bytes. Of each LSN one record at most is ever
    stored: the leader's log decides who came first. The other is told no. A no is a promise, too: it may only be given when
    the record it was judged by is committed, and when the leader has made sure that it still leads. So it takes a round trip
    more than one would think.
  `,
  happens: calmCluster()
    .say('red and blue write LSN 10 with different bytes, 2 ms apart. red is impatient and sends its record twice.')
    .write('10', 'red apple')
    .by('red')
    .to(leader)
    .later(2)
    .write('10', 'blue sky')
    .by('blue')
    .to(leader)
    .later(2)
    .write('10', 'red apple')
    .by('red')
    .to(leader)
    .at(1_200)
    .say('red sends it once more, later: the same bytes are the same record, and stored once.')
    .write('10', 'red apple')
    .by('red')
    .to(leader)
    .at(1_400)
    .say(
      'red goes on with LSN 20. blue, which has not understood, writes LSN 15, and then LSN 30 that is to follow it.',
    )
    .write('20', 'red brick', { after: '10' })
    .by('red')
    .to(leader)
    .at(1_450)
    .write('15', 'blue jeans')
    .by('blue')
    .to(leader)
    .later(20)
    .write('30', 'blue whale', { after: '15' })
    .by('blue')
    .to(leader)
    .at(1_700)
    .say('What is stored is what red was told.')
    .read('10')
    .by('blue')
    .to(leader)
    .read()
    .by('blue')
    .to(leader)
    .later(100),
});
