import type { ConnectorStatus } from '../status.ts';
import type { PrimaryHealth } from '../watch.ts';

/** A connector that is attached. */
export const SAMPLE_STATUS: ConnectorStatus = {
  phase: 'attached',
  trouble: '',
  generation: 1234,
  file: 'mariadb-bin.000007',
  position: 1_000,
  acknowledgedGtid: '0-1-99',
  acknowledgedLsn: (7n << 32n) | 900n,
  openRecords: 3,
  waitingAcknowledgements: 2,
  recordsTotal: 10,
  bytesTotal: 2_000,
  attachedTotal: 1,
  heardAtMs: 1_000,
};

/** A server with which all is well. */
export const SAMPLE_HEALTH: PrimaryHealth = {
  askedAtMs: 5,
  trouble: '',
  waitingCommits: 2,
  escapedCommits: 0,
  escapedBefore: 0,
  semiSyncReplicas: 1,
  gtidBinlogPosition: '0-1-101',
  wasReset: false,
  wrongSettings: [],
};
