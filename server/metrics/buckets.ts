import { exponentialBuckets } from 'prom-client';

/** From a quarter of a millisecond, what a fast disk takes to sync, to eight seconds, in seconds. */
export const LATENCY_BUCKETS = exponentialBuckets(0.000_25, 2, 16);
