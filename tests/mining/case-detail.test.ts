import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NotFound } from '#models/log/errors.ts';
import { caseDetail } from '#mining/case-detail.ts';
import type { ViewContext } from '#mining/context.ts';
import { addView } from '#models/views/catalogue.ts';
import { freshView } from '#models/views/materialise.ts';
import { NOW, openFixture, type Fixture } from './fixture.ts';

let fixture: Fixture;
let context: ViewContext;
beforeAll(async () => {
  fixture = await openFixture();
  await fixture.load({
    log: 'orders',
    source: 'erp',
    file: 'january.csv',
    events: [
      {
        case: 'o-1',
        activity: 'Create',
        at: '2020-01-01T00:00:00Z',
        ref: 'e1',
        recorded: '2020-01-01T00:00:05.5Z',
        resource: 'ann',
        team: 'sales',
        role: 'rep',
        system: 'CRM',
        legal_entity: 'DE',
        lifecycle: 'complete',
        attributes: { amount: 10, note: 'é' },
        objects: [['item', 'i-2', 'contains']]
      },
      { case: 'o-1', activity: 'Ship', at: '2020-01-01T00:01:00.000001Z', precision: 'day' },
      { case: 'o-2', activity: 'Create', at: '2020-01-01T00:00:00Z', objects: [['item', 'i-9']] }
    ],
    cases: { 'o-1': { region: 'EU' } },
    objects: [
      ['item', 'i-2', { weight: 1 }],
      ['item', 'i-1'],
      ['customer', 'c-1'],
      ['person', 'ann']
    ],
    links: [
      ['case', 'o-1', 'customer', 'c-1', 'for'],
      ['item', 'i-2', 'case', 'o-1', 'part_of'],
      ['item', 'i-9', 'item', 'i-1', 'elsewhere']
    ],
    changes: [
      ['item', 'i-2', '2020-01-02T00:00:00Z', { weight: 2, colour: 'red' }],
      ['person', 'ann', '2019-01-01T00:00:00Z', { name: 'Ann Jones' }],
      ['person', 'ann', '2020-06-01T00:00:00Z', { name: 'Ann Smith' }]
    ]
  });
  context = await fixture.context('orders');
});
afterAll(() => fixture.close());

describe('case detail', () => {
  test('events in order, each with where it came from', async () => {
    const answer = await caseDetail(context, 'o-1');
    expect(answer.case).toMatchObject({ case_id: 'o-1', events: 2, status: 'closed', attributes: { region: 'EU' } });
    const taken = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string;
    expect(answer.events).toEqual([
      {
        position: 0,
        event_no: 1,
        activity: 'Create',
        start: '2020-01-01T00:00:00.000Z',
        complete: '2020-01-01T00:00:00.000Z',
        wait_s: null,
        resource: 'ann',
        resource_name: 'Ann Smith',
        team: 'sales',
        role: 'rep',
        system: 'CRM',
        legal_entity: 'DE',
        lifecycle: 'complete',
        attributes: { amount: 10, note: 'é' },
        objects: [
          { type: 'case', id: 'o-1' },
          { type: 'item', id: 'i-2' }
        ],
        precision: 'instant',
        recorded_at: '2020-01-01T00:00:05.500Z',
        ingested_at: taken,
        batch_no: 1,
        source: 'erp',
        file: 'january.csv',
        row: 1,
        source_ref: 'e1'
      },
      {
        position: 1,
        event_no: 2,
        activity: 'Ship',
        start: '2020-01-01T00:01:00.000001Z',
        complete: '2020-01-01T00:01:00.000001Z',
        wait_s: 60.000001,
        resource: null,
        resource_name: null,
        team: null,
        role: null,
        system: null,
        legal_entity: null,
        lifecycle: null,
        attributes: {},
        objects: [{ type: 'case', id: 'o-1' }],
        precision: 'day',
        recorded_at: null,
        ingested_at: taken,
        batch_no: 1,
        source: 'erp',
        file: 'january.csv',
        row: 2,
        source_ref: null
      }
    ]);
  });

  test('the objects around it with their newest attributes, and the links between them', async () => {
    const { objects, objects_total, links } = await caseDetail(context, 'o-1');
    const last_at = '2020-01-01T00:01:00.000001Z';
    expect(objects).toEqual([
      { type: 'case', id: 'o-1', attributes: { region: 'EU' }, events: 2, last_activity: 'Ship', last_at },
      {
        ...{ type: 'item', id: 'i-2', attributes: { weight: 2, colour: 'red' } },
        ...{ events: 1, last_activity: 'Create', last_at: '2020-01-01T00:00:00.000Z' }
      },
      { type: 'customer', id: 'c-1', attributes: {}, events: 0, last_activity: null, last_at: null }
    ]);
    expect(objects_total).toBe(3);
    expect(links).toEqual([
      { from: 'o-1', from_type: 'case', to: 'c-1', to_type: 'customer', qualifier: 'for' },
      { from: 'i-2', from_type: 'item', to: 'o-1', to_type: 'case', qualifier: 'part_of' }
    ]);
  });

  test('seen as a case of another type', async () => {
    const items = await fixture.context('orders', { type: 'item' });
    const { events, objects } = await caseDetail(items, 'i-2');
    expect(events.map(({ activity }) => activity)).toEqual(['Create']);
    // The order that its event touches, and where that one's link leads.
    expect(objects.map(({ id }) => id)).toEqual(['i-2', 'o-1', 'c-1']);
  });

  test('a long case comes in parts, its head says how long it is', async () => {
    const part = await caseDetail(context, 'o-1', { limit: 1, offset: 1 });
    expect(part.case.events).toBe(2);
    expect(part.events).toMatchObject([{ position: 1, activity: 'Ship', wait_s: 60.000001 }]);
    expect(part.objects).toMatchObject([{ events: 2 }, { id: 'i-2', events: 1 }, { id: 'c-1' }]);
  });

  test('the newest version of an event shows', async () => {
    await fixture.load({
      log: 'orders',
      source: 'erp',
      file: 'february.csv',
      events: [
        { case: 'o-1', activity: 'Order', at: '2020-01-01T00:00:30Z', ref: 'e1', recorded: '2020-01-03T00:00:00Z' }
      ]
    });
    const { events } = await caseDetail(await fixture.context('orders'), 'o-1');
    expect(events).toMatchObject([
      { activity: 'Order', batch_no: 2, file: 'february.csv', row: 1 },
      { activity: 'Ship', wait_s: 30.000001 }
    ]);
  });

  test('grain instance: the wait before is from the complete before to its start', async () => {
    const instances = await fixture.log(
      [
        { case: '1', activity: 'A', start: '2020-01-01T00:00:00Z', at: '2020-01-01T00:00:10Z' },
        { case: '1', activity: 'B', start: '2020-01-01T00:00:05Z', at: '2020-01-01T00:00:20Z' },
        { case: '1', activity: 'C', start: '2020-01-01T00:00:25Z', at: '2020-01-01T00:00:30Z' }
      ],
      { grain: 'instance' }
    );
    expect((await caseDetail(instances, '1')).events.map(({ wait_s }) => wait_s)).toEqual([null, 0, 5]);
  });

  test('a view by traversal: its members, touched or not, and where their links lead', async () => {
    await fixture.load({
      log: 'firm',
      events: [
        { activity: 'Start', at: '2020-01-01T00:00:00Z', objects: [['project', 'p-1']] },
        { activity: 'Bill', at: '2020-01-02T00:00:00Z', objects: [['invoice', 'r-1']] }
      ],
      objects: [
        ['project', 'p-1'],
        ['project', 'p-2'],
        ['invoice', 'r-1'],
        ['note', 'n-1'],
        ['deal', 'd-1']
      ].map(([type = '', id = '']) => [type, id]),
      links: [
        ['invoice', 'r-1', 'project', 'p-1', 'part_of'],
        ['note', 'n-1', 'invoice', 'r-1', 'for'],
        ['note', 'n-1', 'deal', 'd-1', 'of'],
        ['project', 'p-2', 'deal', 'd-1', 'for']
      ]
    });
    await addView(fixture.store, 'firm', {
      name: 'whole project',
      definition: {
        leading: 'project',
        steps: [
          { from: 'project', qualifier: 'part_of', direction: 'in', to: 'invoice' },
          { from: 'invoice', qualifier: 'for', direction: 'in', to: 'note' }
        ]
      }
    });
    const view = await freshView(fixture.store, 'firm', 'whole project');
    const { events, objects } = await caseDetail({ engine: fixture.store.engine, view, now: NOW }, 'p-1');
    expect(events.map(({ activity }) => activity)).toEqual(['Start', 'Bill']);
    expect(objects.map(({ id, events: touched }) => [id, touched])).toEqual([
      ['p-1', 1],
      ['r-1', 1],
      ['n-1', 0],
      ['d-1', 0]
    ]);
  });

  test('a case that is not there', async () => {
    await expect(caseDetail(context, "o-1' or true --")).rejects.toThrow(NotFound);
  });
});
