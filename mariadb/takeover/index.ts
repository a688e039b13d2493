export { takeOver, type TakenOver, type TakeoverOptions, type TakeoverStep } from './take_over.ts';
export { TakeoverError } from './takeover_error.ts';
