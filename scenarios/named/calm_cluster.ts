import { replica, scenario, type ScenarioBuilder } from '../builder/index.ts';

/** When the clusters of most scenarios have a leader and stand still: the story begins there. */
export const STORY_BEGINS_MS = 1_000;

/** A calm cluster whose founding and first election are over before anything is told: replica-1 leads term 1. */
export function calmCluster(replicas = 3): ScenarioBuilder {
  return scenario()
    .replicas(replicas)
    .detail('nothing')
    .at(100)
    .timeOut(replica(1))
    .at(STORY_BEGINS_MS)
    .say('All is calm, and replica-1 leads term 1.')
    .showLogs()
    .detail('protocol');
}
