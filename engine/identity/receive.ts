import { observe } from '../draft.ts';
import { memberOf } from '../membership/membership.ts';
import type { Draft } from '../state.ts';
import { decodeMessage } from '../wire/codec.ts';
import type { Message } from '../wire/message.ts';
import { handleHello, handleRefusal } from './handshake.ts';
import { sendHello } from './hello.ts';
import { contactOf, urlOf } from './state.ts';

/**
 * Opens a peer's message and checks who sent it and for whom. Returns the message when the replica may act on it;
 * handshakes are dealt with here; anything else changes nothing.
 */
export function receive(d: Draft, bytes: Uint8Array): Message | undefined {
  const { identity, config } = d;
  const message = decodeMessage(bytes, identity.contacts);
  if (message === undefined) {
    drop(d, 'a peer message could not be read: it is damaged, or of another version');
    return undefined;
  }
  const { from, body } = message;
  if (message.fromIncarnation === identity.incarnation && message.session === identity.session) {
    drop(d, `one of -peers is this replica itself, ${config.advertiseUrl}`);
    return undefined;
  }
  if (message.toIncarnation !== undefined && message.toIncarnation !== identity.incarnation) {
    drop(d, `a message of ${from} is for another data directory than this one`);
    return undefined;
  }
  if (body.type === 'hello') {
    handleHello(d, message, body);
    return undefined;
  }
  if (body.type === 'refuse') {
    handleRefusal(d, message, body);
    return undefined;
  }
  if (d.phase !== 'member' || message.clusterId !== identity.clusterId || identity.membership === undefined) {
    drop(d, `a message of ${from} names another cluster than this one`);
    return undefined;
  }
  if (memberOf(identity.membership, from)?.incarnation !== message.fromIncarnation) {
    drop(d, `${from} is not a member of this cluster, or not with that data directory`);
    return undefined;
  }
  return isCurrentProcess(d, message) ? message : undefined;
}

/** Only the process that shook hands last counts; a later start of the same directory has to do so first. */
function isCurrentProcess(d: Draft, message: Message): boolean {
  const contact = contactOf(d.identity, message.from);
  if (contact !== undefined && !contact.unfounded && contact.boot === message.boot) {
    return contact.session === message.session;
  }
  if (contact === undefined || message.boot > contact.boot || contact.unfounded) {
    const url = urlOf(d.identity, message.from);
    // Bounded by the messages that come in, and they by their sender's timers.
    if (url !== undefined) sendHello(d, url, message.fromIncarnation, true);
  }
  return false;
}

function drop(d: Draft, sentence: string): void {
  observe(d, { what: 'messageDropped', sentence });
}
