import type { ConnectorStatus } from './status.ts';
import type { PrimaryHealth } from './watch.ts';

/**
 * - `detached`: nothing is received; commits wait.
 * - `escaped`: commits returned without the quorum's acknowledgement.
 * - `reset`: transactions have vanished from its log.
 * - `settings`: the server no longer waits as it must.
 * - `other_replica`: another semi-synchronous replica can acknowledge instead of the quorum.
 * - `file_number`, `file_size`: a limit comes near, beyond which the promise ends.
 */
export type AlarmCode = 'detached' | 'escaped' | 'reset' | 'settings' | 'other_replica' | 'file_number' | 'file_size';

export interface Alarm {
  readonly code: AlarmCode;
  /** What happened, and what to do. */
  readonly sentence: string;
}

/** From 999999 to 1000000 MariaDB compares file names as text, and lets waiting commits go. */
const FILE_NUMBER_ALARM = 900_000;
/** Positions have 32 bits. */
const FILE_BYTES_ALARM = 3 * 1024 ** 3;

/** What is wrong by now; empty when all is well. */
export function alarmsOf(status: ConnectorStatus, health: PrimaryHealth, fileNumber: number): readonly Alarm[] {
  const alarms: Alarm[] = [];
  const add = (code: AlarmCode, sentence: string): void => void alarms.push({ code, sentence });
  if (status.phase !== 'attached') {
    add('detached', `Not attached: commits wait. ${status.trouble === '' ? 'It is attaching.' : status.trouble}`);
  }
  if (health.escapedCommits > 0) {
    add(
      'escaped',
      `${health.escapedCommits} commits returned before the quorum had them (Rpl_semi_sync_master_no_tx rose): KILL of a waiting commit, RESET MASTER, or semi-synchronous replication switched off. Until the connector has caught up, they are on this server only; find out who did it.`,
    );
  }
  if (health.wasReset) {
    add(
      'reset',
      'The binary log of the server was reset (RESET MASTER): waiting commits were let go, and those after it returned without the quorum. What is stored ends before that. Take over to a new server, or compare by hand what was written since.',
    );
  }
  if (health.wrongSettings.length > 0) add('settings', health.wrongSettings.join(' '));
  if (status.phase === 'attached' && health.semiSyncReplicas > 1) {
    add(
      'other_replica',
      `${health.semiSyncReplicas} semi-synchronous replicas are attached: one that is no safekeeper can acknowledge what the quorum does not have. SET GLOBAL rpl_semi_sync_slave_enabled=OFF on the others and restart their replication.`,
    );
  }
  if (fileNumber >= FILE_NUMBER_ALARM) {
    add(
      'file_number',
      `The log is at file ${fileNumber}; from 999999 to 1000000 MariaDB lets waiting commits go without an acknowledgement. Take over to a new server, or raise max_binlog_size.`,
    );
  }
  if (status.position >= FILE_BYTES_ALARM) {
    add(
      'file_size',
      `${status.file} has reached ${status.position} bytes; at 4 GiB the log can no longer be stored. FLUSH BINARY LOGS, and keep transactions small.`,
    );
  }
  return alarms;
}
