export { Connector, type ConnectorEvent, type ConnectorOptions } from './connector.ts';
export { ConnectorRefusal, type RefusalCode } from './refusal.ts';
export type { ConnectorPhase, ConnectorStatus } from './status.ts';
export { type Alarm, type AlarmCode, alarmsOf } from './alarms.ts';
export { reportOf, serveStatus, statusApp, type StatusReport } from './status_server.ts';
export { type PrimaryHealth, PrimaryWatch } from './watch.ts';
