import type { Answer, Lsn, RefusalCode } from '../../engine/vocabulary/index.ts';
import { Writer } from './writer.ts';

/** How long a writer rests, in milliseconds, before it goes on after its chain broke. */
const REST_MS: readonly [number, number] = [500, 4_000];

/** How likely a writer waits for a missing predecessor rather than look where the log ends. */
const PATIENCE = 0.8;

/** A record of the chain that has no answer yet, or was refused or put off because its predecessor had none. */
interface Link {
  readonly lsn: Lsn;
  readonly previousLsn: Lsn;
  isWaiting: boolean;
}

/**
 * Names each record's predecessor. When the chain breaks because somebody else wrote, it gives up what is outstanding,
 * reads where the log ends, and goes on there. A `takeover` writer raises the generation before, and does so
 * whenever it is fenced: whoever was replaced is a zombie that does not know.
 */
export class ChainedWriter extends Writer {
  private generation = 0;
  private position = 0;
  private previousLsn: Lsn = 0n;
  private mode: 'writing' | 'draining' | 'resting' = 'writing';
  private wantsTakeover = false;
  private readonly links: Link[] = [];

  /** Begins by taking over from whoever wrote before. */
  beginByTakingOver(): this {
    this.mode = 'resting';
    this.wantsTakeover = true;
    this.host.queue.after(this.restMs(), () => this.resume());
    return this;
  }

  protected override writeNext(): void {
    if (this.mode !== 'writing' || this.links.length >= this.parameters.window) return;
    const lsn = this.line.at(this.position);
    if (lsn === undefined) return;
    this.position += 1;
    const link: Link = { lsn, previousLsn: this.previousLsn, isWaiting: true };
    this.previousLsn = link.lsn;
    this.links.push(link);
    this.send(link);
  }

  private send(link: Link): void {
    link.isWaiting = true;
    const record = { lsn: link.lsn, previousLsn: link.previousLsn, generation: this.generation };
    // Behind a link that was refused for good there is nothing to wait for; and where too many wait already, the earliest
    // has to be sent first, so all others come again when they are the earliest.
    this.propose(
      record,
      (answer) => this.answered(link, answer),
      (answer) => this.mode === 'writing' && (answer?.kind !== 'overloaded' || this.links[0] === link),
    );
  }

  private answered(link: Link, answer: Answer | undefined): void {
    link.isWaiting = false;
    if (answer?.kind === 'stored') {
      this.links.splice(this.links.indexOf(link), 1);
      const next = this.links[0];
      // It was refused, or put off, while its predecessor was missing; now there is no reason any more.
      if (next !== undefined && !next.isWaiting && this.mode === 'writing') this.send(next);
    } else if (answer !== undefined && (answer.kind !== 'refused' || !this.isWorthWaiting(link, answer.code))) {
      if (answer.kind === 'refused' && answer.code === 'fenced')
        this.wantsTakeover = this.parameters.kind === 'takeover';
      this.mode = 'draining';
    }
    if (this.mode === 'draining' && this.outstanding === 0) this.startOver();
  }

  /** A link that was refused because its predecessor is still on its way may be sent again behind it. */
  private isWorthWaiting(link: Link, code: RefusalCode): boolean {
    return code === 'gap' && this.links[0] !== link && this.host.open && this.random.chance(PATIENCE);
  }

  private startOver(): void {
    this.links.length = 0;
    this.mode = 'resting';
    if (!this.host.open) return;
    this.host.queue.after(this.restMs(), () => this.resume());
  }

  private resume(): void {
    if (!this.host.open) return;
    if (this.wantsTakeover) this.raise();
    else this.readEnd();
  }

  /** Fences first, then reads, then goes on. */
  private raise(): void {
    this.readLatest((latest) => {
      const generation = latest.generation + 1;
      this.connection().call({ kind: 'propose', proposal: { kind: 'generation', generation } }, (answer) => {
        if (answer?.kind !== 'generationRaised') {
          this.startOver();
          return;
        }
        this.generation = generation;
        this.wantsTakeover = false;
        this.readEnd();
      });
    });
  }

  private readEnd(): void {
    this.readLatest((latest) => {
      // Who was fenced while it rested learns the generation here, unless it never takes over.
      if (this.parameters.kind !== 'takeover') this.generation = latest.generation;
      this.previousLsn = latest.lsn;
      this.position = this.line.positionAfter(latest.lsn);
      this.mode = 'writing';
    });
  }

  private readLatest(done: (latest: Answer & { kind: 'latest' }) => void): void {
    this.connection().call({ kind: 'read', query: { kind: 'latest' }, consistency: 'linearizable' }, (answer) => {
      if (answer?.kind === 'latest') done(answer);
      else this.startOver();
    });
  }

  private restMs(): number {
    return this.random.between(...REST_MS);
  }
}
