/** How one replica's disk behaves while nothing special happens to it. Times in milliseconds. */
export interface DiskParameters {
  /** Mean of a write, truncation, removal or renaming in the cache. */
  readonly writeMs: number;
  /** Mean of a sync of a file or a directory. */
  readonly syncMs: number;
  readonly readMs: number;
  /** Each operation takes its mean, neither less nor more: for scenarios whose times a person reads. */
  readonly steady?: boolean;
  /** How likely un-synced bytes reach the platter by themselves soon after they were written. */
  readonly earlyWriteback: number;
  /** How likely an operation in flight still happens when its process crashes. */
  readonly finishesAfterCrash: number;
}

/** A disk in good health, as every disk is after healing. */
export const HEALTHY_DISK: DiskParameters = {
  writeMs: 0.05,
  syncMs: 1,
  readMs: 0.1,
  earlyWriteback: 0,
  finishesAfterCrash: 0.5,
};
