import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setNow } from '#models/log/catalogue.ts';
import { BadUse } from '#models/log/errors.ts';
import { freshLedger } from '#models/views/handoff-ledger.ts';
import type { WrittenRecord } from '../log/record-fixture.ts';
import { openFixture, type Fixture } from '../../mining/fixture.ts';
import { employee, functions, office } from '../../mining/office.ts';
import { at, load, startFirm, thing } from './firm.ts';
import { by, firm, milestone, NOW, project, told } from './small-ledger.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.close());

describe('business time', () => {
  beforeAll(() =>
    firm(
      fixture.store,
      'weeks',
      [
        project('P1'),
        milestone('easter', [
          ['Evidence submitted', at(15, 28), by('d1')],
          ['Invoice posted', '2024-04-02T08:00:00Z', by('f1')]
        ]),
        thing(
          'purchase_request:spring forward',
          [
            ['Purchase requested', at(21, 8), by('d1')],
            ['Purchase picked up', at(14, 11), by('b1')]
          ],
          ['for project:P1']
        )
      ],
      { now: '2024-04-30T12:00:00Z' }
    )
  );

  test('of a week with holidays in which the clocks change', async () => {
    // Thursday 15 to 16 h UTC; Friday and Monday off; Tuesday 7 to 8 h UTC, an hour earlier than the week before.
    expect((await told(fixture.store, 'weeks', 'milestone_to_invoice'))['easter']).toMatchObject({
      receiver: [113, 2]
    });
  });

  test('across the weekend on which New York’s clocks change', async () => {
    // Friday 21 to 22 h UTC, Monday 13 to 14 h UTC.
    expect((await told(fixture.store, 'weeks', 'delivery_to_procurement'))['spring forward']).toMatchObject({
      receiver: [65, 2]
    });
  });

  test('is not known without a calendar, and neither is what a goal of working days says', async () => {
    await startFirm(fixture.store, 'no calendar', { functions, now: NOW });
    await load(fixture.store, 'no calendar', [
      employee('f1', { department: 'Finance', office: 'MARS' }),
      employee('d1', { department: 'Delivery', office: 'MARS' }),
      project('P1'),
      milestone('M1', [
        ['Evidence submitted', at(9, 4), by('d1')],
        ['Invoice posted', at(10, 5), by('f1')]
      ])
    ]);
    expect((await told(fixture.store, 'no calendar', 'milestone_to_invoice'))['M1']).toMatchObject({
      ...{ receiver: [25, null], within: null, due: null, late: null }
    });
  });
});

describe('goals', () => {
  beforeAll(() =>
    firm(
      fixture.store,
      'goals',
      [
        project('P1'),
        project('P2', { region: 'APAC' }),
        ...['P1', 'P2'].map((of) =>
          milestone(
            `of ${of}`,
            [
              ['Evidence submitted', at(9, 4), by('d1')],
              ['Invoice posted', at(10, 6), by('f1')]
            ],
            1000,
            of
          )
        ),
        milestone('too long', [['Evidence submitted', at(9, 11), by('d1')]]),
        milestone('still in time', [['Evidence submitted', at(9, 19), by('d1')]])
      ],
      {
        lifecycle: {
          layers: [{ level: 'region', of: 'APAC', handoffs: { milestone_to_invoice: { goal: { business: 'P2D' } } } }]
        }
      }
    )
  );

  test('are the firm’s, or those of the region that a project belongs to, in its team’s working days', async () => {
    const rows = await told(fixture.store, 'goals', 'milestone_to_invoice');
    // Three days of 8 h: 7 h on Monday, 8 h on Tuesday and Wednesday, 1 h on Thursday. It took 17 h.
    expect(rows['of P1']).toMatchObject({ receiver: [49, 17], goal: 24, due: '03-07 09:00', within: true, late: 0 });
    // Two days: 7 + 8 + 1 h. An hour too late.
    expect(rows['of P2']).toMatchObject({ receiver: [49, 17], goal: 16, due: '03-06 09:00', within: false, late: 1 });
  });

  test('of open ones are missed as soon as they are, and before that not decided', async () => {
    const rows = await told(fixture.store, 'goals', 'milestone_to_invoice');
    expect(rows['too long']).toMatchObject({ status: 'open', due: '03-14 09:00', within: false, late: 147 });
    expect(rows['still in time']).toMatchObject({ status: 'open', within: null, late: null });
  });
});

describe('money', () => {
  const line = (id: string, planned_date: string, amount: number, of: string): WrittenRecord =>
    thing(`billing_schedule:${id}`, [], [`part_of erp_project:${of}`], { planned_date, amount, currency: 'USD' });
  const purchase = (id: string, day: number, of: string): WrittenRecord =>
    thing(
      `purchase_request:${id}`,
      [
        ['Purchase requested', at(15, day), by('d1')],
        ['Purchase picked up', at(16, day), by('b1')]
      ],
      [`for project:${of}`],
      { amount: 99_999 }
    );
  test('of a milestone is its own; of what comes before, what the project bills next at that time', async () => {
    await firm(fixture.store, 'money', [
      project('P1'),
      project('P2'),
      project('P3'),
      thing('erp_project:E1', [], ['same_as project:P1']),
      line('B2', '2024-05-01', 200, 'E1'),
      line('B1', '2024-04-01', 100, 'E1'),
      thing(
        'invoice:I1',
        [['Invoice posted', at(9, 12), by('f1')]],
        ['for billing_schedule:B1', 'part_of erp_project:E1'],
        {
          amount: 100,
          currency: 'USD'
        }
      ),
      purchase('before the invoice', 11, 'P1'),
      purchase('after it', 13, 'P1'),
      purchase('no line', 11, 'P2'),
      purchase('nothing planned', 11, 'P3'),
      // Nobody took them up: B1 and the first milestone were billed while they waited.
      ...['P1', 'P2'].map((of) =>
        thing(`purchase_request:open of ${of}`, [['Purchase requested', at(15, 11), by('d1')]], [`for project:${of}`])
      ),
      thing('invoice:I2', [['Invoice posted', at(9, 12), by('f1')]], ['for milestone:first'], {
        amount: 40,
        currency: 'EUR'
      }),
      thing('milestone:second', [['Evidence submitted', at(9, 11), by('d1')]], ['part_of project:P2'], {
        amount: 60,
        planned_date: '2024-06-01'
      }),
      thing('milestone:first', [], ['part_of project:P2'], { amount: 40, planned_date: '2024-05-01' })
    ]);
    const rows = await told(fixture.store, 'money', 'delivery_to_procurement');
    const of = (id: string) => rows[id]?.money;
    expect([of('before the invoice'), of('after it'), of('no line'), of('nothing planned')]).toEqual([
      100,
      200,
      40,
      null
    ]);
    expect([of('open of P1'), of('open of P2')]).toEqual([200, 60]);
    expect((await told(fixture.store, 'money', 'milestone_to_invoice'))['second']?.money).toBe(60);
  });
});

describe('the log’s now', () => {
  test('hides what happens after it, and measures anew when it moves', async () => {
    await firm(fixture.store, 'moving', [
      project('P1'),
      milestone('earlier', [
        ['Evidence submitted', at(9, 1), by('d1')],
        ['Invoice posted', at(10, 1), by('f1')]
      ]),
      milestone('M1', [
        ['Evidence submitted', at(9, 4), by('d1')],
        ['Invoice posted', at(12, 4), by('f1')]
      ])
    ]);
    const at_ = async (now: string) => {
      await setNow(fixture.store, 'moving', new Date(now));
      return (await told(fixture.store, 'moving', 'milestone_to_invoice'))['M1'];
    };
    expect(await at_('2024-03-04T10:30:00Z')).toMatchObject({ status: 'open', receiver: [1.5, 1.5] });
    expect(await at_('2024-03-04T11:00:00Z')).toMatchObject({ status: 'open', receiver: [2, 2] });
    expect(await at_('2024-03-04T12:00:00Z')).toMatchObject({ status: 'done', receiver: [3, 3] });
    expect(await at_('2024-03-04T08:00:00Z')).toBeUndefined();
  });
});

test('where nobody of a function has picked up yet, its team in the directory has it', async () => {
  await startFirm(fixture.store, 'first', { functions, now: NOW });
  await load(fixture.store, 'first', [
    ...[office('BER', 'Europe/Berlin'), office('NYC', 'America/New_York')],
    ...[
      employee('f1', { department: 'Finance', office: 'BER' }),
      employee('d1', { department: 'Delivery', office: 'NYC' })
    ],
    project('P1'),
    milestone('M1', [['Evidence submitted', at(9, 19), by('d1')]]),
    // What else the team is known for.
    thing('invoice:I9', [['Invoice credited', at(9, 1), by('f1')]])
  ]);
  // Tuesday 9 to 16 h and Wednesday 8 to 12 h in Berlin.
  expect((await told(fixture.store, 'first', 'milestone_to_invoice'))['M1']).toMatchObject({
    team: 'Finance BER',
    receiver: [27, 11]
  });
});

test('a later import changes what it tells of', async () => {
  await firm(fixture.store, 'later', [project('P1'), milestone('M1', [['Evidence submitted', at(9, 4), by('d1')]])]);
  expect((await told(fixture.store, 'later', 'milestone_to_invoice'))['M1']).toMatchObject({ status: 'open' });
  await load(
    fixture.store,
    'later',
    [
      thing(
        'invoice:I1',
        [['Invoice posted', at(11, 4), { ...by('f1'), also: ['milestone:M1'] }]],
        ['for milestone:M1']
      )
    ],
    'invoices.json'
  );
  expect((await told(fixture.store, 'later', 'milestone_to_invoice'))['M1']).toMatchObject({
    status: 'done',
    receiver: [2, 2]
  });
});

test('a log of no firm has no handoffs, and is told what it lacks', async () => {
  await fixture.load({ log: 'plain', events: [{ case: 'a', activity: 'x', at: at(1) }] });
  await expect(freshLedger(fixture.store, 'plain')).rejects.toThrow(BadUse);
});
