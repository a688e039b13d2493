import type { EngineFigures } from './engine/fixed_workload.ts';
import type { SysbenchFigures } from './mariadb/sysbench.ts';
import { median } from './median.ts';
import type { FailOverFigures } from './quorum/fail_over.ts';
import type { FollowerFigures } from './quorum/followers.ts';
import type { GrowthFigures } from './quorum/growth.ts';
import type { RequestFigures, Spread } from './quorum/requests.ts';
import type { SizeFigures } from './quorum/sizes.ts';
import type { StreamFigures } from './quorum/streams.ts';
import type { SimulatorFigures } from './simulator/speed.ts';
import type { Row } from './table.ts';

function row(what: string, figure: number, unit: string): Row {
  return { what, figure, unit };
}

function spreadRow(what: string, { median, least, most }: Spread, unit: string): Row {
  return { what, figure: median, unit, least, most };
}

const MIB = 2 ** 20;

export function engineRows(engine: EngineFigures): readonly Row[] {
  return [
    row('engine: records committed', engine.recordsPerSecond, '/s (median round)'),
    row('engine: slowest round', engine.slowestRound, '/s'),
    row('engine: fastest round', engine.fastestRound, '/s'),
    row('engine: records by processor time', engine.recordsPerProcessorSecond, '/s'),
    row('engine: events of three replicas', engine.eventsPerRecord, 'a record'),
  ];
}

export function simulatorRows(simulator: SimulatorFigures): readonly Row[] {
  return [
    row('simulator: virtual time, all seeds', simulator.timesRealTime, 'times real time, one core'),
    row('simulator: virtual time, median seed', simulator.medianSeed, 'times real time'),
    row('simulator: virtual time, slowest seed', simulator.slowestSeed, 'times real time'),
    row('simulator: virtual time, all seeds', simulator.timesProcessorTime, 'times processor time'),
    row('simulator: events', simulator.eventsPerSecond, '/s'),
  ];
}

export function requestRows(figures: readonly RequestFigures[]): readonly Row[] {
  return figures.flatMap(({ connections, safekeeper, etcdGateway, etcdGrpc, ratio }) => [
    spreadRow(`${connections} open: safekeeper`, safekeeper.perSecond, '/s'),
    row(`${connections} open: safekeeper p50`, safekeeper.p50Ms, 'ms'),
    row(`${connections} open: safekeeper p99`, safekeeper.p99Ms, 'ms'),
    spreadRow(`${connections} open: etcd, gateway`, etcdGateway.perSecond, '/s'),
    row(`${connections} open: etcd, gateway p50`, etcdGateway.p50Ms, 'ms'),
    row(`${connections} open: etcd, gateway p99`, etcdGateway.p99Ms, 'ms'),
    spreadRow(`${connections} open: etcd, gRPC`, etcdGrpc.perSecond, '/s'),
    row(`${connections} open: etcd, gRPC p50`, etcdGrpc.p50Ms, 'ms'),
    row(`${connections} open: etcd, gRPC p99`, etcdGrpc.p99Ms, 'ms'),
    spreadRow(`${connections} open: safekeeper to etcd's gateway`, ratio, 'times'),
  ]);
}

export function streamRows(figures: StreamFigures): readonly Row[] {
  return [
    spreadRow('one stream: records of 128 B', figures.recordsOf128, '/s'),
    spreadRow('one stream: records of 1 KiB', figures.recordsOf1024, '/s'),
    spreadRow('etcd, 1 connection: puts in transactions of 100', figures.etcdPuts1, '/s'),
    spreadRow('etcd, 16 connections: puts in transactions of 100', figures.etcdPuts16, '/s'),
    spreadRow("records of 128 B to etcd's faster one", figures.ratio, 'times'),
  ];
}

export function followerRows({ oneAtFullSpeed: one, crowds }: FollowerFigures): readonly Row[] {
  return [
    row('one follower: written', one.writtenPerSecond, '/s'),
    row('one follower: delivered', one.deliveredPerSecond, '/s'),
    row('one follower: last record behind its acknowledgement', one.behindMs, 'ms'),
    ...crowds.flatMap(({ of, p50Ms, p99Ms, residentBytesBefore, residentBytesAfter }) => [
      row(`1,000 of the ${of}: acknowledgement to delivery, p50`, p50Ms, 'ms'),
      row(`1,000 of the ${of}: acknowledgement to delivery, p99`, p99Ms, 'ms'),
      row(`1,000 of the ${of}: resident before`, residentBytesBefore / MIB, 'MiB'),
      row(`1,000 of the ${of}: resident after`, residentBytesAfter / MIB, 'MiB'),
    ]),
  ];
}

export function failOverRows({ kills, medianMs, p90Ms, longestMs, records }: FailOverFigures): readonly Row[] {
  return [
    row(`fail-over, ${kills} kills: median`, medianMs, 'ms'),
    row(`fail-over, ${kills} kills: p90`, p90Ms, 'ms'),
    row(`fail-over, ${kills} kills: longest`, longestMs, 'ms'),
    row('records acknowledged, all on a majority of disks', records, ''),
  ];
}

export function growthRows({ marks }: GrowthFigures): readonly Row[] {
  return marks.flatMap(({ records, perSecond, processorMicrosPerRecord, residentBytesMost }) => {
    const at = `at ${records.toLocaleString('en-US')} records`;
    return [
      row(`${at}: rate`, perSecond, '/s'),
      row(`${at}: processor time of all three`, processorMicrosPerRecord, 'µs a record'),
      row(`${at}: most resident`, residentBytesMost / MIB, 'MiB'),
    ];
  });
}

export function sizeRows({ byReplicas, byBytes }: SizeFigures): readonly Row[] {
  return [
    ...byReplicas.flatMap(({ replicas, requestsPerSecond, streamPerSecond }) => [
      row(`${replicas} replicas: requests, 64 open`, requestsPerSecond, '/s'),
      row(`${replicas} replicas: one stream`, streamPerSecond, '/s'),
    ]),
    ...byBytes.flatMap(({ bytes, perSecond, megabytesPerSecond }) => [
      row(`${bytes.toLocaleString('en-US')} B: one stream`, perSecond, '/s'),
      row(`${bytes.toLocaleString('en-US')} B: one stream`, megabytesPerSecond, 'MB/s'),
    ]),
  ];
}

export function sysbenchRows(figures: readonly SysbenchFigures[]): readonly Row[] {
  return figures.flatMap(({ threads, runs }) =>
    Object.entries(runs).flatMap(([system, its]) => {
      const tps = its.map(({ transactionsPerSecond }) => transactionsPerSecond);
      const what = `${threads} threads: ${system}`;
      return [
        spreadRow(what, { median: median(tps), least: Math.min(...tps), most: Math.max(...tps) }, 'tps'),
        row(`${what}, p95`, median(its.map(({ p95Ms }) => p95Ms)), 'ms'),
      ];
    }),
  );
}
