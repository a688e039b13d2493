import type { Observation } from '../../engine/vocabulary/index.ts';

/** What a replica noticed or did, said of it. */
export function describeObservation(observation: Observation): string {
  switch (observation.what) {
    case 'recovered': {
      const { boot, term, lastIndex, lastLsn, holes, tornEntries } = observation;
      const torn = tornEntries === 0 ? '' : `, ${tornEntries} torn ${tornEntries === 1 ? 'entry' : 'entries'} cut`;
      const missing = holes === 0 ? '' : `, ${holes} ${holes === 1 ? 'hole' : 'holes'}`;
      return `has recovered: start ${boot}, term ${term}, log up to entry ${lastIndex}, LSN ${lastLsn}${torn}${missing}`;
    }
    case 'founded':
      return `the cluster is founded: ${observation.members.join(', ')}`;
    case 'refused':
      return describeRefusal(observation.peer, observation.sentence);
    case 'roleChanged':
      return describeRole(observation);
    case 'committed':
      return `has committed up to entry ${observation.index}${observation.lsn === 0n ? '' : `, LSN ${observation.lsn}`}`;
    case 'truncated':
      return observation.fromIndex === observation.lastIndex
        ? `cuts entry ${observation.fromIndex} from its log`
        : `cuts entries ${observation.fromIndex} to ${observation.lastIndex} from its log`;
    case 'segmentSealed':
      return `has sealed entries ${observation.firstIndex} to ${observation.lastIndex}`;
    case 'holeFilled':
      return `has the bytes of entry ${observation.index} again`;
    case 'holeDiscarded':
      return `gives up the hole at entry ${observation.index} and all up to ${observation.lastIndex}`;
    case 'damageFound':
      return `finds damage in ${observation.file}: ${observation.sentence}`;
    case 'diskStalled':
      return `its disk has stalled for ${Math.round(observation.sinceMs)} ms`;
    case 'messageDropped':
      return `drops a message: ${observation.sentence}`;
  }
}

function describeRole({ role, term, leader, why }: Observation & { what: 'roleChanged' }): string {
  switch (role) {
    case 'leader':
      return `LEADS term ${term}: ${why}`;
    case 'candidate':
      return `stands for election in term ${term}: ${why}`;
    case 'preCandidate':
      return `asks whether it would be elected in term ${term + 1}: ${why}`;
    case 'follower':
      return leader === undefined ? `follows nobody yet in term ${term}: ${why}` : `follows ${leader} in term ${term}`;
  }
}

/** The sentence says who refuses whom. */
function describeRefusal(peer: string, sentence: string): string {
  const refused = `${peer} refuses this replica: `;
  return sentence.startsWith(refused)
    ? `is turned away by ${peer}: ${sentence.slice(refused.length)}`
    : `turns ${peer} away: ${sentence}`;
}
