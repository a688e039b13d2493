import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PlantedMistake } from '../../scenarios/planted/index.ts';

const TOP = fileURLToPath(new URL('../../', import.meta.url));
const COPIED = ['engine', 'sim', 'scenarios', 'server', 'client', 'mariadb', 'package.json', 'tsconfig.json'];

/**
 * A copy of the sources with the mistake in it, in a new temporary folder.
 *
 * @throws Error when the mistake's snippet does not stand in its file exactly once.
 */
export async function copyWith(mistake: PlantedMistake): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'safekeeper-planted-'));
  try {
    for (const name of COPIED) await cp(join(TOP, name), join(copy, name), { recursive: true });
    await symlink(join(TOP, 'node_modules'), join(copy, 'node_modules'));
    const file = join(copy, mistake.file);
    const source = await readFile(file, 'utf8');
    if (source.split(mistake.find).length !== 2)
      throw new Error(`${mistake.name}: its snippet does not stand in ${mistake.file} exactly once`);
    await writeFile(
      file,
      source.replace(mistake.find, () => mistake.replace),
    );
    return copy;
  } catch (error) {
    await removeCopy(copy);
    throw error;
  }
}

export async function removeCopy(copy: string): Promise<void> {
  await rm(copy, { recursive: true, force: true });
}
