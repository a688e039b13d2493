import type { Lsn, RecordProposal } from '../../engine/vocabulary/index.ts';
import { Random } from '../random.ts';
import type { RecordParameters, Workload } from './workload.ts';

/** The LSNs of a run, one line that all writers share: position 0, 1, 2 … without end. */
export class LsnLine {
  private readonly random: Random;
  private readonly gapMax: number;
  private readonly first: Lsn;
  private readonly known: Lsn[] = [];

  constructor(random: Random, workload: Workload) {
    this.random = random;
    this.gapMax = workload.lsnGapMax;
    this.first = BigInt(workload.firstLsn);
  }

  at(position: number): Lsn {
    while (this.known.length <= position) {
      const last = this.known[this.known.length - 1] ?? this.first;
      this.known.push(last + BigInt(this.random.integer(1, this.gapMax)));
    }
    return this.known[position] as Lsn;
  }

  /** The first position whose LSN is above this one. */
  positionAfter(lsn: Lsn): number {
    let low = 0;
    let high = this.known.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.known[middle] as Lsn) > lsn) high = middle;
      else low = middle + 1;
    }
    while (this.at(low) <= lsn) low += 1;
    return low;
  }
}

/** What one writer writes at one LSN: the same whenever it is asked for, so that a retry sends the same bytes. */
export class RecordSource {
  private readonly name: string;
  private readonly parameters: RecordParameters;

  constructor(name: string, parameters: RecordParameters) {
    this.name = name;
    this.parameters = parameters;
  }

  record(lsn: Lsn, previousLsn: Lsn | undefined, generation: number): RecordProposal {
    const random = new Random(`${this.name}/${lsn}`);
    return {
      kind: 'record',
      lsn,
      data: this.data(random),
      spaceId: random.chance(0.5) ? random.integer(0, 0xffff_ffff) : undefined,
      pageNo: random.chance(0.5) ? random.integer(0, 1000) : undefined,
      previousLsn,
      generation,
    };
  }

  private data(random: Random): Uint8Array {
    const { empty, large, largeBytesMax, bytesMax } = this.parameters;
    if (random.chance(empty)) return new Uint8Array(0);
    const length = random.chance(large) ? random.integer(bytesMax, largeBytesMax) : random.integer(1, bytesMax);
    return scrambled(random.integer(1, 0x7fff_ffff), length);
  }
}

/** Bytes without a pattern, quickly. Marsaglia, "Xorshift RNGs" (2003). */
function scrambled(seed: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let at = 0; at < length; at++) {
    if ((at & 3) === 0) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
    }
    bytes[at] = state >>> ((at & 3) * 8);
  }
  return bytes;
}
