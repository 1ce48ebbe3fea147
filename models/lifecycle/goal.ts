import { z } from 'zod';

const daysAndTime = /^P(?=\d|T\d)(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?)?$/;
const Duration = z
  .string()
  .regex(daysAndTime, 'write an ISO 8601 duration of days, hours and minutes, like P2D, PT24H or P1DT4H');

/**
 * How long something may take. `business` counts working time of the team that has it, a day being as long as that
 * team's usual working day; `wall` counts the clock's time, a day being 24 hours.
 *
 * @example Goal.parse({ business: 'PT24H' })
 */
export const Goal = z.union([z.strictObject({ business: Duration }), z.strictObject({ wall: Duration })]);
export type Goal = z.infer<typeof Goal>;

const MINUTE = 60_000;

/**
 * A goal in milliseconds: of working time where it is a business goal.
 *
 * @param hoursPerDay of the calendar that counts; a wall-clock day has 24 whatever is given
 * @example goalMs({ business: 'P2D' }, 8) // 57_600_000
 */
export function goalMs(goal: Goal, hoursPerDay = 8): number {
  const [text, day] = 'business' in goal ? [goal.business, hoursPerDay * 60] : [goal.wall, 24 * 60];
  const [, days = '0', hours = '0', minutes = '0'] = daysAndTime.exec(text) ?? [];
  return (Number(days) * day + Number(hours) * 60 + Number(minutes)) * MINUTE;
}
