import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openFacts, type OpenFact } from '#mining/blocking-facts.ts';
import { nextBilling } from '#mining/next-billing.ts';
import { unsettledCodes } from '#mining/unsettled-codes.ts';
import { lifecycleOf } from '#models/lifecycle/setup.ts';
import { sql } from '#models/store/sql.ts';
import { freshFirm, type Firm } from '#models/views/firm.ts';
import type { WrittenRecord } from '../models/log/record-fixture.ts';
import { at, load, startFirm, thing } from '../models/views/firm.ts';
import { openFixture, type Fixture } from './fixture.ts';
import { employee, functions, office } from './office.ts';

let fixture: Fixture;
let firm: Firm;
const NOW = at(12, 20);

/** A step of an approval: opened for somebody, and what was decided. */
const step = (activity: string, when: string, approval: string, said: Record<string, unknown>): WrittenRecord => ({
  ref: `${approval} ${activity} ${when} ${JSON.stringify(said)}`,
  events: [{ activity, at: when, objects: [['approval', approval]], attributes: said }]
});
const approval = (id: string, project: string): WrittenRecord =>
  thing(`approval:${id}`, [], [`for project:${project}`]);
const opened = 'Approval step opened';
/** With all that a project has to have. */
const project = (id: string, links: string[] = []): WrittenRecord =>
  thing(`project:${id}`, [['Project created', at(8)]], links, {
    ...{ manager: 'm', budget: 1, legal_entity: 'GmbH', planned_start: '2024-04-01' }
  });

beforeAll(async () => {
  fixture = await openFixture();
  await startFirm(fixture.store, 'firm', { functions });
  await load(fixture.store, 'firm', [
    office('BER', 'UTC'),
    employee('boss', { department: 'Approvers', office: 'BER' }),
    employee('gone', { department: 'Approvers', office: 'BER', to: '2024-03-19', manager: 'boss' }),
    employee('last day', { department: 'Approvers', office: 'BER', to: '2024-03-20' }),
    employee('away', { department: 'Approvers', office: 'BER' }),
    employee('back', { department: 'Approvers', office: 'BER' }),
    employee('buyer', { department: 'Buying', office: 'BER' }),
    employee('seller', { department: 'Sales', office: 'BER' }),
    thing('leave:L1', [], ['of person:away'], { from: '2024-03-20', to: '2024-03-22' }),
    thing('leave:L2', [], ['of person:back'], { from: '2024-03-01', to: '2024-03-19' }),

    ...['gone', 'last day', 'away', 'back'].flatMap((who, i) => [
      project(`P${i}`),
      approval(`A${i}`, `P${i}`),
      step(opened, at(9, 18), `A${i}`, { step: 'line manager', round: 1, approver: who })
    ]),

    project('decided'),
    approval('A10', 'decided'),
    step(opened, at(9), 'A10', { step: 'line manager', round: 1, approver: 'boss' }),
    step('Approval step rejected', at(10), 'A10', { step: 'line manager', round: 1 }),
    step(opened, at(11), 'A10', { step: 'line manager', round: 2, approver: 'boss' }),
    step('Approval step approved', at(12), 'A10', { step: 'line manager', round: 2 }),
    step(opened, at(13), 'A10', { step: 'finance director', round: 2, approver: 'boss' }),
    // After now.
    step('Approval step approved', at(12, 21), 'A10', { step: 'finance director', round: 2 }),

    project('asks', ['for opportunity:O1']),
    thing('opportunity:O1', [['Deal won', at(7)]], [], { owner: 'seller' }),
    thing('contract:C1', [], ['for opportunity:O1'], {
      tax_id: '',
      purchase_order: '1',
      billing_contact: '',
      cost_centre: 'x'
    }),
    thing('purchase_request:new', [['Purchase requested', at(9)]], ['for project:asks']),
    thing(
      'purchase_request:taken',
      [
        ['Purchase requested', at(9, 2)],
        ['Purchase picked up', at(10, 2), { resource: 'buyer' }]
      ],
      ['for project:asks']
    ),
    thing(
      'purchase_request:done',
      [
        ['Purchase requested', at(9)],
        ['Purchase ordered', at(10)]
      ],
      ['for project:asks']
    ),
    thing(
      'resource_request:stopped',
      [
        ['Resources requested', at(9)],
        ['Resource request cancelled', at(10)]
      ],
      ['part_of project:asks']
    ),
    thing('milestone:checked', [['Evidence submitted', at(9, 3)]], ['part_of project:asks'], {
      planned_date: '2024-05-01',
      amount: 50,
      currency: 'EUR'
    }),
    thing(
      'milestone:back',
      [
        ['Evidence submitted', at(9, 3)],
        ['Evidence bounced', at(10, 4)]
      ],
      ['part_of project:asks'],
      { planned_date: '2024-04-01', amount: 40, currency: 'EUR' }
    ),
    thing(
      'milestone:accepted',
      [
        ['Evidence submitted', at(9)],
        ['Evidence accepted', at(10)]
      ],
      ['part_of project:asks'],
      { planned_date: '2024-06-01', amount: 60, currency: 'EUR' }
    ),
    {
      ref: 'erp',
      objects: [['erp_project', '10.1']],
      references: [
        [['erp_project', '10.1'], 'same_as', 'project', 'askss', 'askss'],
        [['erp_project', '10.1'], 'same_as', 'project', 'decided', 'decided']
      ]
    }
  ]);
  firm = await freshFirm(fixture.store, 'firm');
});
afterAll(() => fixture.close());

const numberOf = async (project: string): Promise<number> => {
  const [row] = await fixture.store.engine.query<{ n: number }>(
    sql`select object_no::double as n from object where log_id = ${firm.logId} and type = 'project' and id = ${project}`
  );
  return row?.n ?? -1;
};
const factsOf = async (project: string): Promise<OpenFact[]> => {
  const number = await numberOf(project);
  const facts = await openFacts(fixture.store, firm, lifecycleOf(firm.setup), [number], NOW);
  return (facts.get(number) ?? []).sort((a, b) => (a.object_id < b.object_id ? -1 : 1));
};

describe('what is open around a project', () => {
  test('an approval, with whether its approver has left or is on leave today', async () => {
    const person = { team: 'Approvers BER', left: false, away_until: null, manager: null };
    const waits = { kind: 'approval', object_type: 'approval', since: at(9, 18), step: 'line manager' };
    expect(await factsOf('P0')).toEqual([
      {
        ...{ ...waits, object_id: 'A0' },
        approver: {
          ...person,
          id: 'gone',
          name: 'Name of gone',
          left: true,
          manager: { id: 'boss', name: 'Name of boss' }
        }
      }
    ]);
    // The last day is worked; a leave is from its first day to its last.
    expect(await factsOf('P1')).toMatchObject([{ approver: { id: 'last day', left: false } }]);
    expect(await factsOf('P2')).toMatchObject([{ approver: { id: 'away', left: false, away_until: '2024-03-22' } }]);
    expect(await factsOf('P3')).toMatchObject([{ approver: { id: 'back', away_until: null } }]);
  });

  test('only steps that nobody decided up to now, each in its round', async () => {
    expect((await factsOf('decided')).filter(({ kind }) => kind === 'approval')).toMatchObject([
      { object_id: 'A10', step: 'finance director', since: at(13), approver: { id: 'boss' } }
    ]);
  });

  test('requests and evidence that are not done, with who has them, fields that are missing, and codes', async () => {
    const facts = await factsOf('asks');
    expect(facts.filter(({ kind }) => kind === 'handoff')).toEqual([
      {
        ...{ kind: 'handoff', object_type: 'milestone', object_id: 'back', since: at(10, 4) },
        ...{ handoff: 'milestone_to_invoice', with: null, returned: true }
      },
      expect.objectContaining({ object_id: 'checked', since: at(9, 3), returned: false }),
      expect.objectContaining({ object_id: 'new', handoff: 'delivery_to_procurement', since: at(9), with: null }),
      expect.objectContaining({ object_id: 'taken', with: expect.objectContaining({ id: 'buyer' }) as unknown })
    ]);
    expect(facts.filter(({ kind }) => kind === 'missing_field')).toEqual([
      expect.objectContaining({ object_id: 'C1', rule: 'contract_tax_id', since: at(7) }),
      expect.objectContaining({
        rule: 'contract_billing_contact',
        owner: expect.objectContaining({ id: 'seller' }) as unknown
      })
    ]);
    expect(facts.filter(({ kind }) => kind === 'unsettled_code')).toEqual([
      { kind: 'unsettled_code', object_type: 'erp_project', object_id: '10.1', said: 'askss' }
    ]);
  });
});

describe('what a project bills next', () => {
  const next = async (): Promise<object[]> =>
    fixture.store.engine.query(sql`
      select amount, currency from (${nextBilling(firm, sql`(select ${await numberOf('asks')}::integer as object_no)`)})`);

  test('is no milestone that has its invoice, and takes no currency from a later one', async () => {
    await startFirm(fixture.store, 'milestones', { functions });
    const planned = (n: number, more: object) =>
      thing(`milestone:M${n}`, [], ['part_of project:P1'], { planned_date: `2024-04-0${n}`, amount: n, ...more });
    await load(fixture.store, 'milestones', [
      thing('project:P1', [['Project created', at(8)]]),
      ...[planned(3, { currency: 'USD' }), planned(2, {}), planned(1, { currency: 'EUR' })],
      thing('invoice:I1', [], ['for milestone:M1'])
    ]);
    const milestones = await freshFirm(fixture.store, 'milestones');
    const all = sql`(select object_no from object where log_id = ${milestones.logId})`;
    expect(
      await fixture.store.engine.query(sql`select amount, currency from (${nextBilling(milestones, all)})`)
    ).toEqual([{ amount: 2, currency: null }]);
  });

  test('is its first planned milestone while it has no billing line, then the first line without an invoice', async () => {
    expect(await next()).toEqual([{ amount: 40, currency: 'EUR' }]);
    const line = (id: string, planned: string, amount: number) =>
      thing(`billing_schedule:${id}`, [], ['part_of erp_project:20.1'], {
        planned_date: planned,
        amount,
        currency: 'USD'
      });
    await load(
      fixture.store,
      'firm',
      [
        thing('erp_project:20.1', [], ['same_as project:asks']),
        line('B1', '2024-04-01', 10),
        line('B2', '2024-05-01', 20),
        line('B3', '2024-06-01', 30),
        thing('invoice:I1', [['Invoice posted', at(9)]], ['part_of erp_project:20.1', 'for billing_schedule:B1'])
      ],
      'erp.json'
    );
    firm = await freshFirm(fixture.store, 'firm');
    expect(await next()).toEqual([{ amount: 20, currency: 'USD' }]);
    // An invoice that names its line by a code is one for it too.
    await load(
      fixture.store,
      'firm',
      [
        {
          ref: 'invoice I2',
          objects: [['invoice', 'I2']],
          references: [[['invoice', 'I2'], 'for', 'billing_schedule', 'B2', 'B2']]
        }
      ],
      'more.json'
    );
    firm = await freshFirm(fixture.store, 'firm');
    expect(await next()).toEqual([{ amount: 30, currency: 'USD' }]);
  });
});

describe('codes that nobody settled', () => {
  test('may mean projects one key press away, as near as any; contradictory ones those that they name', async () => {
    await startFirm(fixture.store, 'codes', { functions });
    const referring = (id: string, ...codes: string[]): WrittenRecord => ({
      ref: id,
      objects: [['cs_transition', id]],
      references: codes.map((code) => [['cs_transition', id], 'for', 'project', code, `for ${code}`])
    });
    await load(fixture.store, 'codes', [
      ...['PRJ-1042', 'PRJ-1043', 'PRJ-2000', 'PRJ-2010'].map((id) =>
        thing(`project:${id}`, [['Project created', at(8)]])
      ),
      referring('linked', 'PRJ-1042'),
      referring('doubled', 'PRJ-10422'),
      referring('turned', 'PRJ-0142'),
      referring('between', 'PRJ-104'),
      referring('far', 'PRJ-9999'),
      referring('two', 'PRJ-2000', 'PRJ-2010'),
      {
        ref: 'twice',
        objects: [['cs_transition', 'twice']],
        references: ['b', 'a'].map((said) => [['cs_transition', 'twice'], 'for', 'project', 'PRJ-20000', said])
      }
    ]);
    const codes = await freshFirm(fixture.store, 'codes');
    const all = sql`(select object_no from object where log_id = ${codes.logId})`;
    const rows = await fixture.store.engine.query<{ code: string; said: string }>(sql`
      select from_id || ' ' || o.id as code, said from (${unsettledCodes(codes.logId, all)}) c
      join (select object_no, id from object where log_id = ${codes.logId}) o on o.object_no = c.project_no order by code`);
    // Of what was written for one code it is the same each time.
    expect(rows.find(({ code }) => code.startsWith('twice'))?.said).toBe('a');
    expect(rows.map(({ code }) => code)).toEqual([
      'between PRJ-1042',
      'between PRJ-1043',
      'doubled PRJ-1042',
      'turned PRJ-1042',
      'twice PRJ-2000',
      'two PRJ-2000',
      'two PRJ-2010'
    ]);
  });
});
