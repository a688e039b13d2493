import { mkdtemp, rm, writeFile } from 'node:fs/promises';
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
  const json = out.filter((line) => line.startsWith('{')).at(-1) ?? '{}';
  return { status, out, summary: JSON.parse(json) as Record<string, unknown> };
}

/** Asks for a leader at once, which no cluster can have. */
const IMPATIENT = {
  version: 1,
  seed: 8,
  cluster: { replicas: 3 },
  healAtMs: 0,
  durationMs: 1_000,
  liveness: { leaderWithinMs: 0, settleWithinMs: 1_000 },
};

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

  it('ends with the line of JSON when all is well', async () => {
    const { out } = await run(runSimCommand, '-seed', '8', '-duration', '1s', '-detail', 'quiet');
    expect(out).toEqual([expect.stringMatching(/^\{"seed":8,"verdict":"ok"/)]);
  });

  it('tells more, and everything', async () => {
    const [news, protocol, everything] = await Promise.all(
      ['news', 'protocol', 'everything'].map((detail) =>
        run(runSimCommand, '-seed', '8', '-duration', '1s', '-detail', detail),
      ),
    );
    expect(protocol?.out.length).toBeGreaterThan(2 * (news?.out.length ?? 0));
    expect(everything?.out.length).toBeGreaterThan(2 * (protocol?.out.length ?? 0));
    expect(everything?.summary['hash']).toBe(news?.summary['hash']);
  });

  it('runs a saved scenario as the seed it came from', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sim-test-'));
    const file = join(folder, 'in', 'folders', 'scenario.json');
    const drawn = await run(runSimCommand, '-seed', '8', '-duration', '2s', '-save', file);
    const saved = await run(runSimCommand, '-scenario', file);
    expect(saved.summary['hash']).toBe(drawn.summary['hash']);
    await rm(folder, { recursive: true });
  });

  it('ends with the command to paste when a property broke', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sim-test-'));
    const file = join(folder, 'impatient.json');
    await writeFile(file, JSON.stringify(IMPATIENT));
    const failed = await run(runSimCommand, '-scenario', file);
    expect(failed.status).toBe(1);
    expect(failed.summary).toMatchObject({ verdict: 'failed', property: 'liveness' });
    expect(failed.out.at(-1)).toBe(`make replay FILE=${file}`);
    expect(failed.out.at(-2)).toBe(JSON.stringify(failed.summary));
    expect(failed.out.at(-3)).toMatch(/^FAILED after .* s, liveness: /);
    await rm(folder, { recursive: true });
  });

  it('refuses a file that holds no scenario, and says where', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sim-test-'));
    const file = join(folder, 'scenario.json');
    await writeFile(file, JSON.stringify({ ...IMPATIENT, faults: [{ kind: 'meteor', atMs: 1 }] }));
    const refused = run(runSimCommand, '-scenario', file);
    await expect(refused).rejects.toThrow(/scenario\.json: faults\[0\]\.kind is "meteor": no such kind of fault/);
    await expect(refused).rejects.toBeInstanceOf(UsageError);
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
    [['-scenario', '/nowhere.json', '-seed', '3'], /-scenario names a scenario and -seed draws one/],
    [
      ['-detail', 'protocoll'],
      /-detail is quiet, news, protocol or everything, not "protocoll". Did you mean protocol/,
    ],
    [['-mode', 'wild'], /-mode is budget or beyond, not "wild"/],
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
    for (const { status, summary, out } of [one, two]) {
      expect(status).toBe(0);
      expect(summary).toMatchObject({
        from: 5,
        seeds: 4,
        verdict: 'ok',
        failures: [],
        marks_required: false,
        files: [],
      });
      expect(out.at(-1)).toBe(JSON.stringify(summary));
    }
    expect(two.summary['events']).toBe(one.summary['events']);
    expect(two.summary['marks_never_reached']).toEqual(one.summary['marks_never_reached']);
  }, 30_000);

  it('runs a shard', async () => {
    const { summary } = await run(runFuzzCommand, '-seeds', '5', '-duration', '1s', '-workers', '1', '-shard', '2/4');
    expect(summary).toMatchObject({ from: 1, seeds: 1, shard: '2/4', verdict: 'ok' });
  });

  it('fails when a mark was never reached, if it is asked to', async () => {
    const args = ['-seeds', '1', '-duration', '1s', '-workers', '1', '-require-marks'];
    const { status, summary, out } = await run(runFuzzCommand, ...args);
    expect(status).toBe(1);
    expect(summary).toMatchObject({ verdict: 'failed', failures: [], marks_required: true });
    expect(out.some((line) => line.startsWith('FAILED: these marks were never reached'))).toBe(true);
  });

  it.each([
    [['-seeds', '0'], /-seeds is from 1/],
    [['-workers', '0'], /-workers is from 1/],
    [['-shard', '3'], /-shard takes i\/n/],
    [['-shard', '5/4'], /-shard takes i\/n/],
  ])('refuses %j', async (args, sentence) => {
    await expect(run(runFuzzCommand, ...args)).rejects.toThrow(sentence);
  });
});
