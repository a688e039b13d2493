import type { AdmissionState } from './admission/state.ts';
import type { IdentityState } from './identity/state.ts';
import type { Phase } from './inspect_types.ts';
import type { RecoveryState } from './journal/recovery/state.ts';
import type { JournalState } from './journal/state.ts';
import type { Generator } from './random/generator.ts';
import type { ReplicaState } from './replica/state.ts';
import type { NodeConfig } from './vocabulary/config.ts';
import type { Effect } from './vocabulary/effects.ts';
import type { Millis, OperationId } from './vocabulary/units.ts';

/** Everything a node knows. Immutable and structurally shared: keeping an old one is free. */
export interface NodeState {
  readonly config: NodeConfig;
  readonly phase: Phase;
  /** The largest clock value seen. */
  readonly now: Millis;
  readonly random: Generator;
  readonly nextOperation: OperationId;
  /** Why this replica takes no part, when it does not. */
  readonly trouble: string | undefined;
  /** Set while the node reads its disk. */
  readonly recovery: RecoveryState | undefined;
  readonly identity: IdentityState;
  readonly journal: JournalState;
  readonly replica: ReplicaState;
  readonly admission: AdmissionState;
  /** Set once the operator asked this replica to stop: by when it must. */
  readonly shutdownBy: Millis | undefined;
}

/**
 * One step's working copy: its fields are replaced, never changed inside, so the node it was made from stays as it
 * was. Lives only while `step` runs.
 */
export type Draft = { -readonly [Field in keyof NodeState]: NodeState[Field] } & { readonly effects: Effect[] };
