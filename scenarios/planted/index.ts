import { ANSWERS_MISTAKES } from './answers.ts';
import { ELECTIONS_MISTAKES } from './elections.ts';
import { IDENTITY_MISTAKES } from './identity.ts';
import type { PlantedMistake } from './mistake.ts';
import { REPLICATION_MISTAKES } from './replication.ts';
import { STORAGE_MISTAKES } from './storage.ts';

export type { PlantedMistake } from './mistake.ts';

/** Classic mistakes of consensus and storage, each of which a campaign must find (`make planted`). */
export const PLANTED_MISTAKES: readonly PlantedMistake[] = [
  ...ELECTIONS_MISTAKES,
  ...REPLICATION_MISTAKES,
  ...STORAGE_MISTAKES,
  ...ANSWERS_MISTAKES,
  ...IDENTITY_MISTAKES,
];
