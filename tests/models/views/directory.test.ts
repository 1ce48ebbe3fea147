import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ident, sql } from '#models/store/sql.ts';
import { segmentsHash } from '#models/views/segments-hash.ts';
import { freshView } from '#models/views/materialise.ts';
import { openFixture, type Fixture } from '../../mining/fixture.ts';
import { at, load, startFirm, thing, wordsOf } from './firm.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.close());

const log = 'people';
const project = async () => freshView(fixture.store, log, 'project');
const automatic = async () => {
  const view = await project();
  const rows = await fixture.store.engine.query<{ automatic: boolean | null }>(sql`
    select automatic from ${ident(view.segments)} s join ${ident(view.cases)} c using (case_no)
    order by c.case_id, s.position`);
  return rows.map((row) => row.automatic);
};
/** A period of a person, from the midnight on which a day begins. */
const period = (id: string, day: number, team: string, more: Record<string, unknown> = {}) => ({
  ref: `${id} from ${day}`,
  objects: [['person', id] as [string, string]],
  changes: [
    ['person', id, at(0, day), { team, role: `of ${team}`, ...more }] as [
      string,
      string,
      string,
      Record<string, unknown>
    ]
  ]
});

describe('team and role of an event', () => {
  beforeAll(async () => {
    const { store } = fixture;
    await startFirm(store, log);
    await load(store, log, [
      thing('project:A', [
        ['Before the first period', at(8, 1), { resource: 'E1' }],
        ['First team', at(8, 2), { resource: 'E1' }],
        ['Last moment', at(24, 4), { resource: 'E2' }],
        ['Second team', at(0, 5), { resource: 'E1' }],
        ['After the last day', at(0, 8), { resource: 'E1' }],
        ['Its own', at(9, 8), { resource: 'E1', team: 'Own' }],
        ['Nobody', at(10, 8)],
        ['Unknown', at(11, 8), { resource: 'E9' }]
      ]),
      thing('project:B', [
        ['By software', at(8, 2), { resource: 'X1' }],
        ['By software before it was listed', at(8, 1), { resource: 'X1' }],
        ['By a person', at(9, 2), { resource: 'E1' }]
      ])
    ]);
  });

  test('are unknown without a directory', async () => {
    expect((await wordsOf(fixture.store, await project(), 'team')).filter((team) => team !== null)).toEqual(['Own']);
    expect(await automatic()).toEqual(Array.from({ length: 11 }, () => null));
  });

  test('are those of its resource at that time, where it names none of its own', async () => {
    await load(
      fixture.store,
      log,
      [
        period('E1', 2, 'North'),
        period('E1', 5, 'South', { valid_to: '2024-03-07', zone: 'UTC' }),
        period('E2', 1, 'East', { valid_to: '2024-03-04' }),
        period('X1', 2, 'Software', { integration: true })
      ],
      'people.json'
    );
    const view = await project();
    expect(await wordsOf(fixture.store, view, 'team')).toEqual([
      ...[null, 'North', null, 'South', null, 'Own', null, null],
      ...[null, 'Software', 'North']
    ]);
    // An event that names its team says nothing of the role.
    expect(await wordsOf(fixture.store, view, 'role')).toEqual([
      ...[null, 'of North', null, 'of South', null, null, null, null],
      ...[null, 'of Software', 'of North']
    ]);
  });

  test('tell whether software did it; who is always software was so before', async () => {
    expect(await automatic()).toEqual([...[null, false, null, false, null, null, null, null], ...[true, true, false]]);
  });

  test('follow what is said of people later, with the result of building whole', async () => {
    const { store } = fixture;
    const before = await project();
    await load(store, log, [period('E1', 2, 'West')], 'people-2.json');
    const after = await project();
    expect(after.builtBatch).toBeGreaterThan(before.builtBatch);
    expect((await wordsOf(store, after, 'team')).filter((team) => team === 'West')).toHaveLength(2);
    const partly = await segmentsHash(store.engine, after);
    await store.write((transaction) =>
      transaction.execute(sql`update view set built_batch = 0 where view_id = ${after.id}`)
    );
    expect(await segmentsHash(store.engine, await project())).toBe(partly);
  });
});

test('people in a log of no firm count as well, at grain instance too', async () => {
  const context = await fixture.log(
    [
      { case: 'A', activity: 'Work', at: '2024-03-02T08:00:00Z', lifecycle: 'start', resource: 'E1' },
      { case: 'A', activity: 'Work', at: '2024-03-06T08:00:00Z', lifecycle: 'complete', resource: 'E1' },
      { case: 'B', activity: 'Rest', at: '2024-03-06T08:00:00Z', team: 'North' },
      { case: 'B', activity: 'Rest', at: '2024-03-06T09:00:00Z', team: 'South' }
    ],
    {
      log: 'plain people',
      grain: 'instance',
      objects: [['person', 'E1']],
      changes: [
        ['person', 'E1', '2024-03-01T00:00:00Z', { team: 'North' }],
        ['person', 'E1', '2024-03-05T00:00:00Z', { team: 'South' }]
      ]
    }
  );
  // Of an instance the end counts.
  expect(await wordsOf(fixture.store, context.view, 'team')).toEqual(['South', 'North', 'South']);
});
