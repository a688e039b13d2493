/** Where a subcommand speaks, and what it hears: the process's own, or a test's. */
export interface Terminal {
  /** Results, a line at a time. */
  readonly out: (line: string) => void;
  /** Progress and problems, a line at a time. */
  readonly err: (line: string) => void;
  /** Draws over the last drawn line; '' clears it. Undefined where that cannot be done: not a terminal. */
  readonly draw: ((line: string) => void) | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Calls `handler` at each Ctrl-C or SIGTERM, instead of ending the process, until the returned function is called. */
  readonly onInterrupt: (handler: () => void) => () => void;
}

const CLEAR_LINE = '\r\u001b[2K';
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

export function processTerminal(): Terminal {
  const { stdout, stderr } = process;
  let drawn = false;
  const clear = () => {
    if (drawn) stderr.write(CLEAR_LINE);
    drawn = false;
  };
  return {
    out: (line) => {
      clear();
      stdout.write(`${line}\n`);
    },
    err: (line) => {
      clear();
      stderr.write(`${line}\n`);
    },
    draw: stderr.isTTY
      ? (line) => {
          clear();
          stderr.write(line.slice(0, stderr.columns - 1));
          drawn = line !== '';
        }
      : undefined,
    environment: process.env,
    onInterrupt: (handler) => {
      for (const signal of SIGNALS) process.on(signal, handler);
      return () => {
        for (const signal of SIGNALS) process.off(signal, handler);
      };
    },
  };
}
