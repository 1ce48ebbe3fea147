import type { FixtureEvent } from './fixture.ts';

const day = '2020-01-01T';

/**
 * Four cases that hold a bit of all. `1`: A B B A, a self-loop and a loop-back, in an hour. `2`: A C B, nobody known at
 * C, in 50 minutes. `3`: A alone. `4`: A C B in a microsecond; A and C at one time, so the file's order decides.
 */
export const fourCases: FixtureEvent[] = [
  { case: '1', activity: 'A', at: `${day}00:00:00Z`, resource: 'ann', team: 'x' },
  { case: '2', activity: 'A', at: `${day}00:00:00Z`, resource: 'ann', team: 'x' },
  { case: '4', activity: 'A', at: `${day}00:05:00Z`, resource: 'ann' },
  { case: '4', activity: 'C', at: `${day}00:05:00Z`, resource: 'bob' },
  { case: '4', activity: 'B', at: `${day}00:05:00.000001Z`, resource: 'ann' },
  { case: '1', activity: 'B', at: `${day}01:10:00+01:00`, resource: 'bob', team: 'y' },
  { case: '2', activity: 'C', at: `${day}00:20:00Z` },
  { case: '1', activity: 'A', at: `${day}01:00:00Z`, resource: 'ann', team: 'x' },
  { case: '1', activity: 'B', at: `${day}00:30:00Z`, resource: 'bob', team: 'y' },
  { case: '2', activity: 'B', at: `${day}00:50:00Z`, resource: 'bob', team: 'y' },
  { case: '3', activity: 'A', at: `${day}02:00:00Z` }
];
