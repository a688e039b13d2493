import type { Append, AppendAnswer, Body, Message } from '../wire/message.ts';
import type { CalmCluster } from './calm_cluster.ts';
import { opened } from './forge.ts';
import { isHandshake } from './silence.ts';

export interface Overheard {
  readonly from: number;
  readonly to: number;
  readonly message: Message;
}

/** Everything but handshakes that the nodes send from now on, in order; none of it is delivered. */
export function overhear(cluster: CalmCluster): Overheard[] {
  const heard: Overheard[] = [];
  cluster.deliver = (from, to, bytes) => {
    if (isHandshake(from, to, bytes)) return true;
    heard.push({ from, to, message: opened(bytes) });
    return false;
  };
  return heard;
}

/** What a node said to anyone, as far as it was overheard. */
export function saidBy(heard: readonly Overheard[], from: number): readonly Body[] {
  return heard.filter((one) => one.from === from).map(({ message }) => message.body);
}

/** The appends, heartbeats among them, that leave for a node from now on; nothing is delivered. */
export function appendsTo(cluster: CalmCluster, follower: number): Append[] {
  const appends: Append[] = [];
  cluster.deliver = (from, to, bytes) => {
    const { body } = opened(bytes);
    if (to === follower && body.type === 'append') appends.push(body);
    return isHandshake(from, to, bytes);
  };
  return appends;
}

/** The answers to appends that a node sends from now on; nothing is delivered. */
export function answersOf(cluster: CalmCluster, follower: number): AppendAnswer[] {
  const answers: AppendAnswer[] = [];
  cluster.deliver = (from, to, bytes) => {
    const { body } = opened(bytes);
    if (from === follower && body.type === 'appendAnswer') answers.push(body);
    return isHandshake(from, to, bytes);
  };
  return answers;
}
