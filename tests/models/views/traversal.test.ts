import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ViewDefinition } from '#models/lifecycle/view-definition.ts';
import { BadUse } from '#models/log/errors.ts';
import { addView, findView } from '#models/views/catalogue.ts';
import { freshView } from '#models/views/materialise.ts';
import { caseDetail } from '#mining/case-detail.ts';
import { listCases } from '#mining/cases.ts';
import { cycleTime } from '#mining/cycle-time.ts';
import { summary } from '#mining/summary.ts';
import { openFixture, NOW, type Fixture } from '../../mining/fixture.ts';
import { at, load, startFirm, thing, traces } from './firm.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.close());

/** One deal with two projects; the first with its mirror in the ERP, the second without. */
const deal = [
  thing('opportunity:O1', [['Deal won', at(1), { also: ['customer:C1'] }]], ['of customer:C1']),
  thing('opportunity:O2', [['Deal won', at(2), { also: ['customer:C1'] }]], ['of customer:C1']),
  thing('customer:C1'),
  thing('contract:K1', [['Contract signed', at(3), { also: ['opportunity:O1'] }]], ['for opportunity:O1']),
  thing('project:P1', [['Project created', at(4)]], ['for opportunity:O1', 'for contract:K1']),
  thing('project:P2', [['Project created', at(5)]], ['for opportunity:O1', 'for contract:K1']),
  thing('erp_project:10.1', [['Project created in ERP', at(6)]], ['same_as project:P1']),
  thing('milestone:M1', [['Milestone reached', at(7), { also: ['project:P1'] }]], ['part_of project:P1']),
  thing('billing_schedule:B1', [['Billing line created', at(8)]], ['part_of erp_project:10.1', 'for milestone:M1']),
  thing('invoice:I1', [['Invoice posted', at(9)]], ['part_of erp_project:10.1', 'for billing_schedule:B1']),
  thing('payment:Z1', [['Invoice paid', at(10), { also: ['invoice:I1'] }]], ['for invoice:I1']),
  thing('change_request:C9', [['Change requested', at(11), { also: ['project:P2'] }]], ['part_of project:P2']),
  thing('approval:A9', [['Approval requested', at(12)]], ['for change_request:C9']),
  thing('timesheet:T1', [['Time booked', at(13), { also: ['project:P1', 'project:P2'] }]])
];

describe('a view by traversal', () => {
  beforeAll(async () => {
    await startFirm(fixture.store, 'deal');
    await load(fixture.store, 'deal', deal);
  });

  test('holds what the steps reach, each event once, and never a sibling of its own', async () => {
    expect(await traces(fixture.store, 'deal', 'project')).toEqual({
      P1: 'open: Deal won, Contract signed, Project created, Project created in ERP, Milestone reached, Billing line created, Invoice posted, Invoice paid, Time booked',
      P2: 'open: Deal won, Contract signed, Project created, Change requested, Approval requested, Time booked'
    });
  });

  test('of an opportunity leaves the projects and the customer alone', async () => {
    expect(await traces(fixture.store, 'deal', 'opportunity')).toEqual({
      O1: 'open: Deal won, Contract signed',
      O2: 'open: Deal won'
    });
  });

  test('of milestones, invoices and changes holds what hangs on them', async () => {
    expect(await traces(fixture.store, 'deal', 'milestone')).toEqual({
      M1: 'Milestone reached, Billing line created, Invoice posted, Invoice paid'
    });
    expect(await traces(fixture.store, 'deal', 'invoice')).toEqual({ I1: 'Invoice posted, Invoice paid' });
    expect(await traces(fixture.store, 'deal', 'change_request')).toEqual({
      C9: 'open: Change requested, Approval requested'
    });
  });

  test('states how many events stand in several cases', async () => {
    // Deal won, Contract signed and Time booked are in both projects: 15 rows of 12 events.
    const { overlap } = await freshView(fixture.store, 'deal', 'project');
    expect(overlap).toEqual({ events: 12, case_events: 15, shared_events: 3 });
    expect((await freshView(fixture.store, 'deal', 'invoice')).overlap).toEqual({
      events: 2,
      case_events: 2,
      shared_events: 0
    });
  });

  test('answers to the analyses as any other', async () => {
    const { store } = fixture;
    const context = { engine: store.engine, view: await freshView(store, 'deal', 'project'), now: NOW };
    const facts = await summary(context);
    expect(facts).toMatchObject({ cases: 2, events: 15, open_cases: 2, closed_cases: 0, empty_cases: 0 });
    expect(facts.end_condition).toEqual([
      'Project closed (until Project reopened)',
      'for every invoice Invoice paid, Invoice credited or Invoice written off'
    ]);
    expect((await cycleTime(context)).open?.n).toBe(2);
    const open = await listCases(context, [{ kind: 'status', status: 'open' }]);
    expect(open.cases.map(({ case_id }) => case_id).sort()).toEqual(['P1', 'P2']);
    const approved = await listCases(context, [{ kind: 'activity', values: ['Approval requested'], match: 'any' }]);
    expect(approved.cases.map(({ case_id }) => case_id)).toEqual(['P2']);
    expect((await caseDetail(context, 'P2')).events).toHaveLength(6);
  });

  test('an object that nobody describes is no case and no way', async () => {
    const { store } = fixture;
    await startFirm(store, 'dangling');
    const milestone = thing(
      'milestone:M1',
      [['Milestone reached', at(1), { also: ['project:P7'] }]],
      ['part_of project:P7']
    );
    await load(store, 'dangling', [milestone, thing('project:P8', [['Project created', at(2)]])]);
    expect(await traces(store, 'dangling', 'project')).toEqual({ P8: 'open: Project created' });
    await load(store, 'dangling', [thing('project:P7')], 'later.json');
    expect(await traces(store, 'dangling', 'project')).toEqual({
      P7: 'open: Milestone reached',
      P8: 'open: Project created'
    });
  });
});

describe('addView with a definition', () => {
  const definition: ViewDefinition = {
    leading: 'contract',
    grain: 'event',
    steps: [
      { from: 'contract', qualifier: 'for', direction: 'in', to: 'project' },
      { from: 'contract', qualifier: 'for', direction: 'out', to: 'opportunity' }
    ],
    end: { all: [{ reached: ['Project created'], undone_by: [] }] }
  };

  test('makes a view that stands behind those of the lifecycle', async () => {
    const view = await addView(fixture.store, 'deal', { name: 'contracts', definition });
    expect(view).toMatchObject({ objectType: 'contract', grain: 'event', overlap: null });
    expect(view.definition).toEqual(definition);
    expect(await traces(fixture.store, 'deal', 'contracts')).toEqual({
      K1: 'Deal won, Contract signed, Project created, Project created, Milestone reached, Change requested, Time booked'
    });
    expect((await findView(fixture.store.engine, 'deal')).name).toBe('project');
  });

  test.each<[string, Partial<ViewDefinition>, string]>([
    ['a type that the log does not hold', { leading: 'ship', steps: [] }, 'holds no object of type "ship"'],
    [
      'an activity that it does not hold',
      { end: { all: [{ reached: ['Sunk'], undone_by: [] }] } },
      'no activity "Sunk"'
    ],
    [
      'a way through a project',
      {
        steps: [
          { from: 'contract', qualifier: 'for', direction: 'in', to: 'project' },
          { from: 'project', qualifier: 'part_of', direction: 'in', to: 'milestone' }
        ]
      },
      'passes through'
    ]
  ])('refuses %s', async (_, change, message) => {
    const wanted = addView(fixture.store, 'deal', { name: 'other', definition: { ...definition, ...change } });
    await expect(wanted).rejects.toThrow(message);
    await expect(findView(fixture.store.engine, 'deal', 'other')).rejects.toThrow('no view');
  });

  test('refuses two answers to one question', async () => {
    const both = addView(fixture.store, 'deal', { name: 'other', object_type: 'project', definition });
    await expect(both).rejects.toThrow(BadUse);
    const neither = addView(fixture.store, 'deal', { name: 'other' });
    await expect(neither).rejects.toThrow('needs an object type');
    const grain = addView(fixture.store, 'deal', { name: 'other', grain: 'instance', definition });
    await expect(grain).rejects.toThrow('grain is event');
  });
});
