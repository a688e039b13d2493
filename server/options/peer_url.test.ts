import { expect, test } from 'vitest';
import { isLoopback, isSameAddress, readPeerUrl } from './peer_url.ts';

test('an address has one form', () => {
  expect(readPeerUrl('http://Example.COM:8091/')).toEqual({ url: 'http://example.com:8091' });
  expect(readPeerUrl('http://example.com:80')).toEqual({ url: 'http://example.com' });
  expect(readPeerUrl('http://[::1]:8091')).toEqual({ url: 'http://[::1]:8091' });
});

test('loopback names with one port are one process', () => {
  expect(isSameAddress('http://localhost:1', 'http://127.0.0.1:1')).toBe(true);
  expect(isSameAddress('http://localhost:1', 'http://localhost:2')).toBe(false);
  expect(isSameAddress('http://a:1', 'http://b:1')).toBe(false);
  expect(isLoopback('128.0.0.1')).toBe(false);
});
