import { expect, test } from 'vitest';
import { ByteBudget, BudgetShare } from './byte_budget.ts';

test('requests share a budget and give back what they took', () => {
  const budget = new ByteBudget(10);
  const one = new BudgetShare(budget);
  const other = new BudgetShare(budget);
  expect([one.take(4), one.take(4), other.take(4), other.take(2)]).toEqual([true, true, false, true]);
  one.giveBack();
  one.giveBack();
  expect([other.take(8), other.take(1)]).toEqual([true, false]);
});
