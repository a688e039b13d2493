/** As a shell reports a process that SIGPIPE ended. */
const BROKEN_PIPE = 141;

/** Ends the process quietly when nobody reads its output any more (`| head`). What it logs may be lost without harm. */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(BROKEN_PIPE);
    throw error;
  });
  process.stderr.on('error', () => undefined);
}

/** Resolves when all output has left the process: ending it earlier would cut what a slow reader has not taken. */
export async function written(): Promise<void> {
  await Promise.all(
    [process.stdout, process.stderr].map(
      (stream) =>
        new Promise<void>((resolve) => {
          stream.write('', () => resolve());
        }),
    ),
  );
}
