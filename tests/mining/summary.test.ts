import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { summary } from '#mining/summary.ts';
import { fourCases } from './four-cases.ts';
import { openFixture, type Fixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.close());

describe('summary', () => {
  test('counts a log, hand-computed', async () => {
    const context = await fixture.log(fourCases, { cases: { 'never touched': {} } });
    const answer = await summary(context);
    expect(answer).toEqual({
      cases: 4,
      events: 11,
      activities: 3,
      variants: 3,
      // Two variants of one case each: ['A'] is before ['A', 'B', …].
      top_variants: [
        { sequence: ['A', 'C', 'B'], cases: 2 },
        { sequence: ['A'], cases: 1 },
        { sequence: ['A', 'B', 'B', 'A'], cases: 1 }
      ],
      first_event: '2020-01-01T00:00:00.000Z',
      last_event: '2020-01-01T02:00:00.000Z',
      start_activities: { A: 4 },
      end_activities: { A: 2, B: 2 },
      // 0, 0.000001, 3000 and 3600 s.
      case_duration_s: {
        mean: expect.closeTo(1650.00000025, 8) as number,
        median: expect.closeTo(1500.0000005, 8) as number,
        p90: expect.closeTo(3420, 8) as number,
        max: 3600
      },
      self_loop_events: 1,
      loop_back_events: 1,
      loop_back_cases: 1,
      repeated_events: 2,
      resources: 2,
      resource_handoffs: 4,
      resource_handoffs_total_s: 2400,
      top_resource_handoffs: [
        { from: 'ann', to: 'bob', count: 2, mean_s: 300 },
        { from: 'bob', to: 'ann', count: 2, mean_s: 900 }
      ],
      teams: 2,
      closed_cases: 4,
      open_cases: 0,
      end_condition: 'none',
      empty_cases: 1,
      relinked: false
    });
    expect(Object.keys(answer.end_activities)).toEqual(['A', 'B']);
  });

  test('closed-case durations never hold an open case', async () => {
    const context = await fixture.log(fourCases, { ends: ['B'] });
    const answer = await summary(context);
    expect(answer).toMatchObject({ cases: 4, closed_cases: 2, open_cases: 2, end_condition: ['B'] });
    expect(answer.case_duration_s).toEqual({
      mean: expect.closeTo(1500.0000005, 8) as number,
      median: expect.closeTo(1500.0000005, 8) as number,
      p90: expect.closeTo(2700.0000001, 8) as number,
      max: 3000
    });
    const open = await summary(context, [{ kind: 'status', status: 'open' }]);
    expect(open).toMatchObject({ cases: 2, closed_cases: 0 });
    expect(open).not.toHaveProperty('case_duration_s');
  });

  test('leaves out who is not known', async () => {
    const context = await fixture.log([{ case: '1', activity: 'A', at: '2020-01-01T00:00:00Z' }]);
    const answer = await summary(context);
    for (const key of ['resources', 'resource_handoffs', 'resource_handoffs_total_s', 'top_resource_handoffs', 'teams'])
      expect(answer).not.toHaveProperty(key);
    expect(answer.case_duration_s).toEqual({ mean: 0, median: 0, p90: 0, max: 0 });
  });

  test('an unknown resource breaks the pair', async () => {
    const context = await fixture.log([
      { case: '1', activity: 'A', at: '2020-01-01T00:00:00Z', resource: 'ann' },
      { case: '1', activity: 'B', at: '2020-01-01T00:00:01Z' },
      { case: '1', activity: 'C', at: '2020-01-01T00:00:02Z', resource: 'bob' }
    ]);
    expect(await summary(context)).toMatchObject({
      resources: 2,
      resource_handoffs: 0,
      resource_handoffs_total_s: 0,
      top_resource_handoffs: []
    });
  });

  test('a filter that leaves nothing', async () => {
    const context = await fixture.log(fourCases);
    const answer = await summary(context, [{ kind: 'case', contains: 'no such case' }]);
    expect(answer).toEqual({
      cases: 0,
      events: 0,
      activities: 0,
      variants: 0,
      top_variants: [],
      first_event: null,
      last_event: null,
      start_activities: {},
      end_activities: {},
      self_loop_events: 0,
      loop_back_events: 0,
      loop_back_cases: 0,
      repeated_events: 0,
      closed_cases: 0,
      open_cases: 0,
      end_condition: 'none',
      empty_cases: 0,
      relinked: false
    });
  });

  test('compares sequences by code point, activity by activity', async () => {
    const context = await fixture.log(
      ['\u{1F600}', '\uFF5E', 'a', 'Z'].map((activity, i) => ({
        case: String(i),
        activity,
        at: '2020-01-01T00:00:00Z'
      }))
    );
    const { top_variants, start_activities } = await summary(context);
    // By UTF-16 units U+1F600 would be before U+FF5E.
    expect(top_variants.map(({ sequence }) => sequence)).toEqual([['Z'], ['a'], ['\uFF5E']]);
    expect(Object.keys(start_activities)).toEqual(['Z', 'a', '\uFF5E', '\u{1F600}']);
  });

  test('grain instance: a handoff between overlapping instances takes no time', async () => {
    const context = await fixture.log(
      [
        { case: '1', activity: 'A', start: '2020-01-01T00:00:00Z', at: '2020-01-01T00:01:40Z', resource: 'ann' },
        { case: '1', activity: 'B', start: '2020-01-01T00:00:50Z', at: '2020-01-01T00:02:30Z', resource: 'bob' },
        { case: '1', activity: 'C', start: '2020-01-01T00:03:20Z', at: '2020-01-01T00:03:30Z', resource: 'ann' }
      ],
      { grain: 'instance' }
    );
    expect(await summary(context)).toMatchObject({
      resource_handoffs: 2,
      resource_handoffs_total_s: 50,
      top_resource_handoffs: [
        { from: 'ann', to: 'bob', count: 1, mean_s: 0 },
        { from: 'bob', to: 'ann', count: 1, mean_s: 50 }
      ],
      case_duration_s: { mean: 210 }
    });
  });
});
