import { changed } from '../changed.ts';
import type { PeerMark } from '../journal/files/term_file.ts';
import { members } from '../membership/configuration.ts';
import type { Membership } from '../membership/membership.ts';
import type { KnownEnvelope } from '../wire/envelope.ts';
import type {
  ClusterId,
  Incarnation,
  Index,
  Millis,
  OperationId,
  PeerUrl,
  ReplicaId,
  Term,
} from '../vocabulary/units.ts';

/** A peer's process that this one has shaken hands with. */
export interface Contact {
  readonly replicaId: ReplicaId;
  readonly incarnation: Incarnation;
  readonly boot: number;
  readonly session: number;
  readonly url: PeerUrl;
  /** It has no cluster yet, as this one. */
  readonly unfounded: boolean;
  /** What its messages to this process begin with. */
  readonly incoming: KnownEnvelope;
  /** What this process's messages to it begin with. */
  readonly outgoing: Uint8Array;
}

export interface IdentityState {
  /** Empty until the directory was read. */
  readonly incarnation: Incarnation;
  readonly boot: number;
  /** Drawn at each start: two live processes on copies of one directory differ in it. */
  readonly session: number;
  /** The sessions of the latest starts, this one's at the end: the history that this directory remembers. */
  readonly sessions: readonly number[];
  readonly clusterId: ClusterId | undefined;
  /** The membership in force; undefined until the cluster is founded. */
  readonly membership: Membership | undefined;
  /** Every member but this one, ascending; see `peersIn`. */
  readonly peers: readonly ReplicaId[];
  /** The founding membership's payload, which founds a replica that missed it. */
  readonly founding: Uint8Array | undefined;
  readonly recoveredTerm: Term;
  readonly recoveredIndex: Index;
  readonly contacts: readonly Contact[];
  readonly marks: readonly PeerMark[];
  /** A mark should be written soon: a peer was started anew. */
  readonly marksDirty: boolean;
  /** Set while the founding is made durable: the log's first entry, then the identity file. */
  readonly foundingStep: { readonly kind: 'log' } | { readonly kind: 'identity'; readonly id: OperationId } | undefined;
  /** When the handshake is repeated to peers that have not answered. */
  readonly helloDeadline: Millis;
}

export function initialIdentity(): IdentityState {
  return {
    incarnation: '',
    boot: 0,
    session: 0,
    sessions: [],
    clusterId: undefined,
    membership: undefined,
    peers: [],
    founding: undefined,
    recoveredTerm: 0,
    recoveredIndex: 0,
    contacts: [],
    marks: [],
    marksDirty: false,
    foundingStep: undefined,
    helloDeadline: 0,
  };
}

/** The members besides `own`: worked out when the membership changes, because every event asks for them. */
export function peersIn(membership: Membership, own: ReplicaId): readonly ReplicaId[] {
  return members(membership.configuration).filter((id) => id !== own);
}

export function contactOf(identity: IdentityState, replicaId: ReplicaId): Contact | undefined {
  return identity.contacts.find((contact) => contact.replicaId === replicaId);
}

/** Where a member is reached: where it last said it is, else where it was founded. */
export function urlOf(identity: IdentityState, replicaId: ReplicaId): PeerUrl | undefined {
  const contact = contactOf(identity, replicaId);
  return contact?.url ?? identity.membership?.members.find((member) => member.replicaId === replicaId)?.url;
}

/** With these fields changed: see `engine/changed.ts`. */
export function changedIdentity(identity: IdentityState, change: Partial<IdentityState>): IdentityState {
  return changed<IdentityState>(
    {
      incarnation: identity.incarnation,
      boot: identity.boot,
      session: identity.session,
      sessions: identity.sessions,
      clusterId: identity.clusterId,
      membership: identity.membership,
      peers: identity.peers,
      founding: identity.founding,
      recoveredTerm: identity.recoveredTerm,
      recoveredIndex: identity.recoveredIndex,
      contacts: identity.contacts,
      marks: identity.marks,
      marksDirty: identity.marksDirty,
      foundingStep: identity.foundingStep,
      helloDeadline: identity.helloDeadline,
    },
    change,
  );
}
