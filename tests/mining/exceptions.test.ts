import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lifecycleExceptions, type ExceptionsOptions, type LifecycleException } from '#mining/exceptions.ts';
import { freshFirm } from '#models/views/firm.ts';
import { sql } from '#models/store/sql.ts';
import type { WrittenRecord } from '../models/log/record-fixture.ts';
import { at, load, startFirm, thing } from '../models/views/firm.ts';
import { openFixture, type Fixture } from './fixture.ts';
import { employee, functions, office } from './office.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.close());

const NOW = '2024-06-30T00:00:00Z';
const exceptions = async (log: string, options: ExceptionsOptions = {}, now = NOW) =>
  lifecycleExceptions(fixture.store, await freshFirm(fixture.store, log), now, options);

/** Each violation of a rule as `anchor: opened to closed`. */
const told = async (log: string, rule: string, now = NOW): Promise<string[]> => {
  const { rows } = await exceptions(log, { rule }, now);
  const short = (instant: string | null) => (instant === null ? 'open' : instant.slice(5, 16));
  return rows
    .map(({ anchor_id, opened_at, closed_at }) => `${anchor_id}: ${short(opened_at)} to ${short(closed_at)}`)
    .sort();
};
const textsOf = (row: LifecycleException | undefined): string[] => (row?.evidence ?? []).map(({ text }) => text);

const project = (id: string, events: Parameters<typeof thing>[1] = [], links: string[] = []): WrittenRecord =>
  thing(`project:${id}`, events, links, { region: 'EMEA', legal_entity: 'GmbH', service_line: 'Cloud' });
const people = [
  office('BER', 'Europe/Berlin', ['2024-03-29', '2024-04-01']),
  office('NYC', 'America/New_York'),
  employee('f1', { department: 'Finance', office: 'BER' }),
  employee('d1', { department: 'Delivery', office: 'NYC' }),
  employee('bot', { department: 'Software', office: 'BER', integration: true })
];
const firm = async (log: string, records: WrittenRecord[], setup: object = {}) => {
  await startFirm(fixture.store, log, { functions, ...setup });
  await load(fixture.store, log, [...people, ...records]);
};

describe('what must precede', () => {
  beforeAll(() =>
    firm('order', [
      project('P1'),
      thing(
        'change_request:right',
        [
          ['Change approved', at(9)],
          ['Change work started', at(10)]
        ],
        ['part_of project:P1']
      ),
      thing(
        'change_request:early',
        [
          ['Change work started', at(9)],
          ['Change approved', at(12)]
        ],
        ['part_of project:P1']
      ),
      thing(
        'change_request:at once',
        [
          ['Change approved', at(9)],
          ['Change work started', at(9)]
        ],
        ['part_of project:P1']
      ),
      thing(
        'change_request:never',
        [
          ['Change work started', at(9)],
          ['Change rejected', at(12)]
        ],
        ['part_of project:P1']
      ),
      thing('change_request:of nobody', [['Change work started', at(8)]]),
      project('P2', [
        ['Time booked', at(8)],
        ['Time booked', at(9), { resource: 'd1' }],
        ['Time booked', at(11)]
      ]),
      thing('erp_project:E2', [['Financial set-up completed', at(10), { resource: 'f1' }]], ['same_as project:P2'])
    ])
  );

  test('is violated by what is earlier, closed by what should have come first, and not violated at the same instant', async () => {
    expect(await told('order', 'approval_before_change_work')).toEqual([
      'early: 03-01T09:00 to 03-01T12:00',
      'never: 03-01T09:00 to open',
      'of nobody: 03-01T08:00 to open'
    ]);
  });

  test('is found over links, as one exception with the number of events, its owner and its project', async () => {
    const { rows, total } = await exceptions('order', { rule: 'setup_before_delivery' });
    expect(total).toBe(1);
    expect(rows[0]).toMatchObject({
      ...{ anchor_type: 'project', anchor_id: 'P2', project: 'P2', region: 'EMEA', legal_entity: 'GmbH' },
      ...{ service_line: 'Cloud', severity: 'high', owner: 'Delivery' },
      ...{ opened_at: '2024-03-01T08:00:00.000Z', closed_at: '2024-03-01T10:00:00.000Z' }
    });
    expect(textsOf(rows[0])).toEqual([
      'Time booked at 2024-03-01T08:00:00.000Z, before any Financial set-up completed; 2 such events in all',
      'mended: Financial set-up completed at 2024-03-01T10:00:00.000Z by Name of f1'
    ]);
    expect(rows[0]?.evidence.every(({ event_no }) => typeof event_no === 'number')).toBe(true);
  });

  test('counts stand for every rule, whatever one is asked for', async () => {
    const { counts, rows, total } = await exceptions('order', { state: 'open', limit: 1 });
    expect(counts).toContainEqual({
      rule: 'approval_before_change_work',
      name: 'A change is approved before work on it starts',
      ...{ severity: 'high', owner: 'Delivery', open: 2, closed: 1 }
    });
    expect(counts).toContainEqual(expect.objectContaining({ rule: 'deal_four_eyes', open: 0, closed: 0 }));
    expect(rows).toHaveLength(1);
    expect(total).toBe(counts.reduce((sum, { open }) => sum + open, 0));
  });

  test('what happens after now is not known: a violation not yet there, and one not yet closed', async () => {
    expect(await told('order', 'approval_before_change_work', at(8.5))).toEqual(['of nobody: 03-01T08:00 to open']);
    expect(await told('order', 'approval_before_change_work', at(11))).toContain('early: 03-01T09:00 to open');
    expect(await told('order', 'approval_before_change_work', at(12))).toContain('early: 03-01T09:00 to 03-01T12:00');
  });

  test('those of one project, or of where projects belong, can be asked for', async () => {
    const of = async (options: ExceptionsOptions) =>
      (await exceptions('order', { rule: 'approval_before_change_work', ...options })).rows
        .map((row) => row.anchor_id)
        .sort();
    expect(await of({ project: 'P1' })).toEqual(['early', 'never']);
    expect(await of({ project: 'P2' })).toEqual([]);
    expect(await of({ region: 'APAC' })).toEqual([]);
    expect(await of({ region: 'EMEA', service_line: 'Cloud' })).toEqual(['early', 'never']);
    expect((await exceptions('order', { project: 'P2' })).counts.filter(({ closed }) => closed > 0)).toMatchObject([
      { rule: 'setup_before_delivery', open: 0, closed: 1 }
    ]);
  });
});

describe('what must happen', () => {
  const accepted = '2024-03-28T10:00:00Z';
  const milestone = (id: string, ...events: [string, string][]) =>
    thing(`milestone:${id}`, events, ['part_of project:P1']);
  beforeAll(() =>
    firm('due', [
      // Says that finance of GmbH in EMEA works in Berlin.
      project('P1', [['Financial set-up started', at(9), { resource: 'f1' }]]),
      milestone('never', ['Evidence accepted', accepted]),
      milestone('late', ['Evidence accepted', accepted], ['Invoice posted', '2024-04-08T09:00:01Z']),
      milestone('just', ['Evidence accepted', accepted], ['Invoice posted', '2024-04-08T09:00:00Z']),
      milestone('before', ['Invoice posted', '2024-03-27T10:00:00Z'], ['Evidence accepted', accepted]),
      milestone('not yet', ['Evidence accepted', '2024-06-27T10:00:00Z']),
      project('P2', [['Project closed', '2024-03-01T12:00:00Z']]),
      project('P33', [['Project closed', '2024-03-01T12:00:00Z']]),
      {
        ref: 'cs_transition:T3',
        objects: [['cs_transition', 'T3']],
        events: [{ activity: 'Transition accepted', at: at(9, 4), objects: [['cs_transition', 'T3']] }],
        references: [[['cs_transition', 'T3'], 'for', 'project', 'P333', 'P333']]
      }
    ])
  );

  test('is due by the owner’s working time, over holidays and the change of clocks; what stops at the deadline is in time', async () => {
    // Accepted Thursday 28 March 11:00 in Berlin: 6 h of that day, none on Good Friday and Easter Monday, then 8, 8, 8 h
    // on 2 to 4 April, 8 h on Friday: 38 h. The 40th ends on Monday 8 April at 11:00, which is 9:00 UTC by now.
    expect(await told('due', 'accepted_milestone_invoiced')).toEqual([
      'late: 04-08T09:00 to 04-08T09:00',
      'never: 04-08T09:00 to open'
    ]);
    const { rows } = await exceptions('due', { rule: 'accepted_milestone_invoiced', state: 'open' });
    expect(textsOf(rows[0])).toEqual([
      'Evidence accepted at 2024-03-28T10:00:00.000Z',
      'Invoice posted was due by 2024-04-08T09:00:00.000Z'
    ]);
    expect(await told('due', 'accepted_milestone_invoiced', '2024-04-08T08:59:59Z')).toEqual([]);
  });

  test('counts the wall clock where nobody’s hours are known, and tells of a code that may hide it', async () => {
    // No delivery team acts in these projects: 20 days of 24 hours.
    expect(await told('due', 'transition_to_cs')).toEqual(['P2: 03-21T12:00 to open', 'P33: 03-21T12:00 to open']);
    const { rows } = await exceptions('due', { rule: 'transition_to_cs', project: 'P33' });
    expect(rows[0]?.evidence.at(-1)).toEqual({
      text: 'cs transition T3 says "P333", a code that is not settled: this project may be meant',
      object: { type: 'cs_transition', id: 'T3' }
    });
    expect(textsOf((await exceptions('due', { rule: 'transition_to_cs', project: 'P2' })).rows[0])).toHaveLength(2);
  });
});

describe('two people', () => {
  test('who asks does not agree, in any order and round, himself or for another; software is nobody', async () => {
    const change = (id: string, ...events: [string, string, string][]) =>
      thing(
        `change_request:${id}`,
        events.map(([activity, when, resource]) => [activity, when, { resource }])
      );
    await firm('eyes', [
      project('P1'),
      change('two', ['Change submitted for approval', at(9), 'd1'], ['Approval step approved', at(10), 'f1']),
      change('one', ['Change submitted for approval', at(9), 'd1'], ['Approval step approved', at(10), 'd1']),
      change(
        'second round',
        ['Change submitted for approval', at(9), 'd1'],
        ['Approval step approved', at(10), 'f1'],
        ['Approval resubmitted', at(11), 'f1']
      ),
      change('software', ['Change submitted for approval', at(9), 'bot'], ['Approval step approved', at(10), 'bot']),
      thing('change_request:nobody', [
        ['Change submitted for approval', at(9)],
        ['Approval step approved', at(10)]
      ])
    ]);
    expect(await told('eyes', 'change_four_eyes')).toEqual([
      'one: 03-01T10:00 to open',
      'second round: 03-01T11:00 to open'
    ]);
    const { rows } = await exceptions('eyes', { rule: 'change_four_eyes' });
    expect(textsOf(rows.find(({ anchor_id }) => anchor_id === 'one'))).toEqual([
      'Change submitted for approval at 2024-03-01T09:00:00.000Z by Name of d1',
      'Approval step approved at 2024-03-01T10:00:00.000Z by Name of d1: the same person'
    ]);
  });
});

describe('a required field', () => {
  const contract = (id: string, attributes: Record<string, unknown>, recorded?: string): WrittenRecord => ({
    ...thing(`contract:${id}`, [], [`for opportunity:${id}`], {
      ...{ purchase_order: '45', billing_contact: 'x', cost_centre: 'y' },
      ...attributes
    }),
    ...(recorded !== undefined && { recorded })
  });
  const won = (id: string) =>
    thing(`opportunity:${id}`, [
      ['Deal won', at(9)],
      ['Deal submitted for validation', at(10)]
    ]);
  const committed = async (log: string): Promise<string[]> =>
    (
      await fixture.store.engine.query<{ committed: string }>(sql`
        select strftime(committed_at, '%m-%dT%H:%M') as committed from batch join log using (log_id)
        where log.name = ${log} order by batch_no`)
    ).map((row) => row.committed);

  test('is missing when blank, null or absent at the first entry into the stage, of each object that has to have it', async () => {
    await firm('fields', [
      project('P1', [], ['for opportunity:blank', 'for contract:blank']),
      ...['filled', 'blank', 'null', 'absent', 'spaces'].map(won),
      contract('filled', { tax_id: 'DE1' }),
      contract('blank', { tax_id: '' }),
      contract('null', { tax_id: null }),
      contract('absent', {}),
      contract('spaces', { tax_id: '  ' }),
      // Not won yet: nothing is asked of it.
      contract('early', { tax_id: '' }),
      thing('opportunity:early', [['Proposal sent', at(9)]])
    ]);
    expect(await told('fields', 'contract_tax_id')).toEqual(
      ['absent', 'blank', 'null', 'spaces'].map((id) => `${id}: 03-01T09:00 to open`)
    );
    expect(await told('fields', 'contract_cost_centre')).toEqual([]);
    const { rows } = await exceptions('fields', { rule: 'contract_tax_id', project: 'P1' });
    expect(rows).toMatchObject([
      {
        ...{ anchor_type: 'opportunity', anchor_id: 'blank', project: 'P1', severity: 'high', owner: 'Deal Desk' },
        evidence: [
          { text: 'contract blank has no tax id', object: { type: 'contract', id: 'blank' } },
          { text: 'Deal won at 2024-03-01T09:00:00.000Z' }
        ]
      }
    ]);
  });

  test('that a later import fills in closes the exception, and both instants are kept', async () => {
    await firm('filled later', [project('P1'), won('A'), won('B'), contract('A', { tax_id: '' }), contract('B', {})]);
    expect(await told('filled later', 'contract_tax_id')).toEqual(['A: 03-01T09:00 to open', 'B: 03-01T09:00 to open']);
    await load(fixture.store, 'filled later', [contract('A', { tax_id: 'DE1' })]);
    const [, second] = await committed('filled later');
    expect(await told('filled later', 'contract_tax_id')).toEqual([
      `A: 03-01T09:00 to ${second}`,
      'B: 03-01T09:00 to open'
    ]);
    const { rows } = await exceptions('filled later', { rule: 'contract_tax_id', state: 'closed' });
    expect(textsOf(rows[0]).at(-1)).toMatch(/^filled in by import \d+$/);
    // The same file once more, and another record, change nothing of it.
    await load(fixture.store, 'filled later', [contract('A', { tax_id: 'DE1' }), contract('C', { tax_id: 'DE3' })]);
    expect(await told('filled later', 'contract_tax_id')).toEqual([
      `A: 03-01T09:00 to ${second}`,
      'B: 03-01T09:00 to open'
    ]);
    // Emptied again it is open again.
    await load(fixture.store, 'filled later', [contract('A', { tax_id: '', cost_centre: 'z' })]);
    expect(await told('filled later', 'contract_tax_id')).toEqual(['A: 03-01T09:00 to open', 'B: 03-01T09:00 to open']);
  });

  test('is closed when the source says that it wrote it, and when the value began to hold', async () => {
    await firm('filled at', [
      project('P1'),
      won('A'),
      won('B'),
      contract('A', { tax_id: '' }, at(8, 1)),
      {
        ...contract('B', { tax_id: '' }),
        changes: [
          ['contract', 'B', at(7, 3), { tax_id: '' }],
          ['contract', 'B', at(7, 4), { tax_id: 'DE2' }]
        ]
      }
    ]);
    await load(fixture.store, 'filled at', [contract('A', { tax_id: 'DE1' }, at(16, 5))]);
    expect(await told('filled at', 'contract_tax_id')).toEqual([
      'A: 03-01T09:00 to 03-05T16:00',
      'B: 03-01T09:00 to 03-04T07:00'
    ]);
    expect(await told('filled at', 'contract_tax_id', at(12, 3))).toContain('B: 03-01T09:00 to open');
  });

  test('that was filled in before anybody knew of the entry was never missing', async () => {
    await startFirm(fixture.store, 'in time', { functions });
    await load(fixture.store, 'in time', [...people, project('P1'), contract('A', { tax_id: '' })], 'contracts.json');
    await load(fixture.store, 'in time', [contract('A', { tax_id: 'DE1' })], 'contracts.json');
    await load(fixture.store, 'in time', [won('A')], 'deals.json');
    expect(await told('in time', 'contract_tax_id')).toEqual([]);
  });
});

describe('layers of the lifecycle', () => {
  test('a region’s own rules hold for its projects alone', async () => {
    const asia = thing('project:P2', [], [], { region: 'APAC', legal_entity: 'Inc' });
    const early = (id: string, of: string) =>
      thing(`change_request:${id}`, [['Change work started', at(9)]], [`part_of project:${of}`]);
    // One of a project that nobody knows is under the firm's own rules, and not forgotten.
    const lost = thing('change_request:C3', [['Change work started', at(9)]]);
    await firm('layers', [project('P1'), asia, early('C1', 'P1'), early('C2', 'P2'), lost], {
      lifecycle: { layers: [{ level: 'region', of: 'APAC', rules: { approval_before_change_work: null } }] }
    });
    expect(await told('layers', 'approval_before_change_work')).toEqual([
      'C1: 03-01T09:00 to open',
      'C3: 03-01T09:00 to open'
    ]);
    await startFirm(fixture.store, 'layers', { functions });
    expect(await told('layers', 'approval_before_change_work')).toEqual([
      'C1: 03-01T09:00 to open',
      'C2: 03-01T09:00 to open',
      'C3: 03-01T09:00 to open'
    ]);
  });
});
