import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type {
  Answer,
  Lsn,
  NodeStatus,
  Proposal,
  RangeQuery,
  RecordProposal,
  StoredRecord,
} from '../../../engine/index.ts';
import { fakeService } from '../../testing/fake_service.ts';
import { waitFor } from '../../testing/wait.ts';
import { answerDirectly } from '../direct.ts';
import type { Service } from '../service.ts';
import { CommitFeed } from './commit_feed.ts';

/** A node that stores what it is told to store when it is told to, and reads from what it stored. */
class FakeLog {
  readonly records: StoredRecord[] = [];
  readonly asked: { readonly record: RecordProposal; readonly answer: (answer: Answer) => void }[] = [];
  readonly cancelled: Lsn[] = [];
  reads = 0;
  damagedFrom: Lsn | undefined;
  /** Set: a record a page. */
  isPagewise = false;

  submit(proposal: Proposal, answer: (answer: Answer) => void): () => void {
    if (proposal.kind !== 'record') throw new Error('not a record');
    this.asked.push({ record: proposal, answer });
    return () => this.cancelled.push(proposal.lsn);
  }

  /** Answers that the next `count` are stored. */
  store(count: number): void {
    for (const { record, answer } of this.asked.splice(0, count)) {
      this.records.push(record);
      answer({ kind: 'stored', lsn: record.lsn });
    }
  }

  get latestLsn(): Lsn {
    return this.records.at(-1)?.lsn ?? 0n;
  }

  range({ from, through, countMax }: RangeQuery): Answer {
    this.reads += 1;
    const { latestLsn } = this;
    const found = this.records.filter(({ lsn }) => lsn >= from && lsn <= through);
    if (found.some(({ lsn }) => lsn === this.damagedFrom)) return { kind: 'damaged', sentence: 'it is damaged here' };
    const records = found.slice(0, this.isPagewise ? 1 : countMax);
    return { kind: 'range', records, more: found.length > records.length, next: undefined, latestLsn };
  }
}

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function serve(log: FakeLog, status: Partial<NodeStatus> = {}, others: Partial<Service> = {}) {
  const fake = fakeService({ status });
  const range = (query: RangeQuery) => ({
    answer: new Promise<Answer>((resolve) => setImmediate(() => resolve(log.range(query)))),
    cancel: () => undefined,
  });
  const feed = new CommitFeed(range);
  const service: Service = {
    ...fake,
    node: {
      ...fake.node,
      submit: (proposal, answer) => log.submit(proposal, answer),
      read: (query) => range(query as RangeQuery),
    },
    feed,
    ...others,
  };
  const server = http.createServer((request, response) => {
    answerDirectly(service, (request.url ?? '').split('?', 1)[0] ?? '', request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    feed.close();
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, feed };
}

/** A request that is open, and what has come back. */
function open(port: number, method: 'GET' | 'POST', path: string, headers: Record<string, string> = {}) {
  const heard = { status: 0, type: '', text: '', isOver: false, isBroken: false };
  const request = http.request({ port, host: '127.0.0.1', method, path: `/api/v1/${path}`, headers, agent: false });
  if (method === 'GET') request.end();
  request.on('response', (response) => {
    heard.status = response.statusCode ?? 0;
    heard.type = response.headers['content-type'] ?? '';
    response.setEncoding('latin1').on('data', (piece: string) => (heard.text += piece));
    response.on('end', () => (heard.isOver = true));
    response.on('error', () => (heard.isBroken = true));
  });
  request.on('error', () => (heard.isBroken = true));
  const lines = () => heard.text.split('\n').filter((line) => line !== '');
  return { request, heard, lines };
}
const openStream = (port: number, query = '') =>
  open(port, 'POST', `stream_wal${query}`, { 'content-type': 'application/x-ndjson' });
const line = (lsn: number, more = '') => `{"lsn":${lsn},"wal_data":"YQ=="${more}}\n`;
const until = (what: string, holds: () => boolean) => waitFor(what, async () => holds() || undefined);

describe('a stream in', () => {
  test('says while it goes on up to where everything is stored, a line for each step forward', async () => {
    const log = new FakeLog();
    const { port } = await serve(log);
    const { request, heard, lines } = openStream(port, '?prev_lsn=5&generation=3');
    request.write(line(10) + line(20) + line(30, ',"prev_lsn":25,"generation":4'));
    await until('three records', () => log.asked.length === 3);
    expect(log.asked.map(({ record }) => [record.lsn, record.previousLsn, record.generation])).toEqual([
      [10n, 5n, 3],
      [20n, 10n, 3],
      [30n, 25n, 4],
    ]);
    expect(heard.text).toBe('');
    log.store(2);
    await until('a line', () => lines().length === 1);
    expect([heard.status, heard.type, heard.text]).toEqual([200, 'application/x-ndjson', '{"last_applied_lsn":20}\n']);
    log.store(1);
    await until('another line', () => lines().length === 2);
    request.end(line(40));
    await until('the last record', () => log.asked.length === 1);
    log.store(1);
    await until('the end', () => heard.isOver);
    expect(lines().slice(1)).toEqual(['{"last_applied_lsn":30}', '{"status":"success","last_applied_lsn":40}']);
    expect(log.cancelled).toEqual([]);
  });

  test('answers that come out of order are told in order', async () => {
    const log = new FakeLog();
    const { port } = await serve(log);
    const { request, heard, lines } = openStream(port);
    request.end(line(1) + line(2) + line(3));
    await until('three records', () => log.asked.length === 3);
    const [first, second, third] = log.asked;
    third?.answer({ kind: 'stored', lsn: 3n });
    second?.answer({ kind: 'stored', lsn: 2n });
    await new Promise(setImmediate);
    expect(heard.text).toBe('');
    first?.answer({ kind: 'stored', lsn: 1n });
    await until('the end', () => heard.isOver);
    expect(lines()).toEqual(['{"status":"success","last_applied_lsn":3}']);
  });

  test('ends at the first record that is refused, and gives up those behind it', async () => {
    const log = new FakeLog();
    const { port } = await serve(log);
    const { request, heard, lines } = openStream(port);
    request.write(line(1) + line(2) + line(3));
    await until('three records', () => log.asked.length === 3);
    log.store(1);
    log.asked[0]?.answer({ kind: 'refused', code: 'fenced', sentence: 'fenced.', latestLsn: 1n });
    await until('the end', () => heard.isOver);
    expect(lines()).toEqual(
      [
        '{"last_applied_lsn":1}',
        '{"status":"error","error":"fenced.","code":"fenced","latest_lsn":1,"index":1,"last_applied_lsn":1}',
      ].slice(lines().length === 1 ? 1 : 0),
    );
    expect(log.cancelled).toEqual([3n]);
  });

  test('what fails before anything was said has a status of its own', async () => {
    const log = new FakeLog();
    const { port } = await serve(log);
    const { request, heard } = openStream(port);
    request.write(line(1));
    await until('a record', () => log.asked.length === 1);
    log.asked[0]?.answer({ kind: 'refused', code: 'conflict', sentence: 'another.', latestLsn: 1n });
    await until('the end', () => heard.isOver);
    expect([heard.status, heard.text]).toEqual([
      409,
      expect.stringContaining('"code":"conflict","latest_lsn":1,"index":0'),
    ]);
  });

  test.each([
    ['no JSON', 'nonsense\n', 400, '"code":"malformed"'],
    ['an LSN that does not ascend', line(1), 400, 'LSN 1 stands behind LSN 1'],
    ['a line that is too long', `${'x'.repeat(20_000)}`, 413, '"code":"too_large"'],
  ])('%s is told behind what came before it', async (_what, bad, status, said) => {
    const log = new FakeLog();
    const { port } = await serve(log);
    const { request, heard } = openStream(port);
    request.end(line(1) + bad);
    await until('a record', () => log.asked.length === 1);
    expect(heard.text).toBe('');
    log.store(1);
    await until('the end', () => heard.isOver);
    expect(heard.text).toContain(said);
    expect(heard.text).toContain('"index":1,"last_applied_lsn":1');
    expect([200, status]).toContain(heard.status);
  });

  test('a stream of nothing is a success', async () => {
    const { port } = await serve(new FakeLog());
    const { request, heard } = openStream(port);
    request.end('\n');
    await until('the end', () => heard.isOver);
    expect([heard.status, heard.text]).toEqual([200, '{"status":"success"}\n']);
  });

  test('is read no further than what may wait for the quorum, and goes on after it', async () => {
    const log = new FakeLog();
    const { port } = await serve(log);
    const { request, heard } = openStream(port);
    const all = Array.from({ length: 40_000 }, (_, at) => line(at + 1)).join('');
    request.end(all);
    await until('a full window', () => log.asked.length >= 4_096);
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    // What had left the socket when it stopped is taken, too.
    expect(log.asked.length).toBeLessThan(10_000);
    await until('everything', () => {
      log.store(1_000);
      return heard.isOver;
    });
    expect(log.latestLsn).toBe(40_000n);
    expect(heard.text).toContain('{"status":"success","last_applied_lsn":40000}');
  });

  test('when the client goes away, nobody waits for what is open', async () => {
    const log = new FakeLog();
    const { port } = await serve(log);
    const { request } = openStream(port);
    request.write(line(1) + line(2));
    await until('two records', () => log.asked.length === 2);
    request.destroy();
    await until('both given up', () => log.cancelled.length === 2);
  });

  test('a replica that does not lead hands the stream on, or says that nobody leads', async () => {
    const leader = { replicaId: 'b', url: 'http://b:1' };
    let handedTo = '';
    const forwardStream: Service['forwardStream'] = async (_call, url) => {
      handedTo = url;
      return { status: 200, body: 'handed on' };
    };
    const { port } = await serve(new FakeLog(), { state: 'follower', leader }, { forwardStream });
    const first = openStream(port);
    first.request.end(line(1));
    await until('the end', () => first.heard.isOver);
    expect([handedTo, first.heard.text]).toEqual(['http://b:1', 'handed on']);
    const lost = await serve(new FakeLog(), { state: 'candidate', leader: undefined });
    const second = openStream(lost.port);
    second.request.end(line(1));
    await until('the end', () => second.heard.isOver);
    expect([second.heard.status, second.heard.text]).toEqual([503, expect.stringContaining('"code":"no_leader"')]);
  });

  test('settings of a stream are checked before it begins', async () => {
    const { port } = await serve(new FakeLog());
    for (const query of ['?prev_lsn=x', '?generation=-1']) {
      const { request, heard } = openStream(port, query);
      request.end(line(1));
      await until('the end', () => heard.isOver);
      expect([heard.status, heard.text]).toEqual([400, expect.stringContaining('"field":"')]);
    }
  });
});

describe('a stream out', () => {
  const stored = (...lsns: number[]) => {
    const log = new FakeLog();
    for (const lsn of lsns) log.records.push(recordAt(lsn));
    return log;
  };
  const recordAt = (lsn: number): StoredRecord => ({
    lsn: BigInt(lsn),
    data: Uint8Array.of(97),
    spaceId: undefined,
    pageNo: undefined,
  });
  const follow = (port: number, query = '') => open(port, 'GET', `get_wal_range?follow=true${query}`);
  const shown = (...lsns: number[]) => lsns.map((lsn) => `{"lsn":${lsn},"wal_data":"YQ=="}`);

  test('brings what is there and what is committed later, each record once', async () => {
    const log = stored(1, 2, 5);
    const { port, feed } = await serve(log);
    const one = follow(port);
    const other = follow(port, '&start_lsn=3');
    await until('what is there', () => one.lines().length === 3 && other.lines().length === 1);
    await until('both at the feed', () => feed.listenerCount === 2);
    for (const lsn of [6, 7, 9]) {
      log.records.push(recordAt(lsn));
      feed.committed(BigInt(lsn));
    }
    await until('what was committed', () => one.lines().length === 6 && other.lines().length === 4);
    expect(one.lines()).toEqual(shown(1, 2, 5, 6, 7, 9));
    expect(other.lines()).toEqual(shown(5, 6, 7, 9));
    expect(one.heard.type).toBe('application/x-ndjson');
  });

  test('ends behind end_lsn', async () => {
    const log = stored(1, 2);
    const { port, feed } = await serve(log);
    const { heard, lines } = follow(port, '&end_lsn=4');
    await until('at the feed', () => feed.listenerCount === 1);
    log.records.push(recordAt(4), recordAt(6));
    feed.committed(6n);
    await until('the end', () => heard.isOver);
    // That it is complete is said: a replica that stops ends its streams in order, too.
    expect(lines()).toEqual([...shown(1, 2, 4), '{"latest_lsn":6}']);
    expect(feed.listenerCount).toBe(0);
  });

  test('whoever wants what is far ahead waits for it, without anybody reading', async () => {
    const log = stored(1, 2);
    const { port, feed } = await serve(log);
    const near = follow(port);
    const far = follow(port, '&start_lsn=100');
    await until('both at the feed', () => feed.listenerCount === 2);
    const { reads } = log;
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    expect(log.reads).toBe(reads);
    log.records.push(recordAt(50), recordAt(100));
    feed.committed(100n);
    await until('both served', () => near.lines().length === 4 && far.lines().length === 1);
    expect(far.lines()).toEqual(shown(100));
  });

  test('a thousand commits are read once for all who listen', async () => {
    const log = stored(1);
    const { port, feed } = await serve(log);
    const readers = Array.from({ length: 20 }, () => follow(port));
    await until('all at the feed', () => feed.listenerCount === 20);
    const { reads } = log;
    for (let lsn = 2; lsn <= 1_001; lsn++) {
      log.records.push(recordAt(lsn));
      feed.committed(BigInt(lsn));
    }
    await until('all served', () => readers.every(({ lines }) => lines().length === 1_001));
    expect(log.reads - reads).toBeLessThanOrEqual(2);
  });

  test('a reader that takes nothing is read no further, and the others go on', async () => {
    const log = new FakeLog();
    const big = (lsn: number): StoredRecord => ({ ...recordAt(lsn), data: new Uint8Array(1_000_000) });
    const { port, feed } = await serve(log);
    const slow = follow(port);
    slow.request.on('response', (response) => response.pause());
    const quick = open(port, 'GET', 'get_wal_range?follow=true', { accept: 'application/octet-stream' });
    await until('both at the feed', () => feed.listenerCount === 2);
    for (let lsn = 1; lsn <= 30; lsn++) {
      log.records.push(big(lsn));
      feed.committed(BigInt(lsn));
      await until('the quick one to have it', () => quick.heard.text.length >= lsn * 1_000_012);
    }
    await until('the slow one to have left', () => feed.listenerCount === 1);
    slow.request.destroy();
  });

  test('a reader that comes from far behind leaves nothing behind with each page', async () => {
    const warnings: string[] = [];
    const warned = (warning: Error): void => void warnings.push(warning.message);
    process.on('warning', warned);
    closers.push(() => process.off('warning', warned));
    const log = new FakeLog();
    for (let lsn = 1; lsn <= 20; lsn++) log.records.push({ ...recordAt(lsn), data: new Uint8Array(500_000) });
    log.isPagewise = true;
    const { port, feed } = await serve(log);
    const { heard } = open(port, 'GET', 'get_wal_range?follow=true', { accept: 'application/octet-stream' });
    await until('everything', () => heard.text.length >= 20 * 500_012);
    await until('at the feed', () => feed.listenerCount === 1);
    expect(log.reads).toBeGreaterThanOrEqual(20);
    await new Promise(setImmediate);
    expect(warnings).toEqual([]);
  });

  test('damage ends it with a sentence, a stop of the replica without one', async () => {
    const log = stored(1, 2, 3);
    log.damagedFrom = 3n;
    const { port, feed } = await serve(log);
    const damaged = follow(port, '&start_lsn=3');
    await until('the end', () => damaged.heard.isOver);
    expect([damaged.heard.status, damaged.heard.text]).toEqual([503, expect.stringContaining('"code":"damaged"')]);
    log.damagedFrom = 4n;
    const later = follow(port);
    await until('at the feed', () => feed.listenerCount === 1);
    log.records.push(recordAt(4));
    feed.committed(4n);
    await until('the end', () => later.heard.isOver);
    expect(later.lines().at(-1)).toContain('"code":"damaged"');
    log.damagedFrom = undefined;
    const last = follow(port, '&start_lsn=4');
    await until('at the feed', () => feed.listenerCount === 1);
    feed.close();
    await until('the end', () => last.heard.isOver);
    expect([last.lines(), last.heard.isBroken]).toEqual([shown(4), false]);
  });

  test.each([
    ['&limit=5', 'limit is for pages'],
    ['&consistency=linearizable', 'leave consistency away'],
    ['&start_lsn=0', 'start_lsn'],
  ])('%s is refused', async (query, sentence) => {
    const { port } = await serve(stored(1));
    const { heard } = follow(port, query);
    await until('the end', () => heard.isOver);
    expect([heard.status, heard.text]).toEqual([400, expect.stringContaining(sentence)]);
  });
});
