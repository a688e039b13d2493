import { crc32c } from '../engine/bytes/crc32c.ts';
import { StreamHash } from '../engine/bytes/stream_hash.ts';
import type { Answer, DiskOperation, Effect, Event, Query } from '../engine/vocabulary/index.ts';

const EVENT_TAGS: Readonly<Record<Event['kind'], number>> = {
  start: 1,
  tick: 2,
  message: 3,
  propose: 4,
  read: 5,
  cancel: 6,
  shutdown: 7,
  diskDone: 8,
  diskFailed: 9,
  batch: 10,
};
const EFFECT_TAGS: Readonly<Record<Effect['kind'], number>> = { send: 32, disk: 33, reply: 34, observe: 35, halt: 36 };
const OPERATION_TAGS: Readonly<Record<DiskOperation['op'], number>> = {
  write: 64,
  sync: 65,
  syncDirectory: 66,
  truncate: 67,
  remove: 68,
  rename: 69,
  read: 70,
};

const ENDED_TAG = 128;
/** Longer byte strings enter the hash as their length and checksum, which is several times faster. */
const WHOLE_BYTES_MAX = 48;

/** A hash of 128 bits over every event and effect, with its replica, its time and all its bytes. */
export class RunHash {
  private readonly hash = new StreamHash();

  digest(): string {
    return this.hash.digest();
  }

  ended(replica: number): void {
    this.hash.u32(ENDED_TAG | (replica << 8));
  }

  event(replica: number, event: Event, atMs: number): void {
    const { hash } = this;
    hash.u32(EVENT_TAGS[event.kind] | (replica << 8));
    hash.number(Math.round(atMs * 1000));
    hash.number(Math.round(event.now * 1000));
    switch (event.kind) {
      case 'start':
        for (const file of event.files) {
          hash.text(file.name);
          hash.number(file.size);
        }
        this.bytes(event.entropy);
        return;
      case 'message':
        this.bytes(event.bytes);
        return;
      case 'propose': {
        hash.number(event.request);
        const { proposal } = event;
        if (proposal.kind === 'record') {
          hash.u64(proposal.lsn);
          this.bytes(proposal.data);
          hash.u64(proposal.previousLsn ?? 0n);
          hash.u32(proposal.spaceId ?? 0);
          hash.u32(proposal.pageNo ?? 0);
        }
        hash.number(proposal.generation);
        return;
      }
      case 'read':
        hash.number(event.request);
        this.hashQuery(event.query);
        hash.u32(event.consistency === 'local' ? 0 : 1);
        return;
      case 'cancel':
        hash.number(event.request);
        return;
      case 'diskDone':
        hash.number(event.id);
        for (const read of event.reads) this.bytes(read);
        return;
      case 'diskFailed':
        hash.number(event.id);
        hash.u32(event.failure === 'full' ? 0 : 1);
        return;
      case 'batch':
        hash.number(event.events.length);
        for (const one of event.events) this.event(replica, one, atMs);
        return;
      case 'tick':
      case 'shutdown':
    }
  }

  effect(replica: number, effect: Effect): void {
    const { hash } = this;
    hash.u32(EFFECT_TAGS[effect.kind] | (replica << 8));
    switch (effect.kind) {
      case 'send':
        hash.text(effect.to);
        this.bytes(effect.bytes);
        return;
      case 'disk':
        hash.number(effect.id);
        for (const stage of effect.stages) {
          hash.u32(stage.length);
          for (const operation of stage) this.hashOperation(operation);
        }
        return;
      case 'reply':
        hash.number(effect.request);
        this.hashAnswer(effect.answer);
        return;
      case 'observe':
        hash.text(effect.observation.what);
        if (effect.observation.what === 'committed') hash.number(effect.observation.index);
        if (effect.observation.what === 'roleChanged') hash.text(effect.observation.why);
        return;
      case 'halt':
        hash.text(effect.sentence);
    }
  }

  private hashOperation(operation: DiskOperation): void {
    const { hash } = this;
    hash.u32(OPERATION_TAGS[operation.op]);
    switch (operation.op) {
      case 'write':
        hash.text(operation.file);
        hash.number(operation.offset);
        for (const chunk of operation.chunks) this.bytes(chunk);
        return;
      case 'truncate':
        hash.text(operation.file);
        hash.number(operation.size);
        return;
      case 'rename':
        hash.text(operation.from);
        hash.text(operation.to);
        return;
      case 'read':
        hash.text(operation.file);
        hash.number(operation.offset);
        hash.number(operation.length);
        return;
      case 'syncDirectory':
        hash.text(operation.directory);
        return;
      case 'sync':
      case 'remove':
        hash.text(operation.file);
    }
  }

  private hashQuery(query: Query): void {
    const { hash } = this;
    hash.u64(query.kind === 'record' ? query.lsn : 0n);
    if (query.kind !== 'range') return;
    hash.u64(query.from);
    hash.u64(query.through);
    hash.number(query.countMax);
    hash.number(query.bytesMax);
  }

  private hashAnswer(answer: Answer): void {
    const { hash } = this;
    hash.text(answer.kind);
    if ('sentence' in answer) hash.text(answer.sentence);
    if ('lsn' in answer) hash.u64(answer.lsn);
    if ('latestLsn' in answer) hash.u64(answer.latestLsn);
    if ('generation' in answer) hash.number(answer.generation);
    if (answer.kind === 'record') this.bytes(answer.data);
    if (answer.kind === 'range') {
      hash.u32(answer.more ? 1 : 0);
      for (const { lsn, data } of answer.records) {
        hash.u64(lsn);
        this.bytes(data);
      }
    }
    if (answer.kind === 'latest') hash.number(answer.recordCount);
    if (answer.kind === 'notLeader') hash.text(answer.leader?.url ?? '');
  }

  private bytes(bytes: Uint8Array): void {
    if (bytes.length <= WHOLE_BYTES_MAX) this.hash.bytes(bytes);
    else {
      this.hash.u32(bytes.length);
      this.hash.u32(crc32c(bytes));
    }
  }
}
