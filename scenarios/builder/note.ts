import type { Detail } from '../../sim/index.ts';

/** What a storyteller says at a moment of a scenario; it changes nothing in the run. */
export interface Note {
  readonly atMs: number;
  /** A paragraph that stands before what happens then. */
  readonly text?: string;
  /** Draws the logs of all replicas as they are then. */
  readonly logs?: true;
  /** How much is told from then on: `protocol` until somebody says otherwise. */
  readonly detail?: Detail | 'nothing';
  /** From then on everything that this replica's disk is asked is told, too: number 0, 1, 2 …, or nobody's. */
  readonly diskOf?: number | 'nobody';
}
