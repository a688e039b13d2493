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
  const [only] = rest;
  if (rest.length === 1 && only !== undefined) fs.write(fd, only, 0, only.byteLength, offset, written);
  else fs.writev(fd, rest, offset, written);
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

/**
 * Reads up to `length` bytes from `offset`; fewer only when the file ends before. The bytes have memory of their own,
 * which does not outgrow what was read: a slice of a larger buffer would keep all of it alive.
 */
export function readFully(
  fd: number,
  offset: number,
  length: number,
  done: (error: NodeJS.ErrnoException | null, bytes: Uint8Array) => void,
): void {
  const empty = new Uint8Array(0);
  if (length <= 0) {
    done(null, empty);
    return;
  }
  fs.fstat(fd, (failed, stats) => {
    if (failed !== null) {
      done(failed, empty);
      return;
    }
    const available = Math.min(length, Math.max(0, stats.size - offset));
    if (available === 0) {
      done(null, empty);
      return;
    }
    const bytes = Buffer.allocUnsafeSlow(available);
    const readOn = (filled: number): void => {
      fs.read(fd, bytes, filled, available - filled, offset + filled, (error, count) => {
        if (error !== null) done(error, empty);
        else if (count === 0) done(null, bytes.slice(0, filled));
        else if (filled + count < available) readOn(filled + count);
        else done(null, bytes);
      });
    };
    readOn(0);
  });
}
