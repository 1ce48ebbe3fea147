import { expect, test } from 'vitest';
import { calendarWords, goalWords } from '#lib/components/lifecycle/goal-words.ts';

test.each([
  [{ business: 'PT24H' }, '24 business hours'],
  [{ business: 'P1D' }, '1 business day'],
  [{ business: 'P1DT4H' }, '1 business day 4 business hours'],
  [{ business: 'PT90M' }, '90 business minutes'],
  [{ wall: 'P30D' }, '30 days, wall clock'],
  [{ wall: 'PT1H' }, '1 hour, wall clock'],
  [{ end_of_business_day: 0 }, 'the end of the same business day'],
  [{ end_of_business_day: 1 }, 'the end of the 1st business day'],
  [{ end_of_business_day: 2 }, 'the end of the 2nd business day'],
  [{ end_of_business_day: 12 }, 'the end of the 12th business day'],
  [{ end_of_business_day: 23 }, 'the end of the 23rd business day'],
  [{ end_of_business_day: 111 }, 'the end of the 111th business day']
])('%j is %s', (goal, words) => expect(goalWords(goal)).toBe(words));

test('a calendar says whose hours count', () => {
  expect(calendarWords(null)).toBe('every hour counts');
  expect(calendarWords('log')).toBe("hours of the log's calendar");
  expect(calendarWords({ office: 'BER' })).toBe('hours of office BER');
  expect(calendarWords({ function: 'finance_operations' })).toBe('hours of Finance Operations');
  expect(calendarWords({ function: 'own_desk' })).toBe('hours of Own desk');
});
