import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Calendar } from '#models/calendar/calendar.ts';
import { setCalendar } from '#models/views/calendar-of-log.ts';
import { transitionHandoffs } from '#mining/handoffs.ts';
import { openFixture, type Fixture, type FixtureEvent } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.close());

const near = (value: number) => expect.closeTo(value, 8) as number;

/** A trace of teams, each at a second; `?` is nobody known. */
const trace = (id: string, ...steps: [team: string, second: number][]): FixtureEvent[] =>
  steps.map(([team, second]) => ({
    case: id,
    activity: 'A',
    at: new Date(Date.UTC(2020, 0, 6, 10) + second * 1000).toISOString(),
    ...(team !== '?' && { team })
  }));

const teams: FixtureEvent[] = [
  // x to y over an event of nobody's, y to y is none, y back to x.
  ...trace('1', ['x', 0], ['?', 10], ['y', 30], ['y', 40], ['x', 100]),
  ...trace('2', ['x', 0], ['x', 5], ['?', 9]),
  ...trace('3', ['y', 0], ['x', 0])
];

describe('transition handoffs', () => {
  test('between teams, hand-computed', async () => {
    expect(await transitionHandoffs(await fixture.log(teams))).toEqual({
      dimension: 'team',
      handoffs: 3,
      cases_with: 2,
      total_s: 90,
      unknown_events: 2,
      total_pairs: 2,
      pairs: [
        // 60 and 0 s.
        { from: 'y', to: 'x', count: 2, cases: 2, mean_s: 30, median_s: 30, p90_s: 54, total_s: 60 },
        { from: 'x', to: 'y', count: 1, cases: 1, mean_s: 30, median_s: 30, p90_s: 30, total_s: 30 }
      ],
      parties: [
        { name: 'x', events: 5, cases: 3 },
        { name: 'y', events: 3, cases: 2 }
      ],
      relinked: false
    });
  });

  test.each(['resource', 'role', 'system', 'legal_entity'] as const)('between each %s', async (dimension) => {
    const events = teams.map(({ team, ...event }) => (team === undefined ? event : { ...event, [dimension]: team }));
    const context = await fixture.log(events);
    expect(await transitionHandoffs(context, [], { dimension })).toMatchObject({ handoffs: 3, total_s: 90 });
    expect(await transitionHandoffs(context)).toMatchObject({ handoffs: 0, unknown_events: 10, parties: [] });
  });

  test('a log in which everybody is known', async () => {
    const context = await fixture.log(trace('1', ['x', 0], ['y', 7], ['z', 9.5]));
    expect((await transitionHandoffs(context)).pairs).toMatchObject([
      { from: 'x', to: 'y', mean_s: 7 },
      { from: 'y', to: 'z', mean_s: 2.5 }
    ]);
  });

  test('a limit cuts pairs and parties, not the totals', async () => {
    const answer = await transitionHandoffs(await fixture.log(teams), [], { limit: 1 });
    expect(answer).toMatchObject({ handoffs: 3, total_pairs: 2, unknown_events: 2 });
    expect(answer.pairs.map(({ from }) => from)).toEqual(['y']);
    expect(answer.parties.map(({ name }) => name)).toEqual(['x']);
  });

  test('ties are in the order of from, then to, by code point', async () => {
    const context = await fixture.log(trace('1', ['b', 0], ['a', 1], ['\uFF5E', 2], ['a', 3], ['\u{1F600}', 4]));
    expect((await transitionHandoffs(context)).pairs.map(({ from, to }) => [from, to])).toEqual([
      ['a', '\uFF5E'],
      ['a', '\u{1F600}'],
      ['b', 'a'],
      ['\uFF5E', 'a']
    ]);
  });

  test('grain instance: from complete to start, at least 0', async () => {
    const at = (second: number) => `2020-01-01T00:00:${String(second).padStart(2, '0')}Z`;
    const context = await fixture.log(
      [
        { case: '1', activity: 'A', start: at(0), at: at(10), team: 'x' },
        { case: '1', activity: 'B', start: at(5), at: at(20), team: 'y' },
        { case: '1', activity: 'C', start: at(26), at: at(30), team: 'x' }
      ],
      { grain: 'instance' }
    );
    expect((await transitionHandoffs(context)).pairs).toMatchObject([
      { from: 'x', to: 'y', total_s: 0 },
      { from: 'y', to: 'x', total_s: 6 }
    ]);
  });

  test('a filter that removes events, and one that leaves nothing', async () => {
    const events = teams.map((event, i) => ({ ...event, activity: i === 2 || i === 3 ? 'B' : 'A' }));
    const context = await fixture.log(events);
    const relinked = await transitionHandoffs(context, [{ kind: 'events', activities: ['B'], keep: false }]);
    expect(relinked).toMatchObject({ handoffs: 1, relinked: true, pairs: [{ from: 'y', to: 'x', total_s: 0 }] });
    expect(await transitionHandoffs(context, [{ kind: 'case', contains: '?' }])).toMatchObject({
      handoffs: 0,
      cases_with: 0,
      total_s: 0,
      unknown_events: 0,
      total_pairs: 0,
      pairs: [],
      parties: []
    });
  });

  test('business time where it is known for every one of a pair', async () => {
    const { view } = await fixture.log(teams);
    await setCalendar(fixture.store, view.log, Calendar.parse({ zone: 'UTC', weekly: { mon: [['09:00', '10:00']] } }));
    const closed = await transitionHandoffs(await fixture.context(view.log));
    expect(closed.pairs.map(({ from, business_mean_s }) => [from, business_mean_s])).toEqual([
      ['y', 0],
      // An event of nobody's lies between.
      ['x', undefined]
    ]);
    await setCalendar(fixture.store, view.log, Calendar.parse({ zone: 'UTC', weekly: { mon: [['10:00', '11:00']] } }));
    const open = await transitionHandoffs(await fixture.context(view.log));
    expect(open.pairs[0]).toMatchObject({ from: 'y', business_mean_s: near(30) });
  });
});
