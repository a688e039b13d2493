import { describe, expect, it } from 'vitest';
import type { StatusReport } from '../../../mariadb/connector/index.ts';
import { SAMPLE_HEALTH, SAMPLE_STATUS } from '../../../mariadb/connector/testing/sample_status.ts';
import { UsageError } from '../flags.ts';
import type { Terminal } from '../terminal.ts';
import { parseListen } from './connect.ts';
import { runMariadbCommand } from './main.ts';
import { serverIdsFrom } from './server_ids.ts';
import { describeStatus } from './status.ts';

const COMMANDS = ['connect', 'status', 'restore', 'serve', 'takeover'];

function terminal(environment: Readonly<Record<string, string>> = {}) {
  const lines: string[] = [];
  const its: Terminal = {
    out: (line) => lines.push(line),
    err: (line) => lines.push(line),
    draw: undefined,
    environment,
    onInterrupt: () => () => {},
  };
  return { its, lines };
}

async function usage(...args: string[]): Promise<string> {
  try {
    return `status ${await runMariadbCommand(args, terminal().its)}`;
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message;
  }
}

describe('help', () => {
  it('lists the commands, and each has its own', async () => {
    const { its, lines } = terminal();
    expect(await runMariadbCommand(['-help'], its)).toBe(0);
    for (const command of COMMANDS) {
      expect(lines[0]).toContain(`safekeeper mariadb ${command}`);
      const own = terminal();
      expect(await runMariadbCommand([command, '--help'], own.its)).toBe(0);
      expect(own.lines.join('\n')).toContain(`safekeeper mariadb ${command}`);
    }
    expect(await runMariadbCommand([], its)).toBe(2);
  });
});

describe('what cannot be obeyed says what to type instead', () => {
  const SAFEKEEPERS = ['-safekeepers', 'http://localhost:1'];
  it.each([
    [['conect'], 'Did you mean connect?'],
    [['connect', 'what'], '"what" is no flag'],
    [['connect', ...SAFEKEEPERS], 'As which MariaDB user?'],
    [['connect', '-user', 'u'], 'Which safekeepers?'],
    [['connect', '-user', 'u', '-safekeepers', 'ftp://x'], '-safekeepers:'],
    [['connect', '-user', 'u', ...SAFEKEEPERS, '-port', '99999'], '-port takes 1 to 65535'],
    [['connect', '-user', 'u', ...SAFEKEEPERS, '-generation', '-1'], '-generation is not negative'],
    [['connect', '-user', 'u', ...SAFEKEEPERS, '-server-id', '0'], '-server-id takes 1 to'],
    [['connect', '-user', 'u', ...SAFEKEEPERS, '-base-backup', 'here'], '-base-backup takes FILE:POSITION'],
    [['connect', '-user', 'u', ...SAFEKEEPERS, '-listen', 'nowhere'], '-listen takes HOST:PORT'],
    [['connect', '-user', 'u', ...SAFEKEEPERS, '-mariadb-tls-ca', '/nowhere'], 'cannot be read: ENOENT'],
    [['restore', ...SAFEKEEPERS], 'Into which directory?'],
    [['restore', ...SAFEKEEPERS, '-to', 'x', '-until', 'soon'], '-until takes a GTID'],
    [['restore', ...SAFEKEEPERS, '-to', 'x', '-name', 'a/b'], '-name takes letters'],
    [['serve', ...SAFEKEEPERS, '-user', 'r'], 'As what do replicas log in?'],
    [['serve', ...SAFEKEEPERS, '-user', 'r', '-password', 'p', '-server-id', '0'], '-server-id takes 1 to'],
    [['serve', ...SAFEKEEPERS, '-user', 'r', '-password', 'p', '-replica-tls-key', 'x'], 'give both, or neither'],
    [
      ['serve', ...SAFEKEEPERS, '-user', 'r', '-password', 'p', '-replica-tls-key', 'x', '-replica-tls-cert', '/no/x'],
      'There is no file /no/x, which -replica-tls-cert names.',
    ],
    [['takeover', ...SAFEKEEPERS], 'As which MariaDB user?'],
    [['status', '-connector', 'nowhere'], '-connector takes a URL'],
  ])('%j', async (args, sentence) => {
    expect(await usage(...args)).toContain(sentence);
  });
});

it('a connector that does not answer', async () => {
  const { its, lines } = terminal();
  expect(await runMariadbCommand(['status', '-connector', 'http://127.0.0.1:1'], its)).toBe(1);
  expect(lines[0]).toMatch(/No connector answers at .*Commits of its server wait/);
});

it('addresses and server ids', () => {
  expect(parseListen('0.0.0.0:3307')).toEqual({ host: '0.0.0.0', port: 3307 });
  expect(parseListen('8093')).toEqual({ host: '127.0.0.1', port: 8093 });
  expect(() => parseListen('127.0.0.1:99999')).toThrow(UsageError);
  expect(serverIdsFrom(100)).toEqual([100, 101, 102, 103, 104, 105, 106, 107]);
  expect(serverIdsFrom(undefined).every((id) => id >= 3_000_000_000 && id <= 0xffff_ffff)).toBe(true);
});

it('the status for a person', () => {
  const report: StatusReport = {
    ...SAMPLE_STATUS,
    acknowledgedLsn: String(SAMPLE_STATUS.acknowledgedLsn),
    server: SAMPLE_HEALTH,
    alarms: [{ code: 'escaped', sentence: 'Look.' }],
  };
  const lines = describeStatus(report, 3_000);
  expect(lines).toEqual([
    'State        attached',
    'Generation   1234',
    'Receiving    mariadb-bin.000007, position 1000; the server was heard 2.0 s ago',
    'With quorum  0-1-99 (binary log 7, position 900); the server has 0-1-101',
    'Open         3 records; 2 commits waiting',
    'So far       10 records, 2.0 kB; attached 1 time',
    'Escaped      0 commits while this connector ran, 0 since the server started',
    'ALARM        escaped: Look.',
  ]);
});
