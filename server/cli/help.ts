import { placeholderOf, type Flags } from './flags.ts';

/** The flags as `-help` shows them, by group, in the order they are declared. Lines end within 110 columns or so. */
export function describeFlags(flags: Flags): string {
  const groups = new Map<string, string[]>();
  for (const [name, flag] of Object.entries(flags)) {
    const head = flag.kind === 'switch' ? `-${name}` : `-${name} ${placeholderOf(name, flag)}`;
    const notes = [flag.absent === undefined ? '' : `default: ${flag.absent}`, flag.environment ?? '']
      .filter((note) => note !== '')
      .join('; ');
    const lines = groups.get(flag.group ?? 'Flags') ?? [];
    lines.push(`  ${head.padEnd(28)} ${flag.help}${notes === '' ? '' : ` (${notes})`}`);
    groups.set(flag.group ?? 'Flags', lines);
  }
  return [...groups].map(([group, lines]) => `${group}\n${lines.join('\n')}`).join('\n\n');
}
