import { changeIdentity, observe } from '../draft.ts';
import type { PeerMark } from '../journal/files/term_file.ts';
import { memberOf } from '../membership/membership.ts';
import { peerRestarted } from '../replica/progress.ts';
import type { Draft } from '../state.ts';
import type { ClusterId } from '../vocabulary/units.ts';
import type { Hello, Message, Refuse } from '../wire/message.ts';
import { adoptFounding, considerFounding } from './founding.ts';
import { foundingUrls, sendHello } from './hello.ts';
import { encodeEnvelope, knownEnvelope } from '../wire/envelope.ts';
import { envelopeTo, sendPlain } from './send.ts';
import type { Contact } from './state.ts';
import { contactOf } from './state.ts';

/** Takes a peer's handshake: knows it from now on, founds with it, or turns it away with a sentence. */
export function handleHello(d: Draft, message: Message, hello: Hello): void {
  const complaint = complaintAbout(d, message, hello);
  if (complaint !== undefined) {
    refuse(d, message, hello, complaint);
    return;
  }
  const contact: Contact = {
    replicaId: message.from,
    incarnation: message.fromIncarnation,
    boot: message.boot,
    session: message.session,
    url: hello.url,
    unfounded: message.clusterId === undefined,
    incoming: knownEnvelope({
      clusterId: message.clusterId,
      from: message.from,
      fromIncarnation: message.fromIncarnation,
      boot: message.boot,
      session: message.session,
      toIncarnation: d.identity.incarnation,
    }),
    outgoing: encodeEnvelope(envelopeTo(d, message.fromIncarnation)),
  };
  const known = contactOf(d.identity, message.from);
  changeIdentity(d, {
    contacts: [...d.identity.contacts.filter((other) => other.replicaId !== message.from), contact],
  });
  if (d.phase === 'member' && message.clusterId !== undefined) {
    rememberBoot(d, contact);
    if (known === undefined || known.session !== contact.session || known.boot !== contact.boot) {
      peerRestarted(d, contact.replicaId);
    }
  }
  if (hello.wantsReply) sendHello(d, hello.url, message.fromIncarnation, false);
  if (d.phase !== 'founding') return;
  if (hello.founding !== undefined) adoptFounding(d, message, hello.founding);
  else considerFounding(d);
}

/** A peer wants nothing to do with this replica: its operator must know why. */
export function handleRefusal(d: Draft, message: Message, refusal: Refuse): void {
  if (refusal.session !== d.identity.session) return;
  const { sentence } = refusal;
  observe(d, { what: 'refused', peer: message.from, sentence: `${message.from} refuses this replica: ${sentence}` });
  if (d.phase === 'founding') d.trouble = `${message.from} refuses this replica: ${sentence}`;
}

/** Why this peer must be turned away, in a sentence; undefined when it may come in. */
function complaintAbout(d: Draft, message: Message, hello: Hello): string | undefined {
  const { identity, config } = d;
  if (message.from === config.replicaId) {
    return `two replicas call themselves ${message.from}, one of them at ${hello.url}: give each its own -replica-id`;
  }
  const { membership } = identity;
  if (membership === undefined) {
    if (hello.founding !== undefined) return undefined;
    return foundingComplaint(d, message, hello);
  }
  if (differentCluster(identity.clusterId, message.clusterId)) {
    return `${message.from} at ${hello.url} belongs to cluster ${message.clusterId}, this is cluster ${identity.clusterId}: its -peers or its -data-dir is not the right one`;
  }
  const member = memberOf(membership, message.from);
  if (member === undefined) return `${message.from} is not a member of cluster ${identity.clusterId}`;
  if (member.incarnation !== message.fromIncarnation) {
    return `${message.from} at ${hello.url} comes with an empty or foreign data directory; cluster ${identity.clusterId} was founded with another. What that one held counts towards the quorum, so this one cannot take its place`;
  }
  if (message.clusterId === undefined) return undefined;
  return setBackComplaint(d, message, hello);
}

function foundingComplaint(d: Draft, message: Message, hello: Hello): string | undefined {
  const ours = foundingUrls(d);
  if (ours.join(' ') !== hello.urls.join(' ')) {
    return `${message.from} was told of the replicas ${hello.urls.join(', ')}, and ${d.config.replicaId} of ${ours.join(', ')}: give every replica the same set by -advertise and -peers`;
  }
  const twin = d.identity.contacts.find((other) => other.replicaId === message.from && other.url !== hello.url);
  if (twin !== undefined) {
    return `the replicas at ${twin.url} and ${hello.url} both call themselves ${message.from}: give each its own -replica-id`;
  }
  return undefined;
}

/** A replica that went back in its memory is not the one that promised; two processes on one directory are none. */
function setBackComplaint(d: Draft, message: Message, hello: Hello): string | undefined {
  const known = contactOf(d.identity, message.from);
  if (known !== undefined && known.boot === message.boot && known.session !== message.session) {
    return `two processes began start ${message.boot} of the data directory of ${message.from}, one at ${known.url} and one at ${hello.url}: if both are live, stop one and remove its copy; if not, the directory was restored from an old copy, and counts as lost`;
  }
  const mark = d.identity.marks.find((candidate) => candidate.replicaId === message.from);
  if (mark === undefined || (mark.boot === message.boot && mark.session === message.session)) return undefined;
  const wentBack =
    message.boot <= mark.boot ||
    !remembers(hello, message.boot, mark) ||
    hello.recoveredTerm < mark.term ||
    (hello.recoveredTerm === mark.term && hello.recoveredIndex < mark.acknowledgedIndex);
  if (!wentBack) return undefined;
  return `${message.from} came back with an older state than it had (start ${message.boot}, term ${hello.recoveredTerm}, index ${hello.recoveredIndex}; seen before: start ${mark.boot}, term ${mark.term}, index ${mark.acknowledgedIndex}): its data directory was restored from an old copy, and counts as lost`;
}

/**
 * Whether a directory remembers a start of its own that was seen. One that was restored from an older copy does not,
 * however often it is started after that. Of starts longer ago than it keeps, nothing is known.
 */
function remembers(hello: Hello, boot: number, mark: PeerMark): boolean {
  const session = hello.sessions[hello.sessions.length - 1 - (boot - mark.boot)];
  return session === undefined || session === mark.session;
}

function refuse(d: Draft, message: Message, hello: Hello, sentence: string): void {
  observe(d, { what: 'refused', peer: message.from, sentence });
  if (d.phase === 'founding') d.trouble = sentence;
  sendPlain(d, hello.url, message.fromIncarnation, { type: 'refuse', session: message.session, sentence });
}

function rememberBoot(d: Draft, contact: Contact): void {
  const { replicaId, boot, session } = contact;
  const mark = d.identity.marks.find((candidate) => candidate.replicaId === replicaId);
  if (mark !== undefined && mark.boot >= boot) return;
  setMark(d, { replicaId, boot, session, term: mark?.term ?? 0, acknowledgedIndex: mark?.acknowledgedIndex ?? 0 });
  changeIdentity(d, { marksDirty: true });
}

function differentCluster(ours: ClusterId | undefined, theirs: ClusterId | undefined): boolean {
  return ours !== undefined && theirs !== undefined && ours !== theirs;
}

/** Remembers this of a peer, in the place of what was remembered before. */
export function setMark(d: Draft, mark: PeerMark): void {
  const others = d.identity.marks.filter((other) => other.replicaId !== mark.replicaId);
  changeIdentity(d, { marks: [...others, mark] });
}
