import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addView, findView, listViews, setEndActivities } from '#models/views/catalogue.ts';
import { openFixture, type Fixture } from '../../mining/fixture.ts';
import { at, load, startFirm, thing, traces } from './firm.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.close());

const names = async (log: string) => (await listViews(fixture.store.engine, log)).map(({ name }) => name);
const milestone = thing('milestone:M1', [['Milestone reached', at(1)]], ['part_of project:P1']);
const project = thing('project:P1', [['Project created', at(2)]]);
const payment = thing('payment:Z1', [['Invoice paid', at(3), { also: ['invoice:I1'] }]], ['for invoice:I1']);

describe('the views that a log has by itself', () => {
  test('are those of the lifecycle where there is a setup, as their leading types come, projects first', async () => {
    await startFirm(fixture.store, 'firm');
    await load(fixture.store, 'firm', [milestone], 'milestones.json');
    expect(await names('firm')).toEqual(['milestone']);
    await load(fixture.store, 'firm', [payment, thing('invoice:I1')], 'invoices.json');
    await load(fixture.store, 'firm', [thing('opportunity:O1', [['Deal won', at(1)]])], 'deals.json');
    await load(fixture.store, 'firm', [project], 'projects.json');
    expect(await names('firm')).toEqual(['project', 'opportunity', 'milestone', 'invoice']);
    // A view that somebody adds stands behind, whatever its name and however many events it has.
    await addView(fixture.store, 'firm', { name: 'a payment', object_type: 'payment' });
    expect(await names('firm')).toEqual(['project', 'opportunity', 'milestone', 'invoice', 'a payment']);
    expect((await findView(fixture.store.engine, 'firm')).name).toBe('project');
  });

  test('are one a type where there is none', async () => {
    await load(fixture.store, 'plain', [milestone, project, payment, thing('invoice:I1')]);
    expect((await names('plain')).sort()).toEqual(['invoice', 'milestone', 'payment', 'project']);
    expect((await findView(fixture.store.engine, 'plain', 'milestone')).definition).toBeNull();
  });

  test('become those of the lifecycle when a setup comes; what somebody made stays', async () => {
    const { store } = fixture;
    await load(store, 'late', [milestone, project]);
    await setEndActivities(store, 'late', 'milestone', ['Milestone reached']);
    expect(await traces(store, 'late', 'project')).toEqual({ P1: 'Project created' });
    await startFirm(store, 'late');
    await load(store, 'late', [payment, thing('invoice:I1')], 'invoices.json');
    expect(await traces(store, 'late', 'project')).toEqual({ P1: 'open: Milestone reached, Project created' });
    expect((await findView(store.engine, 'late', 'milestone')).definition).toBeNull();
  });

  test('follow the lifecycle when the firm changes it', async () => {
    const { store } = fixture;
    await startFirm(store, 'changed');
    await load(store, 'changed', [milestone, project]);
    const end = { all: [{ reached: ['Project created'] }] };
    const definition = { leading: 'project', steps: [], end };
    await startFirm(store, 'changed', {
      lifecycle: { layers: [{ level: 'firm', views: { project: { definition } } }] }
    });
    await load(store, 'changed', [payment], 'payments.json');
    expect(await traces(store, 'changed', 'project')).toEqual({ P1: 'Project created' });
    await startFirm(store, 'changed', { lifecycle: { layers: [{ level: 'firm', views: { invoice: null } }] } });
    await load(store, 'changed', [thing('invoice:I1')], 'invoices.json');
    expect(await traces(store, 'changed', 'project')).toEqual({ P1: 'open: Milestone reached, Project created' });
    expect(await names('changed')).toEqual(['project', 'milestone']);
  });
});
