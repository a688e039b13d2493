import type { StreamOptions, StreamResult, WalStream } from './stream/wal_stream.ts';
import type { WalRecord } from './record.ts';

export type WriteAllOptions = StreamOptions;
export type WriteAllResult = StreamResult;

/**
 * Writes everything that `records` gives, reading it no further than the window.
 *
 * @throws the error of the first record in order that failed, or of `records`. Later ones may or may not have been
 * stored; the stream has ended when this throws.
 */
export async function writeAll(
  records: AsyncIterable<WalRecord> | Iterable<WalRecord>,
  stream: WalStream,
): Promise<WriteAllResult> {
  const source = iterate(records);
  try {
    for (;;) {
      // A failure must not wait for a source that has nothing to give at the moment.
      const next = await stream.orFailure(source.next());
      if (next.done === true) break;
      await stream.write(next.value);
    }
    return await stream.end();
  } catch (error) {
    // Not awaited: a generator that waits for input would keep this waiting too.
    source.return?.()?.then(undefined, () => {});
    await stream.abandon();
    throw error;
  }
}

function iterate(records: AsyncIterable<WalRecord> | Iterable<WalRecord>): AsyncIterator<WalRecord> {
  if (Symbol.asyncIterator in records) return records[Symbol.asyncIterator]();
  return (async function* () {
    yield* records;
  })();
}
