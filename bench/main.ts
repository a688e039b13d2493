import { measureEngine } from './engine/fixed_workload.ts';
import { measureSimulator } from './simulator/speed.ts';
import { table } from './table.ts';

/** `make bench`: measures what it is asked for (`engine`, `simulator`), else everything. The last line is JSON. */
function main(wanted: readonly string[]): void {
  const isWanted = (name: string): boolean => wanted.length === 0 || wanted.includes(name);
  const engine = isWanted('engine') ? measureEngine() : undefined;
  const simulator = isWanted('simulator') ? measureSimulator() : undefined;
  const rows: (readonly [what: string, figure: number, unit: string])[] = [];
  if (engine !== undefined) {
    rows.push(
      ['engine: records committed', engine.recordsPerSecond, '/s (median round)'],
      ['engine: slowest round', engine.slowestRound, '/s'],
      ['engine: fastest round', engine.fastestRound, '/s'],
      ['engine: records by processor time', engine.recordsPerProcessorSecond, '/s'],
      ['engine: events of three replicas', engine.eventsPerRecord, 'a record'],
    );
  }
  if (simulator !== undefined) {
    rows.push(
      ['simulator: virtual time, all seeds', simulator.timesRealTime, 'times real time, one core'],
      ['simulator: virtual time, median seed', simulator.medianSeed, 'times real time'],
      ['simulator: virtual time, slowest seed', simulator.slowestSeed, 'times real time'],
      ['simulator: virtual time, all seeds', simulator.timesProcessorTime, 'times processor time'],
      ['simulator: events', simulator.eventsPerSecond, '/s'],
    );
  }
  console.log(table(rows));
  console.log(JSON.stringify({ node: process.version, engine, simulator }));
}

main(process.argv.slice(2));
