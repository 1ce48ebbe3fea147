import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setNow } from '#models/log/catalogue.ts';
import { BadUse } from '#models/log/errors.ts';
import { ident, sql } from '#models/store/sql.ts';
import { freshLedger } from '#models/views/handoff-ledger.ts';
import type { WrittenRecord } from '../log/record-fixture.ts';
import { openFixture, type Fixture } from '../../mining/fixture.ts';
import { employee, functions, office } from '../../mining/office.ts';
import { at, load, startFirm, thing } from './firm.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.close());

const NOW = '2024-03-20T12:00:00Z';
const HOUR = 3_600_000;

/** Berlin works from 8 to 16 h UTC in winter and from 7 to 15 h in summer, New York from 14 to 22 h and 13 to 21 h. */
const people = [
  office('BER', 'Europe/Berlin', ['2024-03-29', '2024-04-01']),
  office('NYC', 'America/New_York'),
  employee('f1', { department: 'Finance', office: 'BER' }),
  employee('f2', { department: 'Finance', office: 'NYC' }),
  employee('d1', { department: 'Delivery', office: 'NYC' }),
  employee('s1', { department: 'Staffing', office: 'BER' }),
  employee('b1', { department: 'Buying', office: 'NYC' }),
  employee('a1', { department: 'Approvers', office: 'BER' }),
  employee('bot', { department: 'Software', office: 'BER', integration: true })
];
const project = (id: string, more: object = {}, links: string[] = []): WrittenRecord =>
  thing(`project:${id}`, [], links, {
    ...{ region: 'EMEA', legal_entity: 'GmbH', service_line: 'Cloud', currency: 'EUR' },
    ...more
  });
const by = (resource: string) => ({ resource });
type Events = Parameters<typeof thing>[1];
const milestone = (id: string, events: Events, amount = 1000, of = 'P1'): WrittenRecord =>
  thing(`milestone:${id}`, events, [`part_of project:${of}`], { amount });
const firm = async (log: string, records: WrittenRecord[], setup: object = {}): Promise<void> => {
  await startFirm(fixture.store, log, { functions, now: NOW, ...setup });
  await load(fixture.store, log, [...people, ...records]);
};

interface Told {
  id: string;
  status: string;
  holder: string | null;
  team: string | null;
  since: string | null;
  rounds: number;
  bounces: number;
  right: boolean | null;
  picked_up: string | null;
  receiver: [wall: number, business: number | null];
  sender: [wall: number, business: number | null];
  money: number | null;
  goal: number | null;
  due: string | null;
  within: boolean | null;
  late: number | null;
}

/** The handoffs of one kind by anchor, times in hours. */
async function told(log: string, handoff: string): Promise<Record<string, Told>> {
  const ledger = await freshLedger(fixture.store, log);
  const hours = (ms: number | null) => (ms === null ? null : ms / HOUR);
  const rows = await fixture.store.engine.query<Record<string, never>>(sql`
    select h.* exclude (first_release, final_pick_up, holder_since, due_at, goal_ms, late_wall_ms, receiver_wall_ms,
        sender_wall_ms, receiver_business_ms, sender_business_ms), t.value as team,
      strftime(final_pick_up, '%m-%d %H:%M') as picked_up, strftime(holder_since, '%m-%d %H:%M') as since,
      strftime(due_at, '%m-%d %H:%M') as due, goal_ms::double as goal_ms, late_wall_ms::double as late,
      receiver_wall_ms::double as rw, sender_wall_ms::double as sw, receiver_business_ms::double as rb,
      sender_business_ms::double as sb
    from ${ident(ledger.handoffs)} h
    left join (select id, value from term where log_id = ${ledger.logId} and kind = 'team') t on t.id = h.holder_team
    where handoff = ${handoff}`);
  return Object.fromEntries(
    rows.map((row) => [
      row['anchor_id'],
      {
        ...{ id: row['anchor_id'], status: row['status'], holder: row['holder'], team: row['team'] },
        ...{ since: row['since'], rounds: row['rounds'], bounces: row['bounces'], right: row['first_time_right'] },
        picked_up: row['picked_up'],
        receiver: [hours(row['rw'] as never), hours(row['rb'] as never)],
        sender: [hours(row['sw'] as never), hours(row['sb'] as never)],
        ...{ money: row['money'], goal: hours(row['goal_ms'] as never), due: row['due'] },
        ...{ within: row['within_goal'], late: hours(row['late'] as never) }
      } as unknown as Told
    ])
  );
}

/** The rounds of one anchor as `released → received (outcome, working hours)`. */
async function roundsOf(log: string, handoff: string, anchor: string): Promise<string[]> {
  const ledger = await freshLedger(fixture.store, log);
  const rows = await fixture.store.engine.query<{ said: string }>(sql`
    select printf('%s → %s (%s, %s h)', strftime(released_at, '%d %H:%M'), coalesce(strftime(received_at, '%d %H:%M'), '–'),
      outcome, coalesce((r.business_ms / 3600000)::varchar, '?')) as said
    from ${ident(ledger.rounds)} r join ${ident(ledger.handoffs)} h using (handoff, anchor_no)
    where handoff = ${handoff} and anchor_id = ${anchor} order by round`);
  return rows.map(({ said }) => said);
}

describe('rounds', () => {
  beforeAll(() =>
    firm('rounds', [
      project('P1'),
      milestone('straight', [
        ['Evidence submitted', at(9, 4), by('d1')],
        ['Evidence submitted', at(10, 4), by('d1')],
        ['Evidence accepted', at(11, 4), by('f1')],
        ['Invoice posted', at(10, 5), by('f1')],
        ['Invoice posted', at(10, 6), by('f1')]
      ]),
      milestone('bounced', [
        ['Evidence submitted', at(9, 4), by('d1')],
        ['Evidence bounced', at(12, 4), by('f1')],
        ['Evidence bounced', at(13, 4), by('f1')],
        ['Evidence submitted', at(15, 5), by('d1')],
        ['Evidence accepted', at(16, 5), by('f1')],
        ['Invoice posted', at(9, 6), by('f1')]
      ]),
      milestone('corrected', [
        ['Evidence submitted', at(9, 4), by('d1')],
        ['Evidence accepted', at(10, 4), by('f1')],
        ['Evidence bounced', at(11, 4), by('f1')],
        ['Invoice posted', at(12, 4), by('f1')]
      ]),
      milestone('credited', [
        ['Evidence submitted', at(9, 4), by('d1')],
        ['Invoice posted', at(12, 4), by('f1')],
        ['Credit note posted', at(12, 8), by('f1')]
      ]),
      milestone('billed early', [
        ['Invoice posted', at(9, 4), by('f1')],
        ['Evidence submitted', at(9, 5), by('d1')]
      ]),
      milestone('never released', [['Milestone reached', at(9, 4), by('d1')]]),
      thing(
        'resource_request:refused',
        [
          ['Resources requested', at(9, 4), by('d1')],
          ['Staffing started', at(10, 4), by('s1')],
          ['Candidate proposed', at(11, 4), by('s1')],
          ['Candidate rejected', at(12, 4), by('d1')],
          ['Candidate proposed', at(14, 4), by('s1')],
          ['Resource request fulfilled', at(15, 4), by('d1')]
        ],
        ['part_of project:P1']
      )
    ])
  );

  test('a release that is repeated while the receiver has it changes nothing, nor does a later pick-up', async () => {
    // Monday 9 to 16 h and Tuesday 8 to 10 h in Berlin.
    expect((await told('rounds', 'milestone_to_invoice'))['straight']).toMatchObject({
      ...{ status: 'done', rounds: 1, bounces: 0, right: true, picked_up: '03-05 10:00', holder: null },
      receiver: [25, 9],
      sender: [0, 0]
    });
    expect(await roundsOf('rounds', 'milestone_to_invoice', 'straight')).toEqual([
      '04 09:00 → 05 10:00 (picked_up, 9.0 h)'
    ]);
  });

  test('after a bounce the time is the sender’s, in the sender’s hours, up to the next release', async () => {
    // At the receiver 9 to 12 h on Monday, then from 15 h on Tuesday (1 h left) to 9 h on Wednesday (1 h).
    // At the sender 12 h on Monday to 15 h on Tuesday: in New York 8 h and 1 h of it.
    expect((await told('rounds', 'milestone_to_invoice'))['bounced']).toMatchObject({
      ...{ status: 'done', rounds: 2, bounces: 1, right: false, picked_up: '03-06 09:00' },
      receiver: [21, 5],
      sender: [27, 9]
    });
    expect(await roundsOf('rounds', 'milestone_to_invoice', 'bounced')).toEqual([
      '04 09:00 → 04 12:00 (returned, 3.0 h)',
      '05 15:00 → 06 09:00 (picked_up, 2.0 h)'
    ]);
  });

  test('what comes back after it was accepted, or is put right later, is no bounce, and was not right at once', async () => {
    const rows = await told('rounds', 'milestone_to_invoice');
    expect(rows['corrected']).toMatchObject({ rounds: 1, bounces: 0, right: false, receiver: [3, 3], sender: [0, 0] });
    expect(rows['credited']).toMatchObject({ rounds: 1, bounces: 0, right: false, picked_up: '03-04 12:00' });
  });

  test('what was picked up before it was released waits for nothing', async () => {
    expect((await told('rounds', 'milestone_to_invoice'))['billed early']).toMatchObject({
      ...{ status: 'done', rounds: 1, picked_up: '03-05 09:00', receiver: [0, 0], within: true, late: 0 }
    });
  });

  test('what was never released is no handoff', async () => {
    expect(Object.keys(await told('rounds', 'milestone_to_invoice')).sort()).toEqual(
      ['billed early', 'bounced', 'corrected', 'credited', 'straight'].sort()
    );
  });

  test('a refusal gives it to the receiver again without a new release', async () => {
    expect(await roundsOf('rounds', 'delivery_to_staffing', 'refused')).toEqual([
      '04 09:00 → 04 10:00 (refused, 1.0 h)',
      '04 12:00 → 04 14:00 (picked_up, 2.0 h)'
    ]);
    expect((await told('rounds', 'delivery_to_staffing'))['refused']).toMatchObject({
      ...{ status: 'done', bounces: 1, right: false, picked_up: '03-04 14:00', receiver: [5, 5], sender: [0, 0] }
    });
  });
});

describe('who picks up', () => {
  const change = (id: string, events: Events): WrittenRecord =>
    thing(`change_request:${id}`, events, ['part_of project:P1'], { amount: 700, currency: 'USD' });
  beforeAll(() =>
    firm('people', [
      project('P1'),
      milestone('by others', [
        ['Evidence submitted', at(9, 4), by('d1')],
        ['Invoice posted', at(10, 4), by('bot')],
        ['Invoice posted', at(11, 4), by('d1')],
        ['Invoice posted', at(12, 4)],
        ['Invoice posted', at(13, 4), by('f1')]
      ]),
      milestone('waits', [['Evidence submitted', at(9, 18), by('d1')]]),
      milestone('with sender', [
        ['Evidence submitted', at(9, 4), by('d1')],
        ['Evidence bounced', at(14, 18), by('f1')]
      ]),
      milestone('accepted', [
        ['Evidence submitted', at(9, 18), by('d1')],
        ['Evidence accepted', at(10, 18), by('f1')]
      ]),
      thing(
        'resource_request:template',
        [
          ['Resources requested', at(9, 4), by('d1')],
          ['Staffing started', at(15, 4), by('s1')]
        ],
        ['part_of project:P1']
      ),
      thing(
        'assignment:made by software',
        [['Assignment created', at(10, 4), by('bot')]],
        ['for resource_request:template', 'part_of project:P1']
      ),
      change('own', [
        ['Change submitted for approval', at(9, 4), by('d1')],
        ['Approval step approved', at(10, 4), by('d1')],
        ['Change approved', at(11, 4), by('bot')]
      ]),
      change('given up', [
        ['Change submitted for approval', at(9, 4), by('d1')],
        ['Approval step rejected', at(12, 4), by('a1')],
        ['Change rejected', at(13, 4), by('bot')]
      ]),
      change('twice', [
        ['Change submitted for approval', at(9, 4), by('d1')],
        ['Approval step approved', at(10, 4), by('a1')],
        ['Approval step rejected', at(12, 4), by('a1')],
        ['Approval resubmitted', at(13, 4), by('d1')],
        ['Approval step approved', at(15, 4), by('a1')],
        ['Change approved', at(15, 4), by('bot')]
      ]),
      thing('invoice:paid', [['Invoice sent', at(9, 4)]], ['part_of erp_project:E1'], { amount: 500, currency: 'EUR' }),
      thing('payment:Z1', [['Invoice paid', at(9, 6), { also: ['invoice:paid'] }]], ['for invoice:paid'], {
        amount: 500
      }),
      thing('invoice:part paid', [['Invoice sent', at(9, 4)]], ['part_of erp_project:E1'], {
        amount: 500,
        currency: 'EUR'
      }),
      thing(
        'payment:Z2',
        [['Part payment received', at(9, 6), { also: ['invoice:part paid'] }]],
        ['for invoice:part paid'],
        { amount: 120 }
      ),
      thing(
        'credit_note:G1',
        [['Credit note posted', at(9, 7), { also: ['invoice:part paid'] }]],
        ['for invoice:part paid'],
        { amount: 30 }
      ),
      thing('invoice:credited', [['Invoice sent', at(9, 4)]], ['part_of erp_project:E1'], {
        amount: 500,
        currency: 'EUR'
      }),
      thing(
        'credit_note:G2',
        [['Invoice credited', at(9, 7), { also: ['invoice:credited'] }]],
        ['for invoice:credited'],
        { amount: 500 }
      ),
      thing('erp_project:E1', [], ['same_as project:P1'])
    ])
  );

  test('only a person of the receiving function: not software, not others, not nobody', async () => {
    expect((await told('people', 'milestone_to_invoice'))['by others']).toMatchObject({
      ...{ status: 'done', picked_up: '03-04 13:00', receiver: [4, 4] }
    });
    expect((await told('people', 'delivery_to_staffing'))['template']).toMatchObject({ picked_up: '03-04 15:00' });
  });

  test('for a function outside the firm, whoever books it; in the hours of the team that sent it', async () => {
    const rows = await told('people', 'invoice_to_cash');
    // Nobody is named for "Invoice sent": Finance sends it, and in Berlin it picks up. 4 March 9 h to 6 March 9 h.
    expect(rows['paid']).toMatchObject({ status: 'done', receiver: [48, 16], money: 500, within: true, goal: 720 });
  });

  test('an open one is with the team that picks up most, and is measured to now', async () => {
    // From Monday 18th 9 h to Wednesday 20th 12 h: 7 + 8 + 4 h.
    expect((await told('people', 'milestone_to_invoice'))['waits']).toMatchObject({
      ...{ status: 'open', holder: 'receiver', team: 'Finance BER', since: '03-18 09:00', right: null },
      ...{ picked_up: null, receiver: [51, 19], sender: [0, 0] }
    });
  });

  test('one that was given back is with the team that released it', async () => {
    // In Berlin 7 h on the 4th, nine days of 8 h, 6 h on the 18th; in New York (summer time there) 13 to 21 h on two
    // days from 14 h on the 18th.
    expect((await told('people', 'milestone_to_invoice'))['with sender']).toMatchObject({
      ...{ status: 'open', holder: 'sender', team: 'Delivery NYC', since: '03-18 14:00', bounces: 1 },
      ...{ receiver: [341, 85], sender: [46, 15], right: null }
    });
  });

  test('one that is accepted and not picked up is decided, and open', async () => {
    expect((await told('people', 'milestone_to_invoice'))['accepted']).toMatchObject({ status: 'open', right: true });
  });

  test('what shows that it was picked up settles it, where nobody of the receiver was seen', async () => {
    expect((await told('people', 'delivery_to_change_approval'))['own']).toMatchObject({
      ...{ status: 'done', picked_up: '03-04 11:00', money: 700 }
    });
  });

  test('a rejection is a pick-up and a return; without another release it is cancelled', async () => {
    const rows = await told('people', 'delivery_to_change_approval');
    expect(rows['given up']).toMatchObject({
      status: 'cancelled',
      picked_up: null,
      receiver: [3, 3],
      money: null,
      right: null
    });
    expect(rows['twice']).toMatchObject({
      // At the sender 12 to 13 h in Berlin is before work begins in New York.
      ...{ status: 'done', rounds: 2, bounces: 1, picked_up: '03-04 15:00', receiver: [5, 5], sender: [1, 0] }
    });
    expect(await roundsOf('people', 'delivery_to_change_approval', 'twice')).toEqual([
      '04 09:00 → 04 10:00 (returned, 1.0 h)',
      '04 13:00 → 04 15:00 (picked_up, 2.0 h)'
    ]);
  });

  test('an invoice that is credited is cancelled, and holds up what is left of it while it is open', async () => {
    const rows = await told('people', 'invoice_to_cash');
    expect(rows['credited']).toMatchObject({ status: 'cancelled', receiver: [72, 24], money: null });
    expect(rows['part paid']).toMatchObject({ status: 'open', team: null, money: 350 });
  });
});

describe('business time', () => {
  beforeAll(() =>
    firm(
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
    expect((await told('weeks', 'milestone_to_invoice'))['easter']).toMatchObject({ receiver: [113, 2] });
  });

  test('across the weekend on which New York’s clocks change', async () => {
    // Friday 21 to 22 h UTC, Monday 13 to 14 h UTC.
    expect((await told('weeks', 'delivery_to_procurement'))['spring forward']).toMatchObject({ receiver: [65, 2] });
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
    expect((await told('no calendar', 'milestone_to_invoice'))['M1']).toMatchObject({
      ...{ receiver: [25, null], within: null, due: null, late: null }
    });
  });
});

describe('goals', () => {
  beforeAll(() =>
    firm(
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
    const rows = await told('goals', 'milestone_to_invoice');
    // Three days of 8 h: 7 h on Monday, 8 h on Tuesday and Wednesday, 1 h on Thursday. It took 17 h.
    expect(rows['of P1']).toMatchObject({ receiver: [49, 17], goal: 24, due: '03-07 09:00', within: true, late: 0 });
    // Two days: 7 + 8 + 1 h. An hour too late.
    expect(rows['of P2']).toMatchObject({ receiver: [49, 17], goal: 16, due: '03-06 09:00', within: false, late: 1 });
  });

  test('of open ones are missed as soon as they are, and before that not decided', async () => {
    const rows = await told('goals', 'milestone_to_invoice');
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
    await firm('money', [
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
      thing('milestone:second', [['Evidence submitted', at(9, 11), by('d1')]], ['part_of project:P2'], {
        amount: 60,
        planned_date: '2024-06-01'
      }),
      thing('milestone:first', [], ['part_of project:P2'], { amount: 40, planned_date: '2024-05-01' })
    ]);
    const rows = await told('money', 'delivery_to_procurement');
    const of = (id: string) => rows[id]?.money;
    expect([of('before the invoice'), of('after it'), of('no line'), of('nothing planned')]).toEqual([
      100,
      200,
      40,
      null
    ]);
    expect((await told('money', 'milestone_to_invoice'))['second']?.money).toBe(60);
  });
});

describe('the log’s now', () => {
  test('hides what happens after it, and measures anew when it moves', async () => {
    await firm('moving', [
      project('P1'),
      milestone('M1', [
        ['Evidence submitted', at(9, 4), by('d1')],
        ['Invoice posted', at(12, 4), by('f1')]
      ])
    ]);
    const at_ = async (now: string) => {
      await setNow(fixture.store, 'moving', new Date(now));
      return (await told('moving', 'milestone_to_invoice'))['M1'];
    };
    expect(await at_('2024-03-04T10:30:00Z')).toMatchObject({ status: 'open', receiver: [1.5, 1.5] });
    expect(await at_('2024-03-04T11:00:00Z')).toMatchObject({ status: 'open', receiver: [2, 2] });
    expect(await at_('2024-03-04T12:00:00Z')).toMatchObject({ status: 'done', receiver: [3, 3] });
    expect(await at_('2024-03-04T08:00:00Z')).toBeUndefined();
  });
});

test('a later import changes what it tells of', async () => {
  await firm('later', [project('P1'), milestone('M1', [['Evidence submitted', at(9, 4), by('d1')]])]);
  expect((await told('later', 'milestone_to_invoice'))['M1']).toMatchObject({ status: 'open' });
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
  expect((await told('later', 'milestone_to_invoice'))['M1']).toMatchObject({ status: 'done', receiver: [2, 2] });
});

test('a log of no firm has no handoffs, and is told what it lacks', async () => {
  await fixture.load({ log: 'plain', events: [{ case: 'a', activity: 'x', at: at(1) }] });
  await expect(freshLedger(fixture.store, 'plain')).rejects.toThrow(BadUse);
});
