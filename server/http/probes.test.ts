import { describe, expect, test } from 'vitest';
import { type FakeServiceOptions, fakeService } from '../testing/fake_service.ts';
import { createApp } from './app.ts';

async function ask(path: string, options: FakeServiceOptions = {}, headers: Record<string, string> = {}) {
  const response = await createApp(fakeService(options)).request(path, { headers });
  return { status: response.status, text: await response.text(), type: response.headers.get('content-type') };
}

const leader = { replicaId: 'safekeeper-2', url: 'http://localhost:8091' };

describe('a probe', () => {
  test('finds a replica alive whatever it waits for, and ready when it can pass a request on', async () => {
    expect((await ask('/livez', { status: { phase: 'founding' } })).status).toBe(200);
    expect(await ask('/readyz', { status: { leader } })).toMatchObject({
      status: 200,
      text: '{"status":"success","leader":"safekeeper-2"}',
    });
  });

  test.each([
    [{ phase: 'founding' }, 'Not ready: the cluster is not founded yet: every replica must be up once.'],
    [{ phase: 'recovering' }, 'Not ready: this replica is reading its disk.'],
    [{ leader: undefined }, 'Not ready: no leader is known.'],
    [{ leader: undefined, trouble: 'the disk is full' }, 'Not ready: the disk is full.'],
  ] as const)('finds a replica not ready and says why: %j', async (status, sentence) => {
    const { status: code, text } = await ask('/readyz', { status: { leader, ...status } });
    expect([code, JSON.parse(text)]).toEqual([503, { status: 'error', error: sentence, code: 'not_ready' }]);
  });

  test('needs no credential, even where reads do', async () => {
    const closed: FakeServiceOptions = { keys: ['right'], authReads: true, status: { leader } };
    expect((await ask('/livez', closed)).status).toBe(200);
    expect((await ask('/readyz', closed)).status).toBe(200);
    expect((await ask('/metrics', closed)).status).toBe(401);
    expect((await ask('/metrics', closed, { 'x-api-key': 'right' })).status).toBe(200);
  });
});

test('/metrics is in the text format of Prometheus, and counts who asked for what', async () => {
  const app = createApp(fakeService({ keys: ['right'] }));
  await app.request('/api/v1/ping');
  await app.request('/api/v1/ping', { method: 'DELETE' });
  await app.request('/api/v1/stream_wal', { method: 'POST', body: '{}' });
  const response = await app.request('/metrics');
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const lines = (await response.text()).split('\n');
  expect(lines).toContain('safekeeper_http_requests_total{route="/api/v1/ping",method="GET",code="200"} 1');
  expect(lines).toContain('safekeeper_http_requests_total{route="/api/v1/ping",method="DELETE",code="405"} 1');
  expect(lines).toContain('safekeeper_http_requests_total{route="/api/v1/stream_wal",method="POST",code="401"} 1');
  expect(lines).toContain('safekeeper_turned_away_total{side="client",reason="unauthorized"} 1');
});
