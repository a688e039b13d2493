import net, { type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { SocketReader } from './socket_reader.ts';

/** Two ends of a connection. */
async function pair(): Promise<readonly [net.Socket, net.Socket]> {
  const server = net.createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const near = net.connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [far] = (await once(server, 'connection')) as [net.Socket];
  onTestFinished(() => {
    near.destroy();
    far.destroy();
    server.close();
  });
  return [near, far];
}

test('nothing is lost, however long one waits between two pieces', async () => {
  const [near, far] = await pair();
  const reader = new SocketReader(near);
  far.write('one');
  expect(String(await reader.next())).toBe('one');
  far.write('two');
  await once(near, 'data');
  // Several turns of the event loop with nobody asking.
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  far.end('three');
  let rest = '';
  for (let piece = await reader.next(); piece !== undefined; piece = await reader.next()) rest += String(piece);
  expect(rest).toBe('twothree');
  expect(await reader.next()).toBeUndefined();
});

test('whoever sends too much waits', async () => {
  const [near, far] = await pair();
  const reader = new SocketReader(near);
  const total = 64 * 1024 * 1024;
  far.end(Buffer.alloc(total, 1));
  await once(near, 'pause');
  expect(near.bytesRead).toBeLessThan(2 * 1024 * 1024);
  let bytes = 0;
  for (let piece = await reader.next(); piece !== undefined; piece = await reader.next()) bytes += piece.byteLength;
  expect(bytes).toBe(total);
});

test('what happens to the socket is thrown, after what came before', async () => {
  const [near, far] = await pair();
  const reader = new SocketReader(near);
  far.write('last');
  await once(near, 'data');
  near.destroy(new Error('cut'));
  await new Promise((resolve) => near.once('close', resolve));
  expect(String(await reader.next())).toBe('last');
  await expect(reader.next()).rejects.toThrow('cut');
});
