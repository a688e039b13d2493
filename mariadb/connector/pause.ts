/** Waits, but no longer than until `signal` fires. */
export function pause(waitMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, waitMs);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end);
  });
}
