import { encodeUtf8 } from '../bytes/utf8.ts';
import type { LogEntry } from '../journal/entry.ts';
import type { NodeState } from '../state.ts';
import type { Index, Lsn, Term } from '../vocabulary/units.ts';
import { decodeMessage, encodeMessage } from '../wire/codec.ts';
import type { Body, Message } from '../wire/message.ts';
import type { CalmCluster } from './calm_cluster.ts';
import { makeEntry } from './entries.ts';

/** What a message says, for tests that look over the shoulder of the network. Throws when it says nothing. */
export function opened(bytes: Uint8Array): Message {
  const message = decodeMessage(bytes);
  if (message === undefined) throw new Error('not a message');
  return message;
}

/** A message as the process of node `from` would send it to node `to`, in any term. */
export function forged(cluster: CalmCluster, from: number, to: number, term: Term, body: Body): Uint8Array {
  const { identity, config } = cluster.node(from).state;
  return encodeMessage({
    clusterId: identity.clusterId,
    from: config.replicaId,
    fromIncarnation: identity.incarnation,
    boot: identity.boot,
    session: identity.session,
    toIncarnation: cluster.node(to).state.identity.incarnation,
    term,
    body,
  });
}

/** Lets node `to` take a forged message, and everything that happens at once because of it. */
export function tell(cluster: CalmCluster, from: number, to: number, term: Term, body: Body): void {
  cluster.post(to, { kind: 'message', now: cluster.now, bytes: forged(cluster, from, to, term, body) });
  cluster.settle();
}

/** An append that carries nothing unless told otherwise. */
export function append(
  previousIndex: Index,
  previousTerm: Term,
  change: Partial<Body & { type: 'append' }> = {},
): Body {
  return { type: 'append', previousIndex, previousTerm, commitIndex: 0, round: 0, entries: [], ...change };
}

export function appendAnswer(matchIndex: Index, change: Partial<Body & { type: 'appendAnswer' }> = {}): Body {
  return { type: 'appendAnswer', round: 0, matchIndex, rejected: undefined, ...change };
}

export function vote(lastTerm: Term, lastIndex: Index, transfer = false): Body {
  return { type: 'vote', lastTerm, lastIndex, transfer };
}

/** A record's entry whose text tells index and term apart. */
export function recordEntry(index: Index, term: Term, lsn: Lsn): LogEntry {
  return makeEntry({ index, term, lsn, data: encodeUtf8(`entry ${index} of term ${term}`) });
}

/** Entries of these terms, from `firstIndex` on; LSNs ascend along them and differ between terms. */
export function entriesOfTerms(firstIndex: Index, terms: readonly Term[]): readonly LogEntry[] {
  return terms.map((term, i) => recordEntry(firstIndex + i, term, BigInt((firstIndex + i) * 100 + term)));
}

/** The term of every entry of a node's log, from the first on. */
export function termsOf(state: NodeState): readonly Term[] {
  const terms: Term[] = [];
  for (let index = 1; index <= state.journal.lastIndex; index++) {
    let term = 0;
    for (const span of state.journal.termSpans) if (span.firstIndex <= index) term = span.term;
    terms.push(term);
  }
  return terms;
}

/** A cluster that is founded, whose replicas know each other, and in which nobody was elected yet. */
export function foundedCluster(make: () => CalmCluster): CalmCluster {
  const cluster = make();
  for (let round = 0; round < 50; round++) {
    cluster.run(10);
    const ready = cluster.nodes.every(
      ({ state }) =>
        state.phase === 'member' &&
        state.identity.contacts.length === cluster.nodes.length - 1 &&
        state.identity.contacts.every((contact) => !contact.unfounded),
    );
    if (ready) return cluster;
  }
  throw new Error('the cluster was not founded');
}
