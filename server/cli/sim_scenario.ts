import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import { formatScenario, readScenario, ScenarioProblem } from '../../scenarios/index.ts';
import type { Scenario } from '../../sim/index.ts';
import { UsageError } from './flags.ts';

/**
 * The scenario in a file, or in standard input for `-`.
 *
 * @throws UsageError when there is no such file, or it holds no scenario that this safekeeper can run.
 */
export async function loadScenario(file: string): Promise<Scenario> {
  const source = file === '-' ? await text(process.stdin) : await textOf(file);
  try {
    return readScenario(source);
  } catch (error) {
    if (error instanceof ScenarioProblem)
      throw new UsageError(`${file === '-' ? 'Standard input' : file}: ${error.message}`);
    throw error;
  }
}

/** Writes a scenario to a file, whose folders are made. */
export async function saveScenario(file: string, scenario: Scenario): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, formatScenario(scenario));
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(isMissing ? `There is no file ${file}.` : `${file} cannot be read: ${why}.`);
  }
}
