export type { Note } from './note.ts';
export { scenario, type ScenarioBuilder } from './scenario_builder.ts';
export { candidate, follower, leader, replica, whoeverDidIt } from './selectors.ts';
