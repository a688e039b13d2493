import type { Lsn, RecordProposal } from '../../engine/vocabulary/index.ts';
import { LSN_MAX } from '../../engine/vocabulary/units.ts';
import { Random } from '../random.ts';
import type { RecordParameters, Workload } from './workload.ts';

/** The LSNs of a run, one line that all writers share: position 0, 1, 2 … up to the highest there is. */
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

  /** Undefined behind the highest LSN there is, which is the line's last if it gets that far. */
  at(position: number): Lsn | undefined {
    while (this.known.length <= position) {
      const last = this.known[this.known.length - 1] ?? this.first;
      if (last >= LSN_MAX) return undefined;
      const next = last + BigInt(this.random.integer(1, this.gapMax));
      this.known.push(next < LSN_MAX ? next : LSN_MAX);
    }
    return this.known[position];
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
    for (;;) {
      const found = this.at(low);
      if (found === undefined || found > lsn) return low;
      low += 1;
    }
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
