import fc from 'fast-check';

/**
 * How much of a whole, evenly drawn, both ends among them. Not `fc.double`: it draws evenly among the numbers a double
 * can be, and half of those between 0 and 1 are smaller than 1e-154.
 */
export const fraction = (max = 1) => fc.integer({ min: 0, max: Math.round(max * 100) }).map((percent) => percent / 100);
