import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rework } from '#mining/rework.ts';
import { openFixture, type Fixture, type FixtureEvent } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.close());

const trace = (id: string, ...steps: [activity: string, resource?: string][]): FixtureEvent[] =>
  steps.map(([activity, resource], i) => ({
    case: id,
    activity,
    at: `2020-01-01T00:00:${String(i).padStart(2, '0')}Z`,
    ...(resource !== undefined && { resource })
  }));

/** In case 1: again at once by the same, after B by another, at once by nobody known, at once after nobody known. */
const log: FixtureEvent[] = [
  ...trace('1', ['A', 'ann'], ['A', 'ann'], ['B'], ['A', 'bob'], ['A'], ['A', 'bob']),
  ...trace('2', ['B', 'ann'], ['B', 'ann']),
  ...trace('3', ['C'])
];

const a = { activity: 'A', executions: 5, cases: 1, self_loops: 3, loop_backs: 1, loop_back_cases: 1 };
const b = { activity: 'B', executions: 3, cases: 2, self_loops: 1, loop_backs: 0, loop_back_cases: 0 };
const c = { activity: 'C', executions: 1, cases: 1, self_loops: 0, loop_backs: 0, loop_back_cases: 0 };

describe('rework', () => {
  test('self-loops, loop-backs, repeats and redos, hand-computed', async () => {
    expect(await rework(await fixture.log(log))).toEqual({
      events: 9,
      cases: 3,
      self_loop_events: 4,
      loop_back_events: 1,
      self_loop_cases: 2,
      loop_back_cases: 1,
      repeat_events: 2,
      redo_events: 1,
      unknown_events: 2,
      loop_backs_per_event: 1 / 9,
      loop_backs_per_case: 1 / 3,
      cases_with_rework_share: 1 / 3,
      activities: [
        { ...a, repeat: 1, redo: 1, unknown: 2 },
        { ...b, repeat: 1, redo: 0, unknown: 0 },
        { ...c, repeat: 0, redo: 0, unknown: 0 }
      ],
      relinked: false
    });
  });

  test('activities meant to come again are not counted', async () => {
    expect(await rework(await fixture.log(log), [], { excludeRepeatable: ['A', 'no such'] })).toMatchObject({
      events: 4,
      cases: 3,
      self_loop_events: 1,
      loop_back_events: 0,
      self_loop_cases: 1,
      repeat_events: 1,
      unknown_events: 0,
      loop_backs_per_event: 0,
      activities: [{ activity: 'B' }, { activity: 'C' }]
    });
  });

  test('an excluded activity between two others still makes a loop-back of the second', async () => {
    const context = await fixture.log(trace('1', ['A'], ['T'], ['A']));
    expect(await rework(context, [], { excludeRepeatable: ['T'] })).toMatchObject({ events: 2, loop_back_events: 1 });
  });

  test('without the events between, a loop-back is a self-loop', async () => {
    const answer = await rework(await fixture.log(log), [{ kind: 'events', activities: ['B'], keep: false }]);
    // Case 2 has no event left.
    expect(answer).toMatchObject({ events: 6, cases: 2, self_loop_events: 4, loop_back_events: 0, relinked: true });
    expect(answer).toMatchObject({ repeat_events: 1, redo_events: 1, unknown_events: 2 });
  });

  test('over nothing there is no rate', async () => {
    const answer = await rework(await fixture.log(log), [{ kind: 'case', contains: '?' }]);
    expect(answer).toEqual({
      events: 0,
      cases: 0,
      self_loop_events: 0,
      loop_back_events: 0,
      self_loop_cases: 0,
      loop_back_cases: 0,
      repeat_events: 0,
      redo_events: 0,
      unknown_events: 0,
      activities: [],
      relinked: false
    });
  });
});
