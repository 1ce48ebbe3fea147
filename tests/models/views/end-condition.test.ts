import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addView, setEndActivities } from '#models/views/catalogue.ts';
import { summary } from '#mining/summary.ts';
import { freshView } from '#models/views/materialise.ts';
import { openFixture, NOW, type Fixture } from '../../mining/fixture.ts';
import { at, load, startFirm, thing, traces } from './firm.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.close());

describe('the end of a project', () => {
  const log = 'ending';
  let files = 0;
  /** Loads more of the story and says which projects are open then. */
  const open = async (...records: ReturnType<typeof thing>[]) => {
    await load(fixture.store, log, records, `part-${++files}.json`);
    const found = await traces(fixture.store, log, 'project');
    return Object.keys(found).filter((id) => found[id]?.startsWith('open: '));
  };
  const invoice = (id: string, hour: number, project: string) =>
    thing(`invoice:${id}`, [['Invoice posted', at(hour)]], [`part_of erp_project:${project}`]);

  test('needs delivery closed and each invoice settled; a late invoice opens it again', async () => {
    await startFirm(fixture.store, log);
    const closed = (id: string) => [
      thing(`project:${id}`, [
        ['Project created', at(1)],
        ['Project closed', at(5)]
      ]),
      thing(`erp_project:10.${id}`, [['Project created in ERP', at(2)]], [`same_as project:${id}`])
    ];
    // Without an invoice there is none to wait for, and none is waited for where the transition is missing.
    expect(await open(...closed('A'), ...closed('B'), thing('project:C', [['Project created', at(1)]]))).toEqual(['C']);
    expect(await open(invoice('I1', 3, '10.A'), invoice('I2', 4, '10.A'))).toEqual(['A', 'C']);
    const paid = (id: string, hour: number, what = 'Invoice paid') =>
      thing(`payment:Z${id}${hour}`, [[what, at(hour), { also: [`invoice:${id}`] }]], [`for invoice:${id}`]);
    expect(await open(paid('I1', 6))).toEqual(['A', 'C']);
    // A part payment settles nothing.
    expect(await open(paid('I2', 7, 'Part payment received'))).toEqual(['A', 'C']);
    const credit = thing('credit_note:G2', [['Invoice credited', at(8), { also: ['invoice:I2'] }]], ['for invoice:I2']);
    expect(await open(credit)).toEqual(['C']);
    expect(await open(invoice('I3', 9, '10.A'))).toEqual(['A', 'C']);
    expect(await open(paid('I3', 10, 'Invoice written off'))).toEqual(['C']);
  });

  test('is undone by a reopening, whenever it is told of', async () => {
    // Told of late, it happened before the closing: nothing changes. Told of again, it happened after.
    const reopened = (ref: string, hour: number) => ({
      ref,
      events: [{ activity: 'Project reopened', at: at(hour), objects: [['project', 'B'] as [string, string]] }]
    });
    expect(await open(reopened('early', 4))).toEqual(['C']);
    expect(await open(reopened('late', 6))).toEqual(['B', 'C']);
  });

  test('takes back what a new version of a record no longer says', async () => {
    const withdrawn = { ref: 'late', objects: [['project', 'B', {}] as [string, string, object]] };
    expect(await open(withdrawn as ReturnType<typeof thing>)).toEqual(['C']);
  });

  test('gives way to activities that a reader picks, and comes back without them', async () => {
    const { store } = fixture;
    await setEndActivities(store, log, 'project', ['Project created']);
    const facts = async () => summary({ engine: store.engine, view: await freshView(store, log, 'project'), now: NOW });
    expect(await facts()).toMatchObject({ closed_cases: 1, open_cases: 2, end_condition: ['Project created'] });
    await setEndActivities(store, log, 'project', []);
    expect(await facts()).toMatchObject({ closed_cases: 2, open_cases: 1 });
  });
});

test('an opportunity ends with its handover, until that is returned', async () => {
  const { store } = fixture;
  await startFirm(store, 'returned');
  const deal = (id: string, ...activities: string[]) =>
    thing(
      `opportunity:${id}`,
      activities.map((activity, i) => [activity, at(i)])
    );
  await load(store, 'returned', [
    deal('A', 'Deal won', 'Deal handed over'),
    deal('B', 'Deal won', 'Deal handed over', 'Deal handover returned'),
    deal('C', 'Deal won', 'Deal handed over', 'Deal handover returned', 'Deal handed over', 'Amount changed'),
    deal('D', 'Deal lost')
  ]);
  const found = await traces(store, 'returned', 'opportunity');
  expect(Object.values(found).map((trace) => trace.startsWith('open'))).toEqual([false, true, false, false]);
});

test('a case of which no part speaks is held open by nothing, and stays a case', async () => {
  const { store } = fixture;
  await load(store, 'nothing to ask', [
    thing('order:A', [['Ordered', at(1)]]),
    thing('order:B', [['Ordered', at(2)]]),
    thing('bill:1', [['Billed', at(3)]], ['for order:B']),
    thing('bill:2', [['Paid', at(4)]])
  ]);
  await addView(store, 'nothing to ask', {
    name: 'bills',
    definition: {
      leading: 'order',
      steps: [{ from: 'order', qualifier: 'for', direction: 'in', to: 'bill' }],
      end: { all: [{ every: 'bill', reached: ['Paid'] }] }
    }
  });
  expect(await traces(store, 'nothing to ask', 'bills')).toEqual({ A: 'Ordered', B: 'open: Ordered, Billed' });
});
