import { encodeError, encodeOk, encodeRows, type TextRow } from './replies.ts';

/** What a replica said of itself before it asks for the log. */
export interface ReplicaSettings {
  /** Nanoseconds between signs of life; 0: none wanted. */
  heartbeatNs: number;
  /** It checks checksums, so that events can go to it as they are stored. */
  knowsChecksums: boolean;
  /** The last transaction it has of each domain: `0-1-5479,1-2-7`; undefined: it asks by file and position. */
  connectState: string | undefined;
  /** 4: it understands every event of today's servers. */
  capability: number;
}

export function newReplicaSettings(): ReplicaSettings {
  return { heartbeatNs: 0, knowsChecksums: false, connectState: undefined, capability: 0 };
}

/** What is known here to answer with. */
export interface ServerFacts {
  readonly serverId: number;
  readonly version: string;
  readonly nowSeconds: () => number;
}

type Answer = 'ok' | { readonly columns: readonly string[]; readonly rows: readonly TextRow[] };
type Handler = (match: RegExpExecArray, settings: ReplicaSettings, facts: ServerFacts) => Answer;

const UNKNOWN_VARIABLE = 1193;
const NOT_SUPPORTED = 1235;

const one = (column: string, value: string | null): Answer => ({ columns: [column], rows: [[value]] });

/** What MariaDB's replicas ask, in the order in which they do. Source: sql/slave.cc, get_master_version_and_clock. */
const QUESTIONS: readonly (readonly [RegExp, Handler])[] = [
  [/^SELECT UNIX_TIMESTAMP\(\)$/i, (_, __, { nowSeconds }) => one('UNIX_TIMESTAMP()', String(nowSeconds()))],
  [
    /^SHOW VARIABLES LIKE '(server_id)'$/i,
    (_, __, { serverId }) => ({ columns: ['Variable_name', 'Value'], rows: [['server_id', String(serverId)]] }),
  ],
  [
    /^SET @master_heartbeat_period\s*=\s*(\d+)$/i,
    ([, period], settings) => {
      settings.heartbeatNs = Number(period);
      return 'ok';
    },
  ],
  [
    /^SET @master_binlog_checksum\s*=\s*(@@global\.binlog_checksum|'?CRC32'?)$/i,
    (_, settings) => {
      settings.knowsChecksums = true;
      return 'ok';
    },
  ],
  [/^SELECT @master_binlog_checksum$/i, () => one('@master_binlog_checksum', 'CRC32')],
  [
    /^SET @mariadb_slave_capability\s*=\s*(\d+)$/i,
    ([, capability], settings) => {
      settings.capability = Number(capability);
      return 'ok';
    },
  ],
  [/^SELECT @@GLOBAL\.gtid_domain_id$/i, () => one('@@GLOBAL.gtid_domain_id', '0')],
  [
    /^SET @slave_connect_state\s*=\s*'([\d,\s-]*)'$/i,
    ([, state], settings) => {
      settings.connectState = state ?? '';
      return 'ok';
    },
  ],
  [/^SET @slave_gtid_(strict_mode|ignore_duplicates)\s*=\s*[01]$/i, () => 'ok'],
  [/^SELECT @@GLOBAL\.rpl_semi_sync_master_enabled$/i, () => one('@@GLOBAL.rpl_semi_sync_master_enabled', '0')],
  [/^SELECT (VERSION\(\)|@@version)$/i, ([, name], __, { version }) => one(name ?? '', version)],
  [/^SELECT @@(GLOBAL\.)?(TIME_ZONE|COLLATION_SERVER)$/i, ([, , name]) => one(`@@GLOBAL.${name}`, null)],
  [/^SET NAMES \w+$/i, () => 'ok'],
  [/^SET (SESSION |@@session\.)?net_(read|write)_timeout\s*=\s*\d+$/i, () => 'ok'],
  [/^SELECT 1$/i, () => one('1', '1')],
];

/** The packets that answer a query; whatever a replica does not ask is refused. */
export function answer(query: string, settings: ReplicaSettings, facts: ServerFacts): readonly Buffer[] {
  const text = query.trim().replace(/;$/, '');
  for (const [pattern, handle] of QUESTIONS) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const reply = handle(match, settings, facts);
    return reply === 'ok' ? [encodeOk()] : encodeRows(reply.columns, reply.rows);
  }
  // A replica goes on without what an older server would not know either.
  if (/^SET @/i.test(text)) return [encodeError(UNKNOWN_VARIABLE, `Unknown here: ${text.slice(0, 80)}`)];
  return [
    encodeError(
      NOT_SUPPORTED,
      'This is the log that safekeepers hold: it answers what a replica asks, and no other query.',
    ),
  ];
}
