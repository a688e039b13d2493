import net from 'node:net';
import path from 'node:path';
import fc from 'fast-check';
import mysql from 'mysql2/promise';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WalRecord } from '../../client/index.ts';
import { cutFile, listBinaryLogs } from '../binlog/index.ts';
import { parseEventHeader } from '../binlog/event_header.ts';
import { EVENT_TYPE } from '../binlog/event_types.ts';
import { encodePackets, PacketReader } from '../protocol/packets.ts';
import { encodeRegisterReplica, parseDumpPacket } from '../protocol/replication.ts';
import { PrimarySession } from '../primary/session.ts';
import { SocketReader } from '../protocol/socket_reader.ts';
import { findFile } from './find_file.ts';
import { type FeedEvent, ReplicaFeed } from './replica_feed.ts';
import { ReplicaPosition } from './replica_position.ts';
import type { StoredLog } from './stored_log.ts';

const LOGS = path.resolve(import.meta.dirname, '../testdata');
const CREDENTIALS = { user: 'replica', password: 'secret' };

async function realRecords(): Promise<WalRecord[]> {
  const records: WalRecord[] = [];
  for (const log of (await listBinaryLogs(LOGS)).logs) for await (const record of cutFile(log)) records.push(record);
  return records;
}

function storedLog(records: readonly WalRecord[]): StoredLog {
  const from = async function* (lsn: bigint) {
    for (const record of records) if (record.lsn >= lsn) yield record;
  };
  return {
    latestLsn: () => Promise.resolve(records.at(-1)?.lsn ?? 0n),
    records: from,
    follow: async function* (lsn, signal) {
      yield* from(lsn);
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
  };
}

let feed: ReplicaFeed;
let port: number;
let events: FeedEvent[];
beforeEach(async () => {
  events = [];
  feed = new ReplicaFeed({
    log: storedLog(await realRecords()),
    credentials: CREDENTIALS,
    serverId: 9,
    onEvent: (event) => events.push(event),
  });
  port = await feed.listen(0, '127.0.0.1');
});
afterEach(() => feed.close());

const login = (credentials = CREDENTIALS) => PrimarySession.open({ host: '127.0.0.1', port, ...credentials });

describe('who logs in', () => {
  it('with the right password is answered, as by a server', async () => {
    const session = await login();
    const [row] = await session.query("SHOW VARIABLES LIKE 'SERVER_ID'");
    expect(row).toEqual({ Variable_name: 'server_id', Value: '9' });
    await expect(session.query('SELECT * FROM shop.orders')).rejects.toThrow('answers what a replica asks');
    session.close();
  });

  it('with another one is not', async () => {
    await expect(login({ user: 'replica', password: 'guess' })).rejects.toThrow('Access denied');
    await expect(login({ user: 'root', password: 'secret' })).rejects.toThrow('Access denied');
    await expect(login({ user: 'replica', password: '' })).rejects.toThrow('Access denied');
  });

  it('with anything that is no login harms nobody', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ minLength: 1, maxLength: 400 }), { maxLength: 4 }), async (pieces) => {
        const socket = net.connect(port, '127.0.0.1');
        socket.on('error', () => {});
        socket.resume();
        for (const piece of pieces) socket.write(piece);
        socket.end();
        await new Promise((resolve) => socket.once('close', resolve));
      }),
      { numRuns: 40 },
    );
    const session = await login();
    expect(await session.query('SELECT 1')).toHaveLength(1);
    session.close();
  });
});

describe('with TLS', () => {
  let secure: ReplicaFeed;
  let securePort: number;
  beforeEach(async () => {
    // Without a certificate no handshake succeeds; what comes before it does not need one.
    secure = new ReplicaFeed({ log: storedLog([]), credentials: CREDENTIALS, serverId: 9, tls: () => ({}) });
    securePort = await secure.listen(0, '127.0.0.1');
  });
  afterEach(() => secure.close());

  it('nobody logs in without it', async () => {
    const address = { host: '127.0.0.1', port: securePort, ...CREDENTIALS };
    await expect(PrimarySession.open(address)).rejects.toThrow('over TLS only');
  });

  it('garbage instead of a handshake harms nobody', async () => {
    const request = Buffer.alloc(32);
    request.writeUInt32LE(0x800 | 0x200 | 0x8000, 0);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 400 }), fc.boolean(), async (garbage, together) => {
        const socket = net.connect(securePort, '127.0.0.1');
        socket.on('error', () => {});
        await new Promise((resolve) => socket.once('data', resolve));
        const { bytes } = encodePackets(request, 1);
        socket.write(together ? Buffer.concat([bytes, garbage]) : bytes);
        socket.end(together ? '' : garbage);
        await new Promise((resolve) => socket.resume().once('close', resolve));
      }),
      { numRuns: 40 },
    );
    await expect(PrimarySession.open({ host: '127.0.0.1', port: securePort, ...CREDENTIALS })).rejects.toThrow('TLS');
  });
});

/** What a replica that has this gets: event types, or an error. */
async function dump(state: string, count: number): Promise<readonly { type: number; bytes: Buffer }[]> {
  const session = await login();
  await session.query('SET @master_binlog_checksum= @@global.binlog_checksum');
  await session.query('SET @mariadb_slave_capability=4');
  await session.query('SET @master_heartbeat_period=20000000');
  await session.query(`SET @slave_connect_state='${state}'`);
  const socket = session.takeSocket();
  const reader = new SocketReader(socket);
  const packets = new PacketReader(1024 ** 3);
  socket.write(encodePackets(encodeRegisterReplica(77, 'test'), 0).bytes);
  await reader.next();
  const request = Buffer.from([0x12, 4, 0, 0, 0, 2, 0, 77, 0, 0, 0]);
  socket.write(encodePackets(request, 0).bytes);
  const found: { type: number; bytes: Buffer }[] = [];
  while (found.length < count) {
    const piece = await reader.next();
    if (piece === undefined) throw new Error('The feed has ended.');
    for (const payload of packets.push(piece)) {
      const packet = parseDumpPacket(payload, false);
      if (packet.kind === 'error') throw new Error(packet.message);
      if (packet.kind === 'event') found.push({ type: parseEventHeader(packet.bytes).type, bytes: packet.bytes });
    }
  }
  socket.destroy();
  return found;
}

describe('a replica', () => {
  it('gets the name of the file, its format, and what it lacks, byte for byte', async () => {
    const records = await realRecords();
    const found = await findFile(storedLog(records), new ReplicaPosition('0-1-100000'));
    expect(found?.fileNumber).toBe(6);
    const before = await findFile(storedLog(records), new ReplicaPosition(listOfFirst(records)));
    expect(before?.fileNumber).toBe(4);

    const [rotate, format, list, ...rest] = await dump(listOfFirst(records), 50);
    expect(rotate?.type).toBe(EVENT_TYPE.rotate);
    expect(rotate?.bytes.toString('latin1', 27, 45)).toBe('mariadb-bin.000004');
    expect([format?.type, list?.type]).toEqual([EVENT_TYPE.formatDescription, EVENT_TYPE.gtidList]);
    const all = Buffer.concat(records.map(({ data }) => data));
    const sent = Buffer.concat([format, list, ...rest].map((event) => event?.bytes ?? Buffer.alloc(0)));
    expect(sent.equals(all.subarray(0, sent.byteLength))).toBe(true);
    await expect.poll(() => events.some(({ kind }) => kind === 'began')).toBe(true);
  });

  it('that has everything gets signs of life', async () => {
    const events_ = await dump('0-1-5479', 12);
    expect(events_.slice(-3).map(({ type }) => type)).toEqual([27, 27, 27]);
    expect(events_.some(({ type }) => type === EVENT_TYPE.gtid)).toBe(false);
  });

  it('that lacks what is before the log, or has more, is told so', async () => {
    await expect(dump('', 5)).rejects.toThrow(/begins after 0-1-\d+, and the replica does not have that/);
    await expect(dump('0-1-100000', 5000)).rejects.toThrow('is ahead of it');
    await expect(dump('0-5-5479', 5000)).rejects.toThrow('history is another one');
  });
});

/** The transactions before the first file. */
function listOfFirst(records: readonly WalRecord[]): string {
  const list = records[1]?.data ?? new Uint8Array();
  const view = Buffer.from(list);
  return `${view.readUInt32LE(23)}-${view.readUInt32LE(27)}-${view.readBigUInt64LE(31)}`;
}

it('close ends every session', async () => {
  const connection = await mysql.createConnection({ host: '127.0.0.1', port, ...CREDENTIALS });
  const lost = new Promise((resolve) => connection.on('error', resolve));
  await feed.close();
  expect(String(await lost)).toContain('closed');
});
