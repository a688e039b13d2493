import type { Target } from '../../sim/index.ts';
import { replica, scenario, type ScenarioBuilder } from '../builder/index.ts';
import { story } from './named_scenario.ts';

const REPLICAS = [1, 2, 3, 4, 5, 6, 7];
/** A term of this history lasts so long; then the power fails everywhere, and nobody remembers who led. */
const TERM_MS = 400;

/** For so long, what this leader appends reaches only these. */
function reachesOnly(
  builder: ScenarioBuilder,
  leader: number,
  receivers: readonly number[],
  forMs: number,
): ScenarioBuilder {
  const from: Target = replica(leader);
  return REPLICAS.filter((number) => number !== leader && !receivers.includes(number)).reduce(
    (then, number) => then.drop('append').from(from).to(replica(number)).for(forMs),
    builder,
  );
}

/**
 * One term: its leader begins it with a no-op that reaches the first receivers, then writes one record for each
 * further list of receivers.
 */
function term(
  builder: ScenarioBuilder,
  number: number,
  leader: number,
  receivers: readonly (readonly number[])[],
): ScenarioBuilder {
  const beginMs = number * TERM_MS;
  const [first = [], ...others] = receivers;
  const restarted = builder.at(beginMs).powerCutOfAll().backAfter(10).later(100);
  const begun = reachesOnly(restarted, leader, first, 100).timeOut(replica(leader));
  return others.reduce(
    (then, its, order) =>
      reachesOnly(
        then.at(beginMs + 200 + order * 25),
        leader,
        its,
        order === others.length - 1 ? TERM_MS - 200 - order * 25 : 25,
      )
        .write(`${number * 10 + order + 1}`, `term ${number}`)
        .to(replica(leader)),
    begun,
  );
}

const everybody = REPLICAS;
const history = [
  { number: 1, leader: 1, receivers: [everybody, everybody, everybody] },
  { number: 2, leader: 7, receivers: [[], [], []] },
  { number: 3, leader: 7, receivers: [[], [], [], [], []] },
  { number: 4, leader: 6, receivers: [[1, 2, 3, 4, 5], [1, 2, 4, 5], [], []] },
  {
    number: 5,
    leader: 5,
    receivers: [
      [1, 2, 4],
      [1, 2, 4],
    ],
  },
  { number: 6, leader: 4, receivers: [[1, 2, 5], [1, 2, 5], [1, 5], []] },
  { number: 7, leader: 5, receivers: [[], []] },
].reduce(
  (builder, { number, leader, receivers }) => term(builder, number, leader, receivers),
  scenario().replicas(7).detail('nothing'),
);

export const figure7 = story({
  name: 'figure-7',
  title: 'Figure 7: a leader brings back followers of every kind',
  source:
    'Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm", USENIX ATC 2014, figure 7 (Ongaro 2014, figure 3.6); etcd-io/raft, testdata/probe_and_replicate.txt. Indexes are one higher here, because entry 1 founds the cluster.',
  explanation: `
    Seven unlucky terms have left seven different logs. One follower lacks an entry, one lacks most; others have entries that nobody
    else has, because their leaders died before they could send them; one led terms 2 and 3 all alone. None of this is
    repaired by a special procedure. The next leader sends what it has, behind the place where it believes the logs to agree. Who
    does not have that place says so, with a hint that skips a whole term at once. The leader looks there, and what conflicts
    gives way.

    The entries that are lost were never acknowledged to anybody, as no majority had them. Those that a majority had are in the log of the
    leader, or it would not have been elected.
  `,
  happens: history
    .at(8 * TERM_MS - 1)
    .say('Seven terms later. The power fails once more, and everybody starts with the log that is on its disk.')
    .at(8 * TERM_MS)
    .powerCutOfAll()
    .backAfter(10)
    .later(95)
    .showLogs()
    .say(
      'replica-1 stands for election in term 8. Its log ends at 11:6. replica-4, which has 12:6, and replica-5, which has 13:7, are further and do not vote for it. The four others, and itself, are enough.',
    )
    .detail('protocol')
    .later(5)
    .timeOut(replica(1))
    .later(230)
    .showLogs()
    .later(100)
    .say(
      'All seven logs are alike. No follower had to refuse more than once before the leader knew where to begin, though some were seven entries apart.',
    ),
});
