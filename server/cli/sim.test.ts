import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UsageError } from './flags.ts';
import { runFuzzCommand } from './fuzz.ts';
import { runSimCommand } from './sim.ts';
import type { Terminal } from './terminal.ts';

async function run(command: (args: readonly string[], terminal: Terminal) => Promise<number>, ...args: string[]) {
  const out: string[] = [];
  const terminal: Terminal = {
    out: (line) => out.push(line),
    err: () => {},
    draw: undefined,
    environment: {},
    onInterrupt: () => () => {},
  };
  const status = await command(args, terminal);
  return { status, out, summary: JSON.parse(out.at(-1) ?? '') as Record<string, unknown> };
}

describe('safekeeper sim', () => {
  it('tells a run and ends with a line of JSON', async () => {
    const { status, out, summary } = await run(runSimCommand, '-seed', '8', '-replicas=5', '--duration', '3s');
    expect(status).toBe(0);
    expect(Object.keys(summary)).toEqual(['seed', 'verdict', 'hash', 'events', 'virtual_ms', 'wall_ms']);
    expect(summary).toMatchObject({ seed: 8, verdict: 'ok' });
    expect(summary['hash']).toMatch(/^[0-9a-f]{32}$/);
    expect(out[0]).toBe('Seed 8: 5 replicas, 3.0 s of virtual time, healed at 2.4 s');
    expect(out.some((line) => line.includes('everything is healed'))).toBe(true);
  });

  it('runs a saved scenario as the seed it came from', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sim-test-'));
    const file = join(folder, 'scenario.json');
    const drawn = await run(runSimCommand, '-seed', '8', '-duration', '2s', '-save', file);
    const saved = await run(runSimCommand, '-scenario', file);
    expect(saved.summary['hash']).toBe(drawn.summary['hash']);
    const scenario = JSON.parse(await readFile(file, 'utf8')) as { liveness: { leaderWithinMs: number } };
    scenario.liveness.leaderWithinMs = -1_000;
    await writeFile(file, JSON.stringify({ ...scenario, healAtMs: 0 }));
    const failed = await run(runSimCommand, '-scenario', file);
    expect(failed.status).toBe(1);
    expect(failed.summary).toMatchObject({ verdict: 'failed', property: 'liveness' });
    expect(failed.out.join('\n')).toMatch(
      /FAILED after .* liveness: .*\nReplay it with:\n {2}\.\/safekeeper sim -scenario/,
    );
    await rm(folder, { recursive: true });
  });

  it('runs several seeds', async () => {
    const { status, summary } = await run(runSimCommand, '-from', '3', '-seeds', '3', '-duration', '1s');
    expect(status).toBe(0);
    expect(summary).toMatchObject({ from: 3, seeds: 3, verdict: 'ok', failures: [] });
  });

  it.each([
    [['-replicas', '2'], /-replicas is from 3 to 7, not 2/],
    [['-duration', '3'], /-duration/],
    [['-duration', '1ms'], /-duration is from 1s to 24h/],
    [['-seed', '1', '-from', '2'], /give one/],
    [['-sed', '1'], /Did you mean -seed/],
    [['42'], /"42" is no flag/],
    [['-scenario', '/nowhere.json'], /no file/],
  ])('refuses %j', async (args, sentence) => {
    const refused = run(runSimCommand, ...args);
    await expect(refused).rejects.toThrow(sentence);
    await expect(refused).rejects.toBeInstanceOf(UsageError);
  });
});

describe('safekeeper fuzz', () => {
  it('runs the same in one process as in two', async () => {
    const args = ['-from', '5', '-seeds', '4', '-duration', '1s', '-workers'];
    const one = await run(runFuzzCommand, ...args, '1');
    const two = await run(runFuzzCommand, ...args, '2');
    for (const { status, summary } of [one, two]) {
      expect(status).toBe(0);
      expect(summary).toMatchObject({ from: 5, seeds: 4, verdict: 'ok', failures: [] });
    }
    expect(two.summary['events']).toBe(one.summary['events']);
    expect(two.summary['marks_never_reached']).toEqual(one.summary['marks_never_reached']);
  }, 30_000);

  it('refuses what cannot be', async () => {
    await expect(run(runFuzzCommand, '-seeds', '0')).rejects.toThrow(/-seeds is from 1/);
    await expect(run(runFuzzCommand, '-workers', '0')).rejects.toThrow(/-workers is from 1/);
  });
});
