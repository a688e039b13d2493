import { cruise, type ICruiseResult, type IReporterOutput } from 'dependency-cruiser';
import { importRules } from './import_rules.ts';
import { ROOMS } from './rooms.ts';
import { sourceFiles } from './source_files.ts';

type Violation = ICruiseResult['summary']['violations'][number];

export interface ImportsReport {
  readonly violations: readonly string[];
  /** Modules whose imports were really read: the number of TypeScript files, or else there is a violation saying so. */
  readonly modulesChecked: number;
}

/** Checks every import of every TypeScript file below `root` against the Rooms table. */
export async function checkImports(root: string): Promise<ImportsReport> {
  const files = sourceFiles(root);
  if (files.length === 0) return { violations: ['found no TypeScript files'], modulesChecked: 0 };
  const { modules, summary } = await cruiseFiles(root, files);
  const read = new Set(modules.map((module) => module.source));
  const unread = files.filter((file) => !read.has(file));
  return {
    violations: [
      ...files.filter((file) => !isInARoom(file)).map((file) => `${file}: stands in no room of the Rooms table`),
      ...unread.map((file) => `${file}: dependency-cruiser did not read it (are @swc/core and its binary installed?)`),
      ...summary.violations.map(describe),
    ],
    modulesChecked: files.length - unread.length,
  };
}

async function cruiseFiles(root: string, files: readonly string[]): Promise<ICruiseResult> {
  const { output }: IReporterOutput = await cruise(
    [...files],
    {
      baseDir: root,
      // Without this, and without @swc/core installed, it reads no TypeScript at all and says nothing.
      parser: 'swc',
      tsPreCompilationDeps: true,
      doNotFollow: '(^|/)(node_modules|dist)/',
      validate: true,
      ruleSet: { forbidden: importRules(ROOMS) },
    },
    { extensions: ['.ts', '.tsx', '.js'], exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  );
  if (typeof output === 'string') throw new Error(`dependency-cruiser answered with text: ${output}`);
  return output;
}

/** Configuration at the top, such as vitest.config.ts, is nobody's room. */
function isInARoom(file: string): boolean {
  return !file.includes('/') || ROOMS.some((room) => file.startsWith(`${room.name}/`));
}

function describe({ from, to, rule, cycle }: Violation): string {
  const path = cycle === undefined ? to : cycle.map((step) => step.name).join(' → ');
  return `${from} → ${path}: ${rule.name}`;
}
