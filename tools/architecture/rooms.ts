/** The Rooms table of docs/architecture.md as data: who may import whom. What is not named here is forbidden. */
export interface Room {
  readonly name: string;
  /** Other rooms it may import, besides itself. */
  readonly rooms: readonly string[];
  /** npm packages it may import. `any` still means: declared in package.json. */
  readonly packages: readonly string[] | 'any';
  /** Whether it may import `node:` modules. */
  readonly node: boolean;
  /** A folder in the room that may import every room. */
  readonly compositionRoot?: string;
  /** Whether it may use packages a user of the installed package does not get (devDependencies). */
  readonly developmentPackages?: true;
}

/** What every test may import besides what its room may; `node:` modules too. */
export const TEST_PACKAGES: readonly string[] = ['vitest', 'fast-check'];

export const ROOMS: readonly Room[] = [
  { name: 'engine', rooms: [], packages: [], node: false },
  { name: 'sim', rooms: ['engine'], packages: ['seedrandom'], node: false },
  { name: 'scenarios', rooms: ['engine', 'sim'], packages: ['fast-check'], node: false },
  { name: 'server', rooms: ['engine'], packages: 'any', node: true, compositionRoot: 'server/cli' },
  { name: 'client', rooms: [], packages: 'any', node: true },
  { name: 'mariadb', rooms: ['client'], packages: 'any', node: true },
  { name: 'pageserver', rooms: ['client'], packages: 'any', node: true },
  {
    name: 'reports',
    rooms: ['engine', 'sim', 'scenarios'],
    packages: 'any',
    node: true,
    developmentPackages: true,
  },
  {
    name: 'bench',
    rooms: ['engine', 'sim', 'scenarios', 'server', 'client', 'mariadb', 'pageserver', 'reports'],
    packages: 'any',
    node: true,
    developmentPackages: true,
  },
  { name: 'tools', rooms: ['scenarios'], packages: 'any', node: true, developmentPackages: true },
];
