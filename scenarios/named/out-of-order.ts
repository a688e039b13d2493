import { leader } from '../builder/index.ts';
import { calmCluster } from './calm_cluster.ts';
import { story } from './named_scenario.ts';

export const outOfOrder = story({
  name: 'out-of-order',
  title: 'Records that wait for their predecessor',
  source: 'the API of this project (prev_lsn); engine/admission/held.ts.',
  explanation: `
    A writer that names each record's predecessor may send over several connections, and what was sent first may arrive last. The leader
    holds a record whose predecessor is missing, for a while and within bounds, and lets the whole chain enter in order as soon as its
    first link is there. When the predecessor does not come in time, the record is refused: a gap.
  `,
  happens: calmCluster()
    .timing({ heldRecordMs: 600 })
    .say('LSN 40, 30 and 20 arrive before LSN 10.')
    .write('40', 'd', { after: '30' })
    .to(leader)
    .later(10)
    .write('30', 'c', { after: '20' })
    .to(leader)
    .later(10)
    .write('20', 'b', { after: '10' })
    .to(leader)
    .later(10)
    .write('10', 'a', { after: '0' })
    .to(leader)
    .at(1_200)
    .showLogs()
    .say('The predecessor of LSN 60, which is LSN 50, never comes. The leader waits for 600 ms.')
    .write('60', 'f', { after: '50' })
    .to(leader)
    .at(2_000)
    .showLogs()
    .until(2_000),
});
