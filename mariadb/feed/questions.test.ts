import { expect, test } from 'vitest';
import { answer, newReplicaSettings } from './questions.ts';

const facts = { serverId: 9, version: '10.11', nowSeconds: () => 1_700_000_000 };

/** Everything a MariaDB 10.11.19 replica asked, in its order. */
const ASKED = [
  'SELECT UNIX_TIMESTAMP()',
  "SHOW VARIABLES LIKE 'SERVER_ID'",
  'SET @master_heartbeat_period= 1000000000',
  'SET @master_binlog_checksum= @@global.binlog_checksum',
  'SELECT @master_binlog_checksum',
  'SET @mariadb_slave_capability=4',
  'SELECT @@GLOBAL.gtid_domain_id',
  "SET @slave_connect_state='0-1-7'",
  'SET @slave_gtid_strict_mode=1',
  'SET @slave_gtid_ignore_duplicates=0',
];

test('a replica gets an answer to all it asks, and its settings are kept', () => {
  const settings = newReplicaSettings();
  for (const query of ASKED) {
    const [first] = answer(query, settings, facts);
    expect([query, first?.[0] === 0xff]).toEqual([query, false]);
  }
  expect(settings).toEqual({
    heartbeatNs: 1_000_000_000,
    knowsChecksums: true,
    connectState: '0-1-7',
    capability: 4,
  });
});

test('anything else is an error', () => {
  const settings = newReplicaSettings();
  for (const query of ['DROP TABLE t', 'SET @something=1', '', "SET @slave_connect_state='x'"]) {
    expect(answer(query, settings, facts)[0]?.[0]).toBe(0xff);
  }
  expect(settings).toEqual(newReplicaSettings());
});
