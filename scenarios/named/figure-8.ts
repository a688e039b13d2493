import { replica } from '../builder/index.ts';
import { calmCluster } from './calm_cluster.ts';
import { story } from './named_scenario.ts';

/** replica-1 leads term 3 from here on; what it appends is let through one by one. */
export const FIGURE_8_LEADS_MS = 1_648;

/** Up to figure 8 (c): an entry of term 1 is on three of five disks, and its leader knows it. */
export const untilFigure8C = calmCluster(5)
  .limits({ appendBytesMax: 1, inflightAppendsMax: 1 })
  .say(
    '(a) replica-1 leads term 1. It takes a record, and only replica-2 gets it: 3:1. Then its machine loses power. (The terms are one less than in the figure.)',
  )
  .drop('append')
  .from(replica(1))
  .to(replica(3))
  .for(150)
  .drop('append')
  .from(replica(1))
  .to(replica(4))
  .for(150)
  .drop('append')
  .from(replica(1))
  .to(replica(5))
  .for(150)
  .at(1_010)
  .write('10', 'of term 1')
  .to(replica(1))
  .at(1_100)
  .powerCut(replica(1))
  .backAfter(450)
  .at(1_430)
  .showLogs()
  .say(
    '(b) replica-5 is elected in term 2 by 3, 4 and itself, which have not heard of that record. It takes another one, and loses its power before anybody hears of it.',
  )
  .at(1_434)
  .when('becomesLeader', replica(5))
  .isolate(replica(5))
  .for(200)
  .timeOut(replica(5))
  .at(1_480)
  .write('20', 'of term 2')
  .to(replica(5))
  .at(1_520)
  .powerCut(replica(5))
  .backAfter(700)
  .at(1_590)
  .showLogs()
  .say(
    '(c) replica-1 is back. First it learns that there was a term 2; then it is elected in term 3. It goes on to replicate what it has, one entry in a message here. The old record 3:1 reaches replica-3, and is now on three disks of five.',
  )
  .at(1_600)
  .timeOut(replica(1))
  .at(1_620)
  .timeOut(replica(1))
  .at(FIGURE_8_LEADS_MS - 10)
  .drop('append')
  .from(replica(1))
  .to(replica(4))
  .for(400)
  .drop('append')
  .from(replica(1))
  .to(replica(2))
  .for(60);

export const figure8 = story({
  name: 'figure-8',
  title: 'Figure 8: on a majority, and not committed',
  source:
    'Ongaro and Ousterhout, USENIX ATC 2014, figure 8 and section 5.4.2 (Ongaro 2014, figure 3.7 and section 3.6.2).',
  explanation: `
    An entry of an older term can lie on a majority of disks and still be overwritten. So a leader never concludes from counting copies that
    such an entry is committed: it waits until an entry of its own term is on a majority, and everything before that is
    committed with it. This engine's leaders begin their term with a no-op for that reason.

    Here the no-op does not get through in time, and another replica may rightly be elected, which has never heard of the entry. Whoever
    had told the client "stored" would have lied.
  `,
  happens: untilFigure8C
    .at(FIGURE_8_LEADS_MS + 12)
    .drop('append')
    .from(replica(1))
    .to(replica(3))
    .for(400)
    .at(FIGURE_8_LEADS_MS + 106)
    .drop('append')
    .from(replica(1))
    .to(replica(2))
    .for(300)
    .at(FIGURE_8_LEADS_MS + 130)
    .showLogs()
    .say(
      'replica-1 knows: 1, 2 and 3 have entry 3:1. It does not commit it. That is what this figure is about. (d) Now it loses power, and replica-5, whose log ends with term 2, is elected by 2, 3 and 4: theirs end with term 1.',
    )
    .at(FIGURE_8_LEADS_MS + 140)
    .powerCut(replica(1))
    .backAfter(2_000)
    .at(FIGURE_8_LEADS_MS + 607)
    .timeOut(replica(5))
    .later(22)
    .timeOut(replica(5))
    .later(200)
    .showLogs()
    .say('Entry 3:1 is gone from all disks that are up. replica-1, which comes back last, gives it up too.')
    .at(4_300)
    .showLogs(),
});
