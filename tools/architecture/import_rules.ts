import type { IForbiddenRuleType } from 'dependency-cruiser';
import { type Room, TEST_PACKAGES } from './rooms.ts';

const TESTS = '\\.test\\.ts$';
const TEST_SUPPORT = '/testing/';
const TESTS_AND_SUPPORT = `(${TESTS}|${TEST_SUPPORT})`;
const ANY_PACKAGE = '(^|/)node_modules/';

/** Which files a rule speaks of, as regular expressions over paths relative to the root. */
interface From {
  readonly path: string | string[];
  readonly pathNot: string[];
}

/** The rooms as rules of dependency-cruiser. Type-only imports count like any other. */
export function importRules(rooms: readonly Room[]): IForbiddenRuleType[] {
  return [...rooms.flatMap((room) => rulesOfRoom(room, rooms)), ...rulesForAll(rooms)];
}

function rulesOfRoom(room: Room, rooms: readonly Room[]): IForbiddenRuleType[] {
  const root = room.compositionRoot;
  const notTheRoot = root === undefined ? [] : [`^${root}/`];
  const rules = [
    onlyAllowed(room.name, room, { path: `^${room.name}/`, pathNot: [TESTS_AND_SUPPORT, ...notTheRoot] }),
    onlyAllowed(`a test in ${room.name}`, withTestPackages(room), {
      path: [`^${room.name}/.*${TESTS}`, `^${room.name}${TEST_SUPPORT}`, `^${room.name}/.*${TEST_SUPPORT}`],
      pathNot: notTheRoot,
    }),
  ];
  if (root !== undefined) {
    const everyRoom = { ...room, rooms: rooms.map((other) => other.name).filter((name) => name !== 'tools') };
    rules.push(onlyAllowed(root, everyRoom, { path: `^${root}/`, pathNot: [] }));
  }
  return rules;
}

function onlyAllowed(subject: string, room: Room, from: From): IForbiddenRuleType {
  const ours = [room.name, ...room.rooms].map((name) => `^${name}/`);
  const packages = room.packages === 'any' ? [ANY_PACKAGE] : room.packages.map(packagePath);
  return {
    name: `${subject} imports only ${listing(room)}`,
    severity: 'error',
    from,
    to: {
      couldNotResolve: false,
      pathNot: [...ours, ...packages],
      ...(room.node ? { dependencyTypesNot: ['core'] } : {}),
    },
  };
}

function withTestPackages(room: Room): Room {
  return { ...room, node: true, packages: room.packages === 'any' ? 'any' : [...room.packages, ...TEST_PACKAGES] };
}

function packagePath(name: string): string {
  return `(^|/)node_modules/(@types/)?${name}/`;
}

function listing(room: Room): string {
  const packages = room.packages === 'any' ? ['packages'] : room.packages;
  return [...new Set(['itself', ...room.rooms, ...packages, ...(room.node ? ['node:'] : [])])].join(', ');
}

function rulesForAll(rooms: readonly Room[]): IForbiddenRuleType[] {
  const shipped = rooms.filter((room) => room.developmentPackages !== true).map((room) => room.name);
  return [
    { name: 'no circular imports', severity: 'error', from: {}, to: { circular: true } },
    { name: 'imports lead somewhere', severity: 'error', from: {}, to: { couldNotResolve: true } },
    { name: 'nothing imports a test', severity: 'error', from: {}, to: { path: TESTS } },
    {
      // Benchmarks start the same clusters as the process tests.
      name: 'only tests import testing/',
      severity: 'error',
      from: { pathNot: [TESTS_AND_SUPPORT, '^bench/'] },
      to: { path: TEST_SUPPORT, pathNot: [ANY_PACKAGE] },
    },
    {
      name: 'shipped code imports no development package',
      severity: 'error',
      from: { path: `^(${shipped.join('|')})/`, pathNot: [TESTS_AND_SUPPORT] },
      to: { dependencyTypes: ['npm-dev'] },
    },
    {
      name: 'packages are declared in package.json',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
  ];
}
