/** How long something took: by the clock, and by the work of the processor, which other programs disturb less. */
export interface Duration {
  readonly seconds: number;
  readonly processorSeconds: number;
}

/** Starts now; call what it returns to stop. */
export function stopwatch(): () => Duration {
  const startMs = performance.now();
  const start = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(start);
    return { seconds: (performance.now() - startMs) / 1_000, processorSeconds: (user + system) / 1e6 };
  };
}
