import { serve, type ServerType } from '@hono/node-server';
import { Hono } from 'hono';
import { Counter, Gauge, Registry } from 'prom-client';
import { fromLsn } from '../binlog/lsn.ts';
import { type Alarm, alarmsOf } from './alarms.ts';
import type { ConnectorStatus } from './status.ts';
import type { PrimaryHealth } from './watch.ts';

/** What `GET /status` answers. LSNs are decimal text: they do not fit a JSON number. */
export interface StatusReport extends Omit<ConnectorStatus, 'acknowledgedLsn'> {
  readonly acknowledgedLsn: string;
  readonly server: PrimaryHealth;
  readonly alarms: readonly Alarm[];
}

export interface StatusSources {
  readonly connector: { readonly status: ConnectorStatus };
  readonly watch: { readonly health: PrimaryHealth };
}

/** Everything about a connector at this moment. */
export function reportOf({ connector, watch }: StatusSources): StatusReport {
  const { status } = connector;
  const { health } = watch;
  const { fileNumber } = fromLsn(status.acknowledgedLsn);
  return {
    ...status,
    acknowledgedLsn: String(status.acknowledgedLsn),
    server: health,
    alarms: alarmsOf(status, health, fileNumber),
  };
}

/** `/status` for people and `safekeeper mariadb status`, `/metrics` for Prometheus, `/healthz`: 200 without alarms, else 503. */
export function statusApp(sources: StatusSources): Hono {
  const registry = metricsOf(sources);
  const app = new Hono();
  app.get('/status', (context) => context.json(reportOf(sources)));
  app.get('/healthz', (context) => {
    const { alarms } = reportOf(sources);
    return context.json({ status: alarms.length === 0 ? 'ok' : 'alarm', alarms }, alarms.length === 0 ? 200 : 503);
  });
  app.get('/metrics', async (context) =>
    context.text(await registry.metrics(), 200, { 'content-type': registry.contentType }),
  );
  app.notFound((context) => context.json({ status: 'error', error: 'There are /status, /metrics and /healthz.' }, 404));
  return app;
}

/** Listens. @returns how to end it. @throws when the port cannot be had. */
export async function serveStatus(
  sources: StatusSources,
  { port, host }: { readonly port: number; readonly host: string },
): Promise<{ readonly port: number; close(): Promise<void> }> {
  return await new Promise((resolve, reject) => {
    const server: ServerType = serve({ fetch: statusApp(sources).fetch, port, hostname: host }, (info) => {
      server.off('error', reject);
      resolve({
        port: info.port,
        close: () =>
          new Promise<void>((closed) => {
            server.close(() => closed());
            if ('closeAllConnections' in server) server.closeAllConnections();
          }),
      });
    });
    server.once('error', reject);
  });
}

function metricsOf(sources: StatusSources): Registry {
  const registry = new Registry();
  const add = (
    name: string,
    help: string,
    value: (report: StatusReport) => number,
    kind: typeof Gauge | typeof Counter = Gauge,
  ): void => {
    const metric = new kind({
      name: `safekeeper_connector_${name}`,
      help,
      registers: [registry],
      collect() {
        const now = value(reportOf(sources));
        if (this instanceof Gauge) this.set(now);
        else {
          this.reset();
          this.inc(now);
        }
      },
    });
    void metric;
  };
  add('attached', 'Whether the connector receives the log of the server.', ({ phase }) => Number(phase === 'attached'));
  add('attached_total', 'How often it attached.', ({ attachedTotal }) => attachedTotal, Counter);
  add('generation', 'Its generation.', ({ generation }) => generation ?? 0);
  add('acknowledged_lsn', 'The last LSN that the quorum has.', ({ acknowledgedLsn }) => Number(acknowledgedLsn));
  add('records_total', 'Records received.', ({ recordsTotal }) => recordsTotal, Counter);
  add('bytes_total', 'Bytes of records received.', ({ bytesTotal }) => bytesTotal, Counter);
  add('open_records', 'Records received and not yet on a majority of disks.', ({ openRecords }) => openRecords);
  add('waiting_commits', 'Commits that wait for their acknowledgement.', ({ server }) => server.waitingCommits);
  add(
    'escaped_commits_total',
    'Commits that returned without an acknowledgement while this connector watched.',
    ({ server }) => server.escapedCommits,
    Counter,
  );
  add('file_position_bytes', 'How far the current file is received.', ({ position }) => position);
  add(
    'file_number',
    'The number of the current file.',
    ({ acknowledgedLsn }) => fromLsn(BigInt(acknowledgedLsn)).fileNumber,
  );
  const alarms = new Gauge({
    name: 'safekeeper_connector_alarm',
    help: 'Alarms that are raised, by code.',
    labelNames: ['code'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { code } of reportOf(sources).alarms) this.set({ code }, 1);
    },
  });
  void alarms;
  return registry;
}
