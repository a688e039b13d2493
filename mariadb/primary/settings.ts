import type { PrimarySession } from './session.ts';

/** A setting of the server without which a commit could be acknowledged that the quorum does not have. */
export interface RequiredSetting {
  readonly name: string;
  readonly wanted: string;
  readonly holds: (value: string) => boolean;
  /** What goes wrong without it. */
  readonly why: string;
  /** Undefined: it can be set while the server runs. */
  readonly onlyAtStart?: true;
}

export interface WrongSetting {
  readonly name: string;
  /** Undefined: this server has no such setting. */
  readonly value: string | undefined;
  /** A sentence: what it must be, why, and how to set it. */
  readonly remedy: string;
}

/** Commits must wait so long that it is for ever: 31 years, in milliseconds. */
const TIMEOUT_MS_MIN = 1_000_000_000_000n;
const GIB = 1024n * 1024n * 1024n;
/** `max_binlog_size` is 1 GiB at most: a file ends below 4 GiB as long as a transaction adds no more than this. */
const TRANSACTION_BYTES_MAX = 2n * GIB;

const is = (wanted: string) => (value: string) => value.toUpperCase() === wanted;
const isOn = (value: string) => value === 'ON' || value === '1';

/** Facts found by experiment on MariaDB 10.11; docs/mariadb.md says what each one closes. */
export const REQUIRED_SETTINGS: readonly RequiredSetting[] = [
  {
    name: 'log_bin',
    wanted: 'ON',
    holds: isOn,
    why: 'the binary log is what is stored',
    onlyAtStart: true,
  },
  {
    name: 'binlog_format',
    wanted: 'ROW',
    holds: is('ROW'),
    why: 'a statement may do something else when it is run again',
  },
  {
    name: 'binlog_checksum',
    wanted: 'CRC32',
    holds: is('CRC32'),
    why: 'a damaged event would not be noticed',
  },
  {
    name: 'gtid_strict_mode',
    wanted: 'ON',
    holds: isOn,
    why: 'transactions of one domain must be in order, or a restored server cannot say what it has',
  },
  {
    name: 'sync_binlog',
    wanted: '1',
    holds: is('1'),
    why: 'after a power cut the server would lack what the quorum has',
  },
  {
    name: 'innodb_flush_log_at_trx_commit',
    wanted: '1',
    holds: (value) => value === '1' || value === '3',
    why: 'after a power cut the server would lack what the quorum has',
  },
  {
    name: 'encrypt_binlog',
    wanted: 'OFF',
    holds: (value) => !isOn(value),
    why: 'its events cannot be read without the key of the server',
    onlyAtStart: true,
  },
  {
    name: 'rpl_semi_sync_master_enabled',
    wanted: 'ON',
    holds: isOn,
    why: 'commits would not wait',
  },
  {
    name: 'rpl_semi_sync_master_wait_point',
    wanted: 'AFTER_SYNC',
    holds: is('AFTER_SYNC'),
    why: 'others would see rows that are not safe yet',
  },
  {
    name: 'rpl_semi_sync_master_wait_no_slave',
    wanted: 'ON',
    holds: isOn,
    why: 'commits would not wait while the connector is away',
  },
  {
    name: 'rpl_semi_sync_master_timeout',
    wanted: '18446744073709551615',
    holds: (value) => /^\d+$/.test(value) && BigInt(value) >= TIMEOUT_MS_MIN,
    why: 'commits would stop waiting after that time',
  },
  {
    name: 'max_binlog_cache_size',
    wanted: `${TRANSACTION_BYTES_MAX}`,
    holds: (value) => /^\d+$/.test(value) && BigInt(value) <= TRANSACTION_BYTES_MAX,
    why: 'one transaction could make a file of 4 GiB, beyond which positions are not known',
  },
];

/** What else the connector wants to know of the server. */
export interface PrimaryFacts {
  /** `10.11.19-MariaDB-0+deb12u1-log`. */
  readonly version: string;
  readonly serverId: number;
  /** `mariadb-bin`: what the files are called before the number. */
  readonly fileBase: string;
}

/** Reads settings only: nothing here waits for a lock that waiting commits hold. */
export async function readSettings(
  session: PrimarySession,
): Promise<{ readonly wrong: readonly WrongSetting[]; readonly facts: PrimaryFacts }> {
  const names = [...REQUIRED_SETTINGS.map(({ name }) => name), 'version', 'server_id', 'log_bin_basename'];
  const rows = await session.query(
    `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${names.map((name) => `'${name}'`).join(', ')})`,
  );
  const values = new Map(rows.map((row) => [String(row['Variable_name']), String(row['Value'])]));
  const wrong = REQUIRED_SETTINGS.flatMap((setting) => judge(setting, values.get(setting.name)));
  const version = values.get('version') ?? '';
  const base = values.get('log_bin_basename') ?? '';
  return {
    wrong,
    facts: { version, serverId: Number(values.get('server_id') ?? 0), fileBase: base.replace(/^.*\//, '') },
  };
}

/** `SHOW MASTER STATUS` waits for a lock that waiting commits may hold. */
const FILTERS_TIMEOUT_MS = 1_000;

/** Whether commits wait, and `SHOW MASTER STATUS` may not answer before they go on. */
export async function hasWaitingCommits(session: PrimarySession): Promise<boolean> {
  const [row] = await session.query("SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_master_wait_sessions'");
  return Number(row?.['Value'] ?? 0) > 0;
}

/**
 * Databases that the server leaves out of its log (`binlog_do_db`, `binlog_ignore_db`), which no variable tells.
 * @returns a sentence for each filter; undefined when the server does not answer while commits wait: then the session can
 * only be closed.
 */
export async function readFilters(
  session: PrimarySession,
  timeoutMs: number | undefined = FILTERS_TIMEOUT_MS,
): Promise<readonly string[] | undefined> {
  try {
    const [status] = await session.query('SHOW MASTER STATUS', timeoutMs);
    return ['Binlog_Do_DB', 'Binlog_Ignore_DB'].flatMap((name) => {
      const value = (status?.[name] as string | undefined) ?? '';
      const setting = name.toLowerCase();
      return value === ''
        ? []
        : [
            `${setting} is ${value}: what it leaves out is not in the log. Remove it from the configuration and restart.`,
          ];
    });
  } catch (error) {
    if ((error as { code?: unknown }).code === 'PROTOCOL_SEQUENCE_TIMEOUT') return undefined;
    throw error;
  }
}

function judge(setting: RequiredSetting, value: string | undefined): readonly WrongSetting[] {
  const { name, wanted, holds, why, onlyAtStart } = setting;
  if (value !== undefined && holds(value)) return [];
  const written = /^\d+$/.test(wanted) ? wanted : `'${wanted}'`;
  const how =
    onlyAtStart === true
      ? `Put ${name}=${wanted} into its configuration and restart it.`
      : `SET GLOBAL ${name} = ${written}; and put ${name}=${wanted} into its configuration.`;
  const found = value === undefined ? 'is unknown to this server' : `is ${value}`;
  return [{ name, value, remedy: `${name} ${found}, but must be ${wanted}: ${why}. ${how}` }];
}
