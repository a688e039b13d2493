import { type ChildProcess, spawn } from 'node:child_process';
import readline from 'node:readline';
import type { Readable } from 'node:stream';
import type { ReplicaPlan } from './cluster_plan.ts';

/** A replica as a child process, its log lines prefixed with its name. */
export class ReplicaProcess {
  readonly plan: ReplicaPlan;
  /** Resolves when the process has ended, with how, in words. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;

  constructor(plan: ReplicaPlan) {
    this.plan = plan;
    const program = process.argv[1] ?? '';
    this.#child = spawn(process.execPath, [...process.execArgv, program, ...plan.args], {
      env: { ...process.env, ...plan.environment },
      // The channel lets the replica notice when this process is gone; Ctrl-C reaches this process alone, which then
      // stops the replicas in order.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    });
    prefixLines(this.#child.stdout, plan.replicaId);
    prefixLines(this.#child.stderr, plan.replicaId);
    this.ended = new Promise((resolve) => {
      this.#child.on('error', (error) => resolve(error.message));
      this.#child.on('exit', (status, signal) => resolve(signal === null ? `status ${status}` : `by ${signal}`));
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
}

function prefixLines(stream: Readable | null, name: string): void {
  if (stream === null) return;
  readline.createInterface({ input: stream }).on('line', (line) => process.stdout.write(`${name} | ${line}\n`));
}
