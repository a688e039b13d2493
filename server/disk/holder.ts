import fs from 'node:fs';
import os from 'node:os';

/** The process that wrote a LOCK file. */
export interface Holder {
  readonly pid: number;
  /** When it began, in clock ticks since the machine did; empty where /proc is missing. A reused pid has another. */
  readonly began: string;
  /** One start of one machine's kernel; empty where /proc is missing. */
  readonly boot: string;
  /** Within which `pid` has its meaning: containers number their processes anew. */
  readonly pidNamespace: string;
  readonly host: string;
}

/** `unknown`: its process numbers are not ours, so that looking it up would prove nothing. */
export type Liveness = 'alive' | 'dead' | 'unknown';

export function thisProcess(): Holder {
  return {
    pid: process.pid,
    began: processBegan(process.pid) ?? '',
    boot: bootId(),
    pidNamespace: pidNamespace(),
    host: os.hostname(),
  };
}

/** The holder a LOCK file names, or undefined when it names none. */
export function parseHolder(text: string): Holder | undefined {
  try {
    const { pid, began, boot, pidNamespace: namespace, host } = JSON.parse(text) as Record<string, unknown>;
    if (typeof pid !== 'number' || !Number.isInteger(pid) || pid < 1) return undefined;
    const word = (value: unknown): string => (typeof value === 'string' ? value : '');
    return { pid, began: word(began), boot: word(boot), pidNamespace: word(namespace), host: word(host) };
  } catch {
    return undefined;
  }
}

/** Whether the process still runs, by its number and the instant it began. A stopped process (SIGSTOP) is alive. */
export function livenessOf(holder: Holder, us: Holder = thisProcess()): Liveness {
  // The machine was started again since, and nothing survives that. (Two machines on one network volume look the same:
  // no file lock of this kind can tell, but the other replicas refuse two live processes with one incarnation.)
  if (holder.boot !== us.boot) return 'dead';
  if (holder.pidNamespace !== us.pidNamespace) return 'unknown';
  if (holder.pid === us.pid && holder.began === us.began) return 'alive';
  if (!isRunning(holder.pid)) return 'dead';
  const began = processBegan(holder.pid);
  return began === undefined || holder.began === '' || began === holder.began ? 'alive' : 'dead';
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Field 22 of /proc/PID/stat, counted behind the command in parentheses, which may hold anything: proc(5). */
function processBegan(pid: number): string | undefined {
  const stat = readOrUndefined(`/proc/${pid}/stat`);
  return stat
    ?.slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .at(19);
}

function bootId(): string {
  return readOrUndefined('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
}

function pidNamespace(): string {
  try {
    return fs.readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

function readOrUndefined(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
