import type { SlaGoal } from '#lib/automation-client.ts';

/** In what a promise is counted; the last by the end of a day. */
export const goalUnits = [
  { unit: 'business-hours', name: 'business hours' },
  { unit: 'business-days', name: 'business days' },
  { unit: 'wall-hours', name: 'hours, wall clock' },
  { unit: 'wall-days', name: 'days, wall clock' },
  { unit: 'end-of-day', name: 'business days, by the end of the last' }
] as const;
export type GoalUnit = (typeof goalUnits)[number]['unit'];

/** A promise as the two fields say it. */
export function goalOf(count: number, unit: GoalUnit): SlaGoal {
  if (unit === 'end-of-day') return { end_of_business_day: count };
  const [clock, of] = unit.split('-');
  const duration = of === 'days' ? `P${count}D` : `PT${count}H`;
  return clock === 'wall' ? { wall: duration } : { business: duration };
}

/** The fields that say a promise; null for one that they cannot say, of days and hours or of minutes. */
export function fieldsOf(goal: SlaGoal): { count: number; unit: GoalUnit } | null {
  if ('end_of_business_day' in goal) return { count: goal.end_of_business_day, unit: 'end-of-day' };
  const [text, clock] = 'business' in goal ? [goal.business, 'business' as const] : [goal.wall, 'wall' as const];
  const [, count, of] = /^P(?:T(?=\d+H$))?(\d+)([DH])$/.exec(text) ?? [];
  return count === undefined ? null : { count: Number(count), unit: `${clock}-${of === 'D' ? 'days' : 'hours'}` };
}
