import { replica } from '../builder/index.ts';
import { FIGURE_8_LEADS_MS, untilFigure8C } from './figure-8.ts';
import { story } from './named_scenario.ts';

export const figure8e = story({
  name: 'figure-8-e',
  title: 'Figure 8 (e): committed through an entry of the own term',
  source: 'Ongaro and Ousterhout, USENIX ATC 2014, figure 8 (e); Ongaro 2014, figure 3.7.',
  explanation: `
    The same beginning as in figure 8. But now the no-op of term 3 gets through to replica-2 and replica-3 before the leader dies. It
    is of the leader's own term and on a majority, so it is committed, and with it everything before: the old record, too. From now on
    nobody who lacks them can be elected. replica-5, whose log ends with term 2, tries in vain.
  `,
  happens: untilFigure8C
    .at(FIGURE_8_LEADS_MS + 130)
    .showLogs()
    .say(
      '(e) The client of long ago would be told "stored" now, if it were still there. The leader loses power, and replica-5 comes back and wants to be elected.',
    )
    .at(FIGURE_8_LEADS_MS + 140)
    .powerCut(replica(1))
    .backAfter(2_000)
    .at(FIGURE_8_LEADS_MS + 607)
    .timeOut(replica(5))
    .later(22)
    .timeOut(replica(5))
    .later(600)
    .showLogs()
    .say(
      'Only replica-4 would have voted for it. One of those that have the committed entries leads, and replica-5 gives up its own.',
    )
    .at(4_300)
    .showLogs(),
});
