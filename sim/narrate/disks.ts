import type { DiskOperation } from '../../engine/vocabulary/index.ts';
import { describeOperation, writtenBytes } from '../disk/perform.ts';

type Stages = readonly (readonly DiskOperation[])[];

/** How many stages it takes to replace a file as a whole: see `replaceFile` in engine/journal. */
const REPLACEMENT_STAGES = 5;

/** What a disk is asked to do. */
export function describeStages(stages: Stages): string {
  const steps: string[] = [];
  for (let at = 0; at < stages.length; ) {
    const replacement = describeReplacement(stages.slice(at, at + REPLACEMENT_STAGES));
    steps.push(replacement ?? (stages[at] ?? []).map(describeOperation).join(', '));
    at += replacement === undefined ? 1 : REPLACEMENT_STAGES;
  }
  return steps.join('; then ');
}

/** A new file beside the old one, written and synced, renamed, and the directory synced: told as the one thing that it is. */
function describeReplacement(stages: Stages): string | undefined {
  const operations = stages.flat();
  const [, write, , rename] = operations;
  if (operations.map(({ op }) => op).join() !== 'truncate,write,sync,rename,syncDirectory') return undefined;
  if (write?.op !== 'write' || rename?.op !== 'rename' || rename.from !== write.file) return undefined;
  return `replace ${rename.to} by ${writtenBytes(write)} bytes`;
}
