import { LSN_MAX } from '../../engine/vocabulary/units.ts';
import { Writer } from './writer.ts';

/** A position on the line of LSNs that writers move along together. */
export interface Cursor {
  position: number;
}

/** Names no predecessor and never writes what another one writes; a record overtaken by a later one is refused. */
export class IndependentWriter extends Writer {
  private shared: Cursor = { position: 0 };

  /** Writers with the same cursor take turns. */
  share(cursor: Cursor): this {
    this.shared = cursor;
    return this;
  }

  protected override writeNext(): void {
    const lsn = this.line.at(this.shared.position);
    if (lsn === undefined) return;
    this.shared.position += 1;
    this.propose({ lsn, previousLsn: undefined, generation: 0 }, (answer) => {
      if (answer?.kind === 'refused')
        this.shared.position = Math.max(this.shared.position, this.line.positionAfter(answer.latestLsn));
    });
  }
}

/** Writes the same LSNs as its rivals, with bytes of its own: of each LSN, one record at most may be stored. */
export class RivalWriter extends Writer {
  private position = 0;

  protected override writeNext(): void {
    const lsn = this.line.at(this.position);
    if (lsn === undefined) return;
    this.position += 1;
    this.propose({ lsn, previousLsn: undefined, generation: 0 }, (answer) => {
      if (answer?.kind === 'refused')
        this.position = Math.max(this.position, this.line.positionAfter(answer.latestLsn));
    });
  }
}

/** Sends what no sensible client sends: impossible predecessors, LSN 0, a record far too large, old LSNs with new bytes. */
export class CarelessWriter extends Writer {
  protected override writeNext(): void {
    const lsn = this.line.at(this.random.integer(0, 20));
    if (lsn === undefined) return;
    const mistaken = this.random.pick([
      { lsn, previousLsn: lsn, generation: 0 },
      { lsn, previousLsn: LSN_MAX, generation: 0 },
      { lsn: 0n, previousLsn: undefined, generation: 0 },
      { lsn: 0n, previousLsn: 0n, generation: 0 },
      { lsn, previousLsn: undefined, generation: 0 },
    ]);
    this.propose(mistaken, () => undefined);
  }
}
