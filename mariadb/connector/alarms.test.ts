import { expect, test } from 'vitest';
import { alarmsOf } from './alarms.ts';
import { statusApp } from './status_server.ts';
import type { ConnectorStatus } from './status.ts';
import { SAMPLE_HEALTH, SAMPLE_STATUS } from './testing/sample_status.ts';
import { goesBack, type PrimaryHealth } from './watch.ts';

const codes = (its: Partial<ConnectorStatus>, server: Partial<PrimaryHealth> = {}, fileNumber = 7) =>
  alarmsOf({ ...SAMPLE_STATUS, ...its }, { ...SAMPLE_HEALTH, ...server }, fileNumber).map(({ code }) => code);

test('an alarm for each thing that is wrong, and none when all is well', () => {
  expect(codes({})).toEqual([]);
  expect(codes({ phase: 'waiting', trouble: 'connect ECONNREFUSED' })).toEqual(['detached']);
  expect(codes({}, { escapedCommits: 1 })).toEqual(['escaped']);
  expect(codes({}, { wasReset: true })).toEqual(['reset']);
  expect(codes({}, { wrongSettings: ['sync_binlog is 0'] })).toEqual(['settings']);
  expect(codes({}, { semiSyncReplicas: 2 })).toEqual(['other_replica']);
  expect(codes({}, {}, 899_999)).toEqual([]);
  expect(codes({}, {}, 900_000)).toEqual(['file_number']);
  expect(codes({ position: 3 * 1024 ** 3 })).toEqual(['file_size']);
});

test('a position goes back when a domain lost transactions', () => {
  expect(goesBack('', '')).toBe(false);
  expect(goesBack('', '0-1-5')).toBe(false);
  expect(goesBack('0-1-5', '0-1-5')).toBe(false);
  expect(goesBack('0-1-5', '0-2-6,1-1-1')).toBe(false);
  expect(goesBack('0-1-5', '0-1-4')).toBe(true);
  expect(goesBack('0-1-5', '')).toBe(true);
  expect(goesBack('0-1-5,1-1-1', '0-1-9')).toBe(true);
});

test('status, health and metrics', async () => {
  const app = statusApp({
    connector: { status: SAMPLE_STATUS },
    watch: { health: { ...SAMPLE_HEALTH, escapedCommits: 4 } },
  });
  const report = (await (await app.request('/status')).json()) as Record<string, unknown>;
  expect(report).toMatchObject({ phase: 'attached', acknowledgedLsn: '30064771972', alarms: [{ code: 'escaped' }] });
  const healthz = await app.request('/healthz');
  expect(healthz.status).toBe(503);
  const metrics = await (await app.request('/metrics')).text();
  expect(metrics).toContain('safekeeper_connector_attached 1');
  expect(metrics).toContain('safekeeper_connector_escaped_commits_total 4');
  expect(metrics).toContain('safekeeper_connector_file_number 7');
  expect(metrics).toContain('safekeeper_connector_alarm{code="escaped"} 1');
  expect((await app.request('/nowhere')).status).toBe(404);
  const well = statusApp({ connector: { status: SAMPLE_STATUS }, watch: { health: SAMPLE_HEALTH } });
  expect((await well.request('/healthz')).status).toBe(200);
});
