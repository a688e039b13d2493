/** How often a test kills something at another moment: `usual`, or ROUNDS of the environment, as `make chaos` has it. */
export function roundsOf(usual: number): number {
  const asked = process.env['ROUNDS'];
  if (asked === undefined || asked === '') return usual;
  const count = Number(asked);
  if (!Number.isSafeInteger(count) || count < 1) throw new Error(`ROUNDS=${asked} should be a whole number from 1 on.`);
  return count;
}

/** 0, 1, 2, … of these. */
export function eachRound(usual: number): readonly number[] {
  return Array.from({ length: roundsOf(usual) }, (_, round) => round);
}
