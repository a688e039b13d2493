import type { Random } from '../random.ts';
import type { Replica } from './replica.ts';

/** A process that halts within this time has not got anywhere. */
const SOON_MS = 1_000;
const DOUBLINGS_MAX = 6;

/** Starts a process again that halted by itself, as systemd would: soon; but later and later while every start ends so. */
export class Supervisor {
  private readonly random: Random;
  private readonly rangeMs: readonly [low: number, high: number];
  /** How often in a row each replica's process has halted soon after its start. */
  private readonly inVain = new Map<Replica, number>();

  constructor(random: Random, rangeMs: readonly [low: number, high: number]) {
    this.random = random;
    this.rangeMs = rangeMs;
  }

  /** How long a process that lived so long, and halted, stays down. */
  pauseMs(replica: Replica, livedMs: number): number {
    const inVain = livedMs < SOON_MS ? (this.inVain.get(replica) ?? 0) : 0;
    this.inVain.set(replica, Math.min(inVain + 1, DOUBLINGS_MAX));
    return this.random.fork(`${replica.name} ${replica.starts}`).between(...this.rangeMs) * (1 << inVain);
  }
}
