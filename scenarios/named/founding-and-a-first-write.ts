import { leader, replica, scenario } from '../builder/index.ts';
import { story } from './named_scenario.ts';

export const foundingAndAFirstWrite = story({
  name: 'founding-and-a-first-write',
  title: 'Founding, and a first write',
  source:
    'Ongaro, "Consensus: Bridging Theory and Practice" (2014), sections 3.3 to 3.6; docs/decisions/0006 for the founding entry.',
  explanation: `
    Three replicas start with empty data directories. When all have met, they found their cluster: who belongs to it is the first
    entry of every log, 1:0, which is index 1 in term 0. Then one of them is elected, and a client stores its first record.

    Places in a log are written index:term. A line with an arrow is a message, told when it is sent; every message takes 5 ms, a
    client's takes 1 ms, a disk syncs in 2 ms. Heartbeats that say nothing new are left out.
  `,
  happens: scenario()
    .say('The replicas start, shake hands (which is not told here), and found the cluster.')
    .at(200)
    .showLogs()
    .say(
      'Somebody must be the first to run out of patience. In these stories the clock of one replica is set forward, so that its election timer fires. Nobody has to be talked out of another leader, so everybody would vote for it; then it stands, and its own vote counts only when it lies on its disk.',
    )
    .timeOut(replica(1))
    .at(400)
    .showLogs()
    .say(
      'The new leader began its term with a no-op: whatever an earlier term left in its log is committed through it. Now a client stores a record. The leader sends it to the followers and to its own disk at the same time; two of three disks make it committed, whichever two they are.',
    )
    .write('100', 'hello')
    .to(leader)
    .later(200)
    .showLogs()
    .say(
      'Everybody knows that it is committed. It can be read, and no majority can be formed that has not heard of it.',
    )
    .read('100')
    .to(leader)
    .later(100),
});
