import { createNode, entryAt, inspect, nextDeadline, step } from '../engine/index.ts';
import { describeMessage } from '../engine/wire/describe.ts';
import type { EngineUnderTest } from './engine_under_test.ts';

/** The engine as it is. */
export const REAL_ENGINE: EngineUnderTest = {
  createNode,
  step,
  nextDeadline,
  inspect,
  entryAt,
  describeMessage,
} as EngineUnderTest;
