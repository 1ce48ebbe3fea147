import { expect, test } from 'vitest';
import { fieldsOf, goalOf } from '#lib/components/lifecycle/goal-fields.ts';

test.each([
  [{ business: 'PT24H' }, 24, 'business-hours'],
  [{ business: 'P3D' }, 3, 'business-days'],
  [{ wall: 'PT72H' }, 72, 'wall-hours'],
  [{ wall: 'P45D' }, 45, 'wall-days'],
  [{ end_of_business_day: 2 }, 2, 'end-of-day']
] as const)('%j is in two fields and back', (goal, count, unit) => {
  expect(fieldsOf(goal)).toEqual({ count, unit });
  expect(goalOf(count, unit)).toEqual(goal);
});

test.each([{ business: 'P1DT4H' }, { wall: 'PT90M' }])('%j is more than two fields can say', (goal) => {
  expect(fieldsOf(goal)).toBeNull();
});
