/** Kinds of files of a data directory (docs/format.md). */
export type FileArea = 'frames' | 'identifiers' | 'termAndVote' | 'identity' | 'manifest' | 'control';

/** Undefined for a file that is not part of the format. */
export function areaOf(path: string): FileArea | undefined {
  if (path.startsWith('wal/wal_')) return 'frames';
  if (path.startsWith('identifiers/identifiers_')) return 'identifiers';
  if (path.startsWith('identifiers/manifest')) return 'manifest';
  if (path.startsWith('control/')) return 'control';
  if (path.startsWith('term-and-vote')) return 'termAndVote';
  return path.startsWith('identity') ? 'identity' : undefined;
}
