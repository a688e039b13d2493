import fs from 'node:fs';

type Done = (error: NodeJS.ErrnoException | null) => void;

/**
 * Writes `chunks` one after the other at `offset`, going on after a short write until everything is written or the
 * system reports an error (`pwritev(2)` may write fewer bytes than it was given).
 */
export function writeFully(fd: number, chunks: readonly Uint8Array[], offset: number, done: Done): void {
  const rest = chunks.filter((chunk) => chunk.byteLength > 0);
  if (rest.length === 0) {
    done(null);
    return;
  }
  const written = (error: NodeJS.ErrnoException | null, count: number): void => {
    if (error !== null) done(error);
    else if (count <= 0) done(Object.assign(new Error('the system wrote no byte'), { code: 'EIO' }));
    else writeFully(fd, afterBytes(rest, count), offset + count, done);
  };
  if (sumOfBytes(rest) <= SMALL_WRITE_BYTES) {
    writeNow(fd, rest, offset, done);
    return;
  }
  const [only] = rest;
  if (rest.length === 1 && only !== undefined) fs.write(fd, only, 0, only.byteLength, offset, written);
  else fs.writev(fd, rest, offset, written);
}

/**
 * A write of this size only fills the page cache, and costs less than handing it to another thread would: the wait for
 * the disk is in the sync, which never runs here.
 */
const SMALL_WRITE_BYTES = 64 * 1024;

function writeNow(fd: number, chunks: readonly Uint8Array[], offset: number, done: Done): void {
  let rest = chunks;
  let at = offset;
  try {
    while (rest.length > 0) {
      const count = fs.writevSync(fd, rest, at);
      if (count <= 0) throw Object.assign(new Error('the system wrote no byte'), { code: 'EIO' });
      rest = afterBytes(rest, count);
      at += count;
    }
  } catch (error) {
    done(error as NodeJS.ErrnoException);
    return;
  }
  done(null);
}

function sumOfBytes(chunks: readonly Uint8Array[]): number {
  let sum = 0;
  for (const chunk of chunks) sum += chunk.byteLength;
  return sum;
}

/** What is left of `chunks` after their first `count` bytes. Copies nothing. */
export function afterBytes(chunks: readonly Uint8Array[], count: number): readonly Uint8Array[] {
  let skip = count;
  const rest: Uint8Array[] = [];
  for (const chunk of chunks) {
    if (skip >= chunk.byteLength) {
      skip -= chunk.byteLength;
      continue;
    }
    rest.push(skip === 0 ? chunk : chunk.subarray(skip));
    skip = 0;
  }
  return rest;
}

/** Up to this many bytes are asked for without looking first how many there are. */
const SMALL_READ_BYTES = 64 * 1024;

type ReadDone = (error: NodeJS.ErrnoException | null, bytes: Uint8Array) => void;

/**
 * Reads up to `length` bytes from `offset`; fewer only when the file ends before. The bytes have memory of their own,
 * which does not outgrow what was read: a slice of a larger buffer would keep all of it alive.
 */
export function readFully(fd: number, offset: number, length: number, done: ReadDone): void {
  if (length <= SMALL_READ_BYTES) {
    readUpTo(fd, offset, Math.max(0, length), done);
    return;
  }
  fs.fstat(fd, (error, stats) => {
    if (error !== null) done(error, NOTHING);
    else readUpTo(fd, offset, Math.min(length, Math.max(0, stats.size - offset)), done);
  });
}

const NOTHING = new Uint8Array(0);

function readUpTo(fd: number, offset: number, length: number, done: ReadDone): void {
  if (length === 0) {
    done(null, NOTHING);
    return;
  }
  // A plain array, whose `slice` copies, unlike a Buffer's.
  const bytes = new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
  const readOn = (filled: number): void => {
    fs.read(fd, bytes, filled, length - filled, offset + filled, (error, count) => {
      if (error !== null) done(error, NOTHING);
      else if (count === 0) done(null, bytes.slice(0, filled));
      else if (filled + count < length) readOn(filled + count);
      else done(null, bytes);
    });
  };
  readOn(0);
}
