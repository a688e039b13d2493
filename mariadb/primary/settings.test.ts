import { expect, test } from 'vitest';
import type { PrimarySession } from './session.ts';
import { readFilters, readSettings, REQUIRED_SETTINGS } from './settings.ts';

const right: Readonly<Record<string, string>> = Object.fromEntries([
  ...REQUIRED_SETTINGS.map(({ name, wanted }) => [name, wanted]),
  ['version', '10.11.19-MariaDB-log'],
  ['server_id', '7'],
  ['log_bin_basename', '/var/log/mysql/mariadb-bin'],
]);

/** A server with these variables. */
function sessionOf(variables: Readonly<Record<string, string>>): PrimarySession {
  const rows = Object.entries(variables).map(([name, value]) => ({ Variable_name: name, Value: value }));
  return { query: () => Promise.resolve(rows) } as unknown as PrimarySession;
}

test('a server that is set up', async () => {
  const { wrong, facts } = await readSettings(sessionOf(right));
  expect(wrong).toEqual([]);
  expect(facts).toEqual({ version: '10.11.19-MariaDB-log', serverId: 7, fileBase: 'mariadb-bin' });
});

test.each([
  ['log_bin', 'OFF', 'Put log_bin=ON into its configuration and restart it.'],
  ['binlog_format', 'STATEMENT', "SET GLOBAL binlog_format = 'ROW';"],
  ['binlog_checksum', 'NONE', "SET GLOBAL binlog_checksum = 'CRC32';"],
  ['gtid_strict_mode', 'OFF', "SET GLOBAL gtid_strict_mode = 'ON';"],
  ['sync_binlog', '1000', 'SET GLOBAL sync_binlog = 1;'],
  ['innodb_flush_log_at_trx_commit', '2', 'SET GLOBAL innodb_flush_log_at_trx_commit = 1;'],
  ['encrypt_binlog', 'ON', 'restart it'],
  ['rpl_semi_sync_master_enabled', 'OFF', 'commits would not wait'],
  ['rpl_semi_sync_master_wait_point', 'AFTER_COMMIT', 'others would see rows'],
  ['rpl_semi_sync_master_wait_no_slave', 'OFF', 'while the connector is away'],
  ['rpl_semi_sync_master_timeout', '10000', 'SET GLOBAL rpl_semi_sync_master_timeout = 18446744073709551615;'],
  ['max_binlog_cache_size', '18446744073709547520', 'a file of 4 GiB'],
])('%s=%s is wrong, and it says what to do', async (name, value, advice) => {
  const { wrong } = await readSettings(sessionOf({ ...right, [name]: value }));
  expect(wrong).toEqual([{ name, value, remedy: expect.stringContaining(advice) as string }]);
  const { [name]: _left, ...without } = right;
  expect((await readSettings(sessionOf(without))).wrong[0]?.remedy).toContain('is unknown to this server');
});

test('stricter than needed is right, too', async () => {
  const stricter = { ...right, innodb_flush_log_at_trx_commit: '3', max_binlog_cache_size: '1048576' };
  expect((await readSettings(sessionOf(stricter))).wrong).toEqual([]);
});

test('filters', async () => {
  const of = (row: Readonly<Record<string, string>>) =>
    ({ query: () => Promise.resolve([row]) }) as unknown as PrimarySession;
  expect(await readFilters(of({ Binlog_Do_DB: '', Binlog_Ignore_DB: '' }))).toEqual([]);
  expect(await readFilters(of({ Binlog_Do_DB: 'shop', Binlog_Ignore_DB: '' }))).toEqual([
    expect.stringContaining('binlog_do_db is shop'),
  ]);
  const slow = { query: () => Promise.reject(Object.assign(new Error('slow'), { code: 'PROTOCOL_SEQUENCE_TIMEOUT' })) };
  expect(await readFilters(slow as unknown as PrimarySession)).toBeUndefined();
});
