import { problem, type Reply, success } from './reply.ts';
import type { Service } from './service.ts';

/** `GET /livez`: the process runs and answers. A fault that it cannot go on after ends it, so there is no other answer. */
export function livez(): Reply {
  return success({});
}

/** `GET /readyz`: whether a request sent here now can be dealt with, by this replica or by the leader it knows. */
export function readyz(service: Service): Reply {
  const { phase, leader, trouble } = service.node.status();
  if (phase === 'member' && leader !== undefined) return success({ leader: leader.replicaId });
  return problem(503, 'not_ready', `Not ready: ${trouble ?? WHY[phase]}.`);
}

const WHY = {
  recovering: 'this replica is reading its disk',
  founding: 'the cluster is not founded yet: every replica must be up once',
  member: 'no leader is known',
  halted: 'this replica has stopped',
} as const;
