import type { PlantedMistake } from './mistake.ts';

/** Bytes on disks and wires. */
export const STORAGE_MISTAKES: readonly PlantedMistake[] = [
  {
    name: 'acknowledge before sync',
    source: 'Pillai et al., "All File Systems Are Not Created Equal", OSDI 2014: written is not durable',
    file: 'engine/journal/write.ts',
    find: 'const id = disk(d, [writes, syncs]);\n  changeJournal(d, {\n    writtenIndex: last,',
    replace: 'const id = disk(d, [writes]);\n  changeJournal(d, {\n    writtenIndex: last,',
  },
  {
    name: 'count a hole as a match',
    source: 'Alagappan et al., "Protocol-Aware Recovery for Consensus-Based Storage", FAST 2018',
    file: 'engine/journal/log.ts',
    find: 'return Math.min(journal.durableIndex, intactIndex(journal));',
    replace: 'return journal.durableIndex;',
  },
  {
    name: 'trust the page cache after a failed sync',
    source: 'Rebello et al., "Can Applications Recover from fsync Failures?", USENIX ATC 2020 (PostgreSQL, 2018)',
    file: 'engine/journal/recovery/recover.ts',
    find: 'const operation = disk(d, rewriteSegment(segment, bytes ?? new Uint8Array(0), journal));',
    replace: 'const operation = disk(d, rewriteSegment(segment, bytes ?? new Uint8Array(0), journal).slice(0, 0));',
  },
  {
    name: 'go on after a failed sync',
    source: 'PostgreSQL, 2018 ("fsyncgate"): the second fsync succeeds, and the pages are gone',
    file: 'engine/journal/write.ts',
    find: "  halt(d, 'fault', `the log could not be written (${what}); this replica stops, start it again when the disk is well`);",
    replace: '  if (what.length > 0) logWriteDone(d);',
  },
  {
    name: 'forget to sync the directory',
    source: "Pillai et al., OSDI 2014: a file's own sync does not make its name last",
    file: 'engine/journal/write.ts',
    find: "if (newIdentifiers) syncs.push({ op: 'syncDirectory', directory: 'identifiers' });",
    replace: "if (newIdentifiers && syncs.length === 0) syncs.push({ op: 'syncDirectory', directory: 'identifiers' });",
  },
  {
    name: 'rename without syncing the new file',
    source: 'ext4 and the zero-length files of 2009: the name arrives before the bytes',
    file: 'engine/journal/replace.ts',
    find: "    [{ op: 'sync', file: unfinished }],\n",
    replace: '',
  },
  {
    name: 'rename without syncing the directory',
    source: 'Pillai et al., OSDI 2014: the old file may come back',
    file: 'engine/journal/replace.ts',
    find: "    [{ op: 'syncDirectory', directory: directoryOf(file) }],\n",
    replace: '',
  },
  {
    name: 'a completion proves what has been truncated since',
    source: 'the append ABA race, etcd-io/raft, issue 12136 and its test of asynchronous storage writes',
    file: 'engine/journal/write.ts',
    find: 'const proven = Math.min(write.lastIndex, (journal.truncateFrom ?? Number.MAX_SAFE_INTEGER) - 1);',
    replace: 'const proven = write.lastIndex;',
  },
  {
    name: 'truncate on rot',
    source: 'Alagappan et al., FAST 2018: treating rot as a crash throws acknowledged entries away',
    file: 'engine/journal/recovery/rebuild.ts',
    find: '    if (body === undefined) {\n      holes = holes.set(identifier.index, { identifier, segment: segment.firstIndex, framesLsn, recordCount });\n    } else {',
    replace: '    if (body === undefined) break;\n    else {',
  },
  {
    name: 'seal what is not committed yet',
    source: "this project's format: a sealed segment never changes, so what it holds must never be truncated",
    file: 'engine/journal/seal.ts',
    find: 'const settled = Math.min(commitIndex, acknowledgeableIndex(journal));',
    replace: 'const settled = Math.max(commitIndex, acknowledgeableIndex(journal));',
  },
  {
    name: 'serve a frame without checking its sum',
    source: 'Bairavasundaram et al., "An Analysis of Data Corruption in the Storage Stack", FAST 2008',
    file: 'engine/journal/reading.ts',
    find: 'return crc32c(frameData(frame)) === identifier.checksum ? frame : undefined;',
    replace: 'return crc32c(frameData(frame)) >= 0 ? frame : undefined;',
  },
  {
    name: 'believe a message without checking its sum',
    source: 'Amazon S3, July 2008: one flipped bit in gossip, believed by all, and eight hours of outage',
    file: 'engine/wire/codec.ts',
    find: 'if (reader.u32() !== MAGIC || !holds32(bytes, end, crc32c(bytes, 0, end))) return undefined;',
    replace: 'if (reader.u32() !== MAGIC || crc32c(bytes, 0, end) < 0) return undefined;',
  },
];
