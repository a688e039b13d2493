/** What the connector is doing. */
export type ConnectorPhase =
  /** Looks for the server, or checks what is stored. */
  | 'attaching'
  /** Receives the log and acknowledges. */
  | 'attached'
  /** Waits before it tries again. */
  | 'waiting'
  | 'stopped';

/** What a person wants to know of a connector: `safekeeper mariadb status`. */
export interface ConnectorStatus {
  readonly phase: ConnectorPhase;
  /** Why it is not attached; empty. */
  readonly trouble: string;
  readonly generation: number | undefined;
  /** The file that is being received, and how far. */
  readonly file: string;
  readonly position: number;
  /** Of the last transaction that the quorum has: `0-1-5479`; empty before the first. */
  readonly acknowledgedGtid: string;
  readonly acknowledgedLsn: bigint;
  /** Received and not acknowledged. */
  readonly openRecords: number;
  /** Acknowledgements the server waits for. */
  readonly waitingAcknowledgements: number;
  readonly recordsTotal: number;
  readonly bytesTotal: number;
  readonly attachedTotal: number;
  /** When the server last sent anything, in ms of the wall clock; 0: never. */
  readonly heardAtMs: number;
}
