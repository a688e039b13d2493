export * from './config.ts';
export * from './disk.ts';
export * from './effects.ts';
export * from './events.ts';
export * from './observations.ts';
export * from './requests.ts';
export * from './units.ts';
