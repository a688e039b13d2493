import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type net from 'node:net';
import { expect, test } from 'vitest';
import { Connections } from './connections.ts';

class FakeSocket extends EventEmitter {
  remoteAddress: string | undefined = '127.0.0.1';
  readonly localAddress = '127.0.0.1';
  remotePort: number | undefined;
  destroyed = false;

  constructor(remotePort: number) {
    super();
    this.remotePort = remotePort;
  }

  /** As Node does it: whoever is gone has no address, and `close` comes later. */
  destroy(): void {
    this.destroyed = true;
    this.remoteAddress = undefined;
    this.remotePort = undefined;
    setImmediate(() => this.emit('close'));
  }
}

function someone(connections: Connections, port: number) {
  const socket = new FakeSocket(port);
  const admission = connections.admit(socket as unknown as net.Socket);
  const request = { socket } as unknown as IncomingMessage;
  return {
    socket,
    admission,
    /** Begins a request; the returned function ends it with this status. */
    ask(headersSent = false): (status: number) => void {
      const response = Object.assign(new EventEmitter(), { writableFinished: true, statusCode: 200, headersSent });
      connections.track(request, response as unknown as ServerResponse);
      return (status) => {
        response.statusCode = status;
        response.emit('close');
      };
    },
    isPeer: () => connections.isPeer(request),
  };
}

test('strangers make room for each other, the quietest first', () => {
  const connections = new Connections(2);
  const first = someone(connections, 1);
  const second = someone(connections, 2);
  first.ask()(401);
  const third = someone(connections, 3);
  expect([first.socket.destroyed, second.socket.destroyed, third.admission]).toEqual([false, true, 'inPlaceOfAnother']);
  expect(connections.count).toBe(2);
});

test('a stream that is being answered is no stranger, and is not cut off for a newcomer', () => {
  const connections = new Connections(2);
  const stream = someone(connections, 1);
  stream.ask(true);
  const waiting = someone(connections, 2);
  waiting.ask();
  const third = someone(connections, 3);
  expect([stream.socket.destroyed, waiting.socket.destroyed, third.admission]).toEqual([
    false,
    true,
    'inPlaceOfAnother',
  ]);
});

test('whoever got an answer stays before those who did not, and an open request is not cut off for a newcomer', () => {
  const connections = new Connections(2);
  const guest = someone(connections, 1);
  guest.ask()(200);
  const stranger = someone(connections, 2);
  const newcomer = someone(connections, 3);
  expect([guest.socket.destroyed, stranger.socket.destroyed]).toEqual([false, true]);
  newcomer.ask()(200);
  const end = guest.ask();
  // Of two guests the one without an open request goes.
  const another = someone(connections, 4);
  expect([guest.socket.destroyed, newcomer.socket.destroyed]).toEqual([false, true]);
  another.ask()(200);
  another.ask();
  expect(someone(connections, 5).admission).toBe('full');
  end(200);
  expect(someone(connections, 6).admission).toBe('inPlaceOfAnother');
  expect(guest.socket.destroyed).toBe(true);
});

test('a peer is never cut off', async () => {
  const connections = new Connections(1);
  const peer = someone(connections, 1);
  peer.isPeer();
  expect(someone(connections, 2).admission).toBe('full');
  peer.socket.destroy();
  await expect.poll(() => connections.count).toBe(0);
  expect(someone(connections, 3).admission).toBe('admitted');
});
