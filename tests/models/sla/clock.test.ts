import { describe, expect, test } from 'vitest';
import { verdict, type Cycle } from '#models/sla/clock.ts';
import { readFacts } from '#models/sla/signals.ts';
import { at, berlin, clockCalendar, cyclesAt, facts, HOUR, iso, policy } from './fixture.ts';

// Berlin in July is two hours before UTC: 09:00 is 07:00Z, 17:00 is 15:00Z. 1 July 2024 is a Monday.
const only = (cycles: Cycle[]): Cycle => {
  expect(cycles).toHaveLength(1);
  return cycles[0] as Cycle;
};
const state = (asOf: string, ...lines: string[]) => cyclesAt(asOf, facts(...lines)).map((cycle) => cycle.state);

describe('a deadline in business time', () => {
  test('is the end of the window in which the goal is used up, and not the begin of the next', () => {
    const cycle = only(cyclesAt('2024-07-01T10:00Z', facts('start 2024-07-01T07:00Z')));
    expect([cycle.state, cycle.open, iso(cycle.due_at), cycle.elapsed_ms / HOUR]).toEqual([
      'running',
      true,
      '2024-07-01T15:00:00.000Z',
      3
    ]);
  });

  test.each([
    // Monday 09:00 and 7 h: due at 17:00. Equal is met; a millisecond more is not.
    ['2024-07-01T15:00:00.000Z', 'met'],
    ['2024-07-01T15:00:00.001Z', 'breached'],
    // Nobody works in the evening, and yet the deadline has passed.
    ['2024-07-01T20:00:00.000Z', 'breached']
  ])('stopped at %s: %s', (stop, expected) => {
    const cycle = only(cyclesAt('2024-07-05T10:00Z', facts('start 2024-07-01T07:00Z', `stop ${stop}`)));
    expect([cycle.state, cycle.open, cycle.ended]).toEqual([expected, false, 'stopped']);
    expect(iso(cycle.breached_at)).toBe(expected === 'breached' ? '2024-07-01T15:00:00.000Z' : null);
  });

  test.each([
    ['2024-07-01T15:00:00.000Z', 'running'],
    ['2024-07-01T15:00:00.001Z', 'breached']
  ])('open at %s: %s', (now, expected) => {
    expect(state(now, 'start 2024-07-01T07:00Z')).toEqual([expected]);
  });

  test('over a weekend: Friday 16:00 and 7 h are Monday 16:00', () => {
    const cycle = only(cyclesAt('2024-07-05T14:30Z', facts('start 2024-07-05T14:00Z')));
    expect(iso(cycle.due_at)).toBe('2024-07-08T14:00:00.000Z');
  });

  test('started at night: the clock waits for the morning', () => {
    const cycle = only(cyclesAt('2024-07-02T08:00Z', facts('start 2024-07-01T21:00Z')));
    expect([cycle.elapsed_ms / HOUR, iso(cycle.due_at)]).toEqual([1, '2024-07-02T15:00:00.000Z']);
  });

  test('days are as long as the calendar’s usual day: P2D are 14 h here', () => {
    const cycle = only(
      cyclesAt('2024-07-01T08:00Z', facts('start 2024-07-01T07:00Z'), policy({ goal: { business: 'P2D' } }))
    );
    expect([cycle.goal_ms, iso(cycle.due_at)]).toEqual([14 * HOUR, '2024-07-02T15:00:00.000Z']);
  });

  test('beyond the calendar nobody knows it, and nothing is late', () => {
    const of = policy({ goal: { business: 'P900D' } });
    const cycle = only(cyclesAt('2024-07-01T08:00Z', facts('start 2024-07-01T07:00Z'), of));
    expect([cycle.state, cycle.due_at]).toEqual(['running', null]);
  });
});

describe('on the wall clock', () => {
  test('every hour counts, and no calendar is needed', () => {
    const of = policy({ goal: { wall: 'PT72H' } });
    const cycle = only(
      cyclesAt('2024-07-10T00:00Z', facts('start 2024-07-05T14:00Z', 'stop 2024-07-08T14:00Z'), of, null)
    );
    expect([cycle.state, cycle.elapsed_ms / HOUR, iso(cycle.due_at)]).toEqual(['met', 72, '2024-07-08T14:00:00.000Z']);
  });
});

describe('by the end of a business day', () => {
  const by = (n: number) =>
    policy({
      goal: { end_of_business_day: n },
      pause: [],
      resume: [],
      on_restart: 'new_cycle'
    });
  const due = (n: number, start: string, calendar = berlin) =>
    iso(only(cyclesAt('2024-12-01T00:00Z', facts(`start ${start}`), by(n), calendar)).due_at);

  test.each([
    // Monday 10:00: its own end, Tuesday's, Wednesday's.
    [0, '2024-07-01T08:00Z', '2024-07-01T15:00:00.000Z'],
    [1, '2024-07-01T08:00Z', '2024-07-02T15:00:00.000Z'],
    [2, '2024-07-01T08:00Z', '2024-07-03T15:00:00.000Z'],
    // At its end or after, and on a Sunday, the next day counts.
    [0, '2024-07-01T15:00Z', '2024-07-02T15:00:00.000Z'],
    [0, '2024-07-07T08:00Z', '2024-07-08T15:00:00.000Z'],
    // Friday: the first day after it is Monday.
    [1, '2024-07-05T08:00Z', '2024-07-08T15:00:00.000Z'],
    // 23:30 UTC on Sunday is Monday in Berlin already.
    [1, '2024-07-07T23:30Z', '2024-07-09T15:00:00.000Z'],
    // Over the night when clocks go back, 17:00 is 16:00Z.
    [1, '2024-10-25T08:00Z', '2024-10-28T16:00:00.000Z']
  ])('day %d after %s: %s', (n, start, expected) => {
    expect(due(n, start)).toBe(expected);
  });

  test('a holiday is none, an exception is what it says', () => {
    const more = {
      holidays: ['2024-07-02'],
      exceptions: { '2024-07-03': [['09:00', '11:00']] }
    };
    expect(due(1, '2024-07-01T08:00Z', clockCalendar(undefined, more))).toBe('2024-07-03T09:00:00.000Z');
  });

  test('a night shift is of the day on which it begins', () => {
    const nights = clockCalendar({
      mon: [['22:00', '06:00']],
      wed: [['22:00', '06:00']]
    });
    // Tuesday 03:00 is in Monday's shift; it ends at 06:00, and the next is Wednesday's.
    expect(due(0, '2024-07-02T01:00Z', nights)).toBe('2024-07-02T04:00:00.000Z');
    expect(due(1, '2024-07-02T01:00Z', nights)).toBe('2024-07-04T04:00:00.000Z');
  });

  test('with warning at a share of the working time up to it', () => {
    const of = policy({
      goal: { end_of_business_day: 1 },
      pause: [],
      resume: [],
      warn_at: 0.5
    });
    // Monday 09:00 to Tuesday 17:00 are 14 h; half of them are used up on Monday at 17:00.
    const cycle = only(cyclesAt('2024-07-01T15:00:00.001Z', facts('start 2024-07-01T07:00Z'), of));
    expect([cycle.goal_ms, iso(cycle.warned_at), cycle.state]).toEqual([
      14 * HOUR,
      '2024-07-01T15:00:00.000Z',
      'running'
    ]);
  });
});

describe('pauses', () => {
  const paused = ['start 2024-07-01T07:00Z', 'pause 2024-07-01T09:00Z'];

  test('do not count, and while paused there is no deadline', () => {
    const cycle = only(cyclesAt('2024-07-03T10:00Z', facts(...paused)));
    expect([cycle.state, cycle.elapsed_ms / HOUR, cycle.due_at]).toEqual(['paused', 2, null]);
    const again = only(cyclesAt('2024-07-03T10:00Z', facts(...paused, 'resume 2024-07-03T08:00Z')));
    // Five hours are left on Wednesday at 10:00: due at 16:00 with the lunch hour.
    expect([again.state, again.elapsed_ms / HOUR, iso(again.due_at)]).toEqual([
      'running',
      4,
      '2024-07-03T14:00:00.000Z'
    ]);
  });

  test('pause at the instant of the breach: it is in time', () => {
    expect(state('2024-07-09T00:00Z', 'start 2024-07-01T07:00Z', 'pause 2024-07-01T15:00Z')).toEqual(['paused']);
    const lines = ['start 2024-07-01T07:00Z', 'pause 2024-07-01T15:00Z', 'resume 2024-07-02T07:00Z'];
    // Resumed with nothing left: any time beyond is too late.
    expect(state('2024-07-02T07:00Z', ...lines)).toEqual(['running']);
    expect(state('2024-07-02T07:00:00.001Z', ...lines)).toEqual(['breached']);
  });

  test('pause a millisecond after the breach: it is late, and stays so', () => {
    const lines = ['start 2024-07-01T07:00Z', 'pause 2024-07-01T15:00:00.001Z'];
    const cycle = only(cyclesAt('2024-07-09T00:00Z', facts(...lines)));
    expect([cycle.state, iso(cycle.breached_at), cycle.open]).toEqual(['breached', '2024-07-01T15:00:00.000Z', true]);
  });

  test('pause and stop at one instant: it stops, in whichever order they are written', () => {
    const lines = ['pause 2024-07-01T09:00Z', 'stop 2024-07-01T09:00Z', 'start 2024-07-01T07:00Z'];
    expect(state('2024-07-09T00:00Z', ...lines)).toEqual(['met']);
    expect(state('2024-07-09T00:00Z', ...lines.toReversed())).toEqual(['met']);
  });

  test('stop > cancel > pause > resume > start at one instant', () => {
    const one = '2024-07-01T09:00Z';
    expect(state('2024-07-09T00:00Z', 'start 2024-07-01T07:00Z', `cancel ${one}`, `stop ${one}`)).toEqual(['met']);
    expect(state('2024-07-01T10:00Z', 'start 2024-07-01T07:00Z', `resume ${one}`, `pause ${one}`)).toEqual(['running']);
    // A pause that comes with the start meets no clock yet.
    expect(state('2024-07-01T10:00Z', `start ${one}`, `pause ${one}`)).toEqual(['running']);
    // And a stop at the instant of the start meets it at once.
    expect(state('2024-07-01T10:00Z', `start ${one}`, `stop ${one}`)).toEqual(['met']);
  });

  test('over the night when clocks change they are instants: 23 h and 25 h', () => {
    const always = clockCalendar({
      sat: [['00:00', '24:00']],
      sun: [['00:00', '24:00']]
    });
    const counted = (from: string, to: string) =>
      only(cyclesAt(to, facts(`start ${from}`), policy({ goal: { business: 'P9D' } }), always)).elapsed_ms / HOUR;
    expect(counted('2024-03-30T23:00Z', '2024-03-31T22:00Z')).toBe(23);
    expect(counted('2024-10-26T22:00Z', '2024-10-27T23:00Z')).toBe(25);
  });
});

describe('a case that is opened again', () => {
  // Two hours on Monday, then again from Wednesday 09:00.
  const lines = ['start 2024-07-01T07:00Z', 'stop 2024-07-01T09:00Z', 'start 2024-07-03T07:00Z'];
  const as = (on_restart: string) => cyclesAt('2024-07-03T08:00Z', facts(...lines), policy({ on_restart }));

  test('is left alone', () => {
    expect(as('ignore').map((cycle) => [cycle.state, cycle.elapsed_ms / HOUR])).toEqual([['met', 2]]);
  });

  test('begins a cycle of its own, and the old verdict stays', () => {
    expect(as('new_cycle').map((cycle) => [cycle.cycle, cycle.state, cycle.elapsed_ms / HOUR])).toEqual([
      [1, 'met', 2],
      [2, 'running', 1]
    ]);
  });

  test('goes on where it stopped: what was between does not count', () => {
    const cycle = only(as('resume'));
    expect([cycle.state, cycle.elapsed_ms / HOUR, iso(cycle.due_at)]).toEqual([
      'running',
      3,
      '2024-07-03T13:00:00.000Z'
    ]);
    expect(cycle.spans.map(({ kind, counted_ms }) => [kind, counted_ms / HOUR])).toEqual([
      ['running', 2],
      ['stopped', 0],
      ['running', 1]
    ]);
  });

  test('counts in total: it has been late since Monday’s end', () => {
    const cycle = only(as('total'));
    expect([cycle.state, iso(cycle.breached_at), cycle.elapsed_ms / HOUR]).toEqual([
      'breached',
      '2024-07-01T15:00:00.000Z',
      2 + 5 + 7 + 1
    ]);
  });

  test('after it was called off it begins anew in any case', () => {
    const again = ['start 2024-07-01T07:00Z', 'cancel 2024-07-01T09:00Z', 'start 2024-07-03T07:00Z'];
    expect(state('2024-07-03T08:00Z', ...again)).toEqual(['cancelled', 'running']);
  });
});

describe('facts that come late, twice, in any order, from the future', () => {
  test('done before it was asked for: met at once', () => {
    const cycle = only(cyclesAt('2024-07-09T00:00Z', facts('stop 2024-06-28T10:00Z', 'start 2024-07-01T07:00Z')));
    expect([cycle.state, cycle.elapsed_ms, iso(cycle.ended_at), cycle.evidence]).toEqual([
      'met',
      0,
      '2024-07-01T07:00:00.000Z',
      { start: 2, end: 1 }
    ]);
  });

  test('only before the first: a stop between two cycles ends the first', () => {
    const lines = [
      'start 2024-07-01T07:00Z',
      'stop 2024-07-01T09:00Z',
      'stop 2024-07-02T09:00Z',
      'start 2024-07-03T07:00Z'
    ];
    const cycles = cyclesAt('2024-07-03T08:00Z', facts(...lines), policy({ on_restart: 'new_cycle' }));
    expect(cycles.map((cycle) => cycle.state)).toEqual(['met', 'running']);
  });

  test('a late event changes the verdict that was', () => {
    const known = facts('start 2024-07-01T07:00Z');
    expect(cyclesAt('2024-07-02T07:00Z', known)[0]?.state).toBe('breached');
    const all = facts('start 2024-07-01T07:00Z', 'stop 2024-07-01T14:00Z');
    expect(cyclesAt('2024-07-02T07:00Z', all)[0]?.state).toBe('met');
  });

  test('a future event is not known yet, and wakes the clock when it comes', () => {
    const list = facts('start 2024-07-01T07:00Z', 'stop 2024-07-01T09:00Z');
    const now = verdict(list, policy(), berlin, at('2024-07-01T08:00Z'));
    expect([now.cycles[0]?.state, iso(now.next)]).toEqual(['running', '2024-07-01T09:00:00.000Z']);
    const never = verdict(facts('start 2030-01-01T00:00Z'), policy(), berlin, at('2024-07-01T08:00Z'));
    expect([never.cycles, iso(never.next)]).toEqual([[], '2030-01-01T00:00:00.000Z']);
  });

  test('in a replay a fact is known when it was recorded', () => {
    const list = facts('start 2024-07-01T07:00Z', 'stop 2024-07-01T09:00Z 2024-07-04T12:00Z');
    expect(cyclesAt('2024-07-03T00:00Z', list)[0]?.state).toBe('breached');
    expect(cyclesAt('2024-07-04T12:00Z', list)[0]?.state).toBe('met');
  });

  test('cancelled before the deadline it is called off; after it, it was late', () => {
    expect(state('2024-07-09T00:00Z', 'start 2024-07-01T07:00Z', 'cancel 2024-07-01T15:00Z')).toEqual(['cancelled']);
    const late = only(cyclesAt('2024-07-09T00:00Z', facts('start 2024-07-01T07:00Z', 'cancel 2024-07-02T08:00Z')));
    expect([late.state, late.ended, late.open]).toEqual(['breached', 'cancelled', false]);
  });

  test('one activity that starts and resumes', () => {
    const of = policy({
      start: ['submitted'],
      resume: ['submitted'],
      pause: ['returned']
    });
    const list = facts('submitted 2024-07-01T07:00Z', 'returned 2024-07-01T08:00Z', 'submitted 2024-07-02T07:00Z');
    const cycle = only(cyclesAt('2024-07-02T09:00Z', list, of));
    expect([cycle.state, cycle.elapsed_ms / HOUR]).toEqual(['running', 3]);
  });
});

describe('when to look again', () => {
  const next = (asOf: string, lines: string[], more = {}) =>
    iso(verdict(facts(...lines), policy(more), berlin, at(asOf)).next);

  test('after the warning, after the deadline, never once it is late, paused or done', () => {
    const lines = ['start 2024-07-01T07:00Z'];
    expect(next('2024-07-01T08:00Z', lines, { warn_at: 0.5 })).toBe('2024-07-01T11:30:00.001Z');
    expect(next('2024-07-01T12:00Z', lines, { warn_at: 0.5 })).toBe('2024-07-01T15:00:00.001Z');
    expect(next('2024-07-01T16:00Z', lines)).toBeNull();
    expect(next('2024-07-01T12:00Z', [...lines, 'pause 2024-07-01T09:00Z'])).toBeNull();
    expect(next('2024-07-01T12:00Z', [...lines, 'stop 2024-07-01T09:00Z'])).toBeNull();
  });
});

describe('facts as text', () => {
  test('are read as they are kept', () => {
    expect(readFacts('7,1000,1;9,2000,0,5000', ['a', 'b'])).toEqual([
      { no: 7, at: 1000, activity: 'b', place: 0 },
      { no: 9, at: 2000, activity: 'a', place: 1, seen: 5000 }
    ]);
    expect(readFacts('', ['a'])).toEqual([]);
    expect(() => readFacts('7,1000,2', ['a', 'b'])).toThrow('"7,1000,2" is no fact');
  });
});

describe('holiday added later, calendar edited', () => {
  test('the same facts, another calendar, another verdict: a pure function of both', () => {
    const list = facts('start 2024-07-01T14:00Z', 'stop 2024-07-03T10:00Z');
    expect(cyclesAt('2024-07-09T00:00Z', list)[0]?.state).toBe('breached');
    const free = clockCalendar(undefined, { holidays: ['2024-07-02'] });
    const cycle = only(cyclesAt('2024-07-09T00:00Z', list, policy(), free));
    expect([cycle.state, cycle.elapsed_ms / HOUR]).toEqual(['met', 4]);
  });

  test('window past midnight, split shift, 24:00 end: half-open', () => {
    const nights = clockCalendar({
      mon: [['20:00', '24:00']],
      tue: [['00:00', '04:00']]
    });
    const of = policy({ goal: { business: 'PT8H' } });
    const cycle = only(cyclesAt('2024-07-02T02:00:00Z', facts('start 2024-07-01T18:00Z'), of, nights));
    expect([cycle.state, cycle.elapsed_ms / HOUR, iso(cycle.due_at)]).toEqual([
      'running',
      8,
      '2024-07-02T02:00:00.000Z'
    ]);
  });
});
