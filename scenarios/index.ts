/** Scenarios with a meaning, and the mistakes that the simulator must find. */
export { PLANTED_MISTAKES, type PlantedMistake } from './planted/index.ts';
