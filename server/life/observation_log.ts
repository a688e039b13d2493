import type { Observation } from '../../engine/index.ts';
import type { Logger } from '../log/logger.ts';
import { RateLimit } from '../log/rate_limit.ts';

/** What repeats while its cause lasts is told this often. */
const REPEAT_MS = 30_000;

/** Tells operators, in the log, what the engine observed. */
export function observationLog(log: Logger): (observation: Observation) => void {
  const limit = new RateLimit(REPEAT_MS);
  return (observation) => {
    switch (observation.what) {
      case 'recovered': {
        const { what: _what, ...fields } = observation;
        log.info('recovered what the disk holds', fields);
        return;
      }
      case 'founded':
        log.info('the cluster is founded', {
          clusterId: observation.clusterId,
          members: observation.members.join(','),
        });
        return;
      case 'roleChanged': {
        const { role, term, leader, why } = observation;
        // Without a quorum a replica asks in vain, again and again.
        if (role === 'preCandidate' && !limit.passes('preCandidate')) return;
        log.info(ROLE_WORDS[role], { term, leader, why });
        return;
      }
      case 'refused':
        if (limit.passes(`refused ${observation.peer} ${observation.sentence}`)) {
          log.warn('refused', { peer: observation.peer, why: observation.sentence });
        }
        return;
      case 'messageDropped':
        if (limit.passes(`dropped ${observation.sentence}`)) log.warn('message dropped', { why: observation.sentence });
        return;
      case 'diskStalled':
        if (limit.passes('diskStalled')) log.warn('the disk is slow to answer', { sinceMs: observation.sinceMs });
        return;
      case 'truncated':
        log.info('dropped entries that were never committed', {
          fromIndex: observation.fromIndex,
          lastIndex: observation.lastIndex,
        });
        return;
      case 'holeFilled':
        log.info('a damaged record was filled in from a peer', { index: observation.index });
        return;
      case 'holeDiscarded':
        log.warn('damaged entries that were never committed were dropped', {
          index: observation.index,
          lastIndex: observation.lastIndex,
        });
        return;
      case 'damageFound':
        log.error('damage found', { file: observation.file, what: observation.sentence });
        return;
      case 'committed':
      case 'segmentSealed':
        return;
    }
  };
}

const ROLE_WORDS = {
  follower: 'follows',
  preCandidate: 'asks whether it could win an election',
  candidate: 'stands for election',
  leader: 'leads',
} as const;
