import type { Draft } from '../state.ts';
import type { Millis } from '../vocabulary/units.ts';
import { setLeadership } from './progress.ts';
import { sendEmptyAppend } from './replicate.ts';
import type { Leadership } from './state.ts';

/** How long an append has time to bring the news. What is committed meanwhile waits for the next time, so twice as long at most. */
const COMMIT_NOTICE_MS: Millis = 5;

/**
 * Whoever reads from a follower sees a record once that follower knows it to be committed. The next append tells it; when
 * none comes, an empty one does. Not at once, as etcd has it: one message for all that was committed meanwhile, and none
 * where an append was faster.
 */
export function noticeCommit(d: Draft): void {
  const { leadership, commit } = d.replica;
  if (leadership === undefined) return;
  const { notice } = leadership;
  if (notice !== undefined) {
    if (d.now < notice.at) return;
    for (const [peer, progress] of Object.entries(leadership.progress)) {
      // Whoever is still probed may not be there; heartbeats find out.
      if (progress.state === 'replicate' && progress.toldCommit < notice.index) sendEmptyAppend(d, peer, progress);
    }
  }
  const next = isToldToAll(d.replica.leadership, commit.index)
    ? undefined
    : { index: commit.index, at: d.now + COMMIT_NOTICE_MS };
  if (next !== notice) setLeadership(d, { notice: next });
}

function isToldToAll(leadership: Leadership | undefined, index: number): boolean {
  for (const id in leadership?.progress) {
    const progress = leadership.progress[id];
    if (progress?.state === 'replicate' && progress.toldCommit < index) return false;
  }
  return true;
}
