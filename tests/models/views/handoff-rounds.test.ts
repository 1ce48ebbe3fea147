import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WrittenRecord } from '../log/record-fixture.ts';
import { openFixture, type Fixture } from '../../mining/fixture.ts';
import { at, thing } from './firm.ts';
import { by, firm, milestone, project, roundsOf, told, type Events } from './small-ledger.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.close());

describe('rounds', () => {
  beforeAll(() =>
    firm(fixture.store, 'rounds', [
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
    expect((await told(fixture.store, 'rounds', 'milestone_to_invoice'))['straight']).toMatchObject({
      ...{ status: 'done', rounds: 1, bounces: 0, right: true, picked_up: '03-05 10:00', holder: null },
      receiver: [25, 9],
      sender: [0, 0]
    });
    expect(await roundsOf(fixture.store, 'rounds', 'milestone_to_invoice', 'straight')).toEqual([
      '04 09:00 → 05 10:00 (picked_up, 9.0 h)'
    ]);
  });

  test('after a bounce the time is the sender’s, in the sender’s hours, up to the next release', async () => {
    // At the receiver 9 to 12 h on Monday, then from 15 h on Tuesday (1 h left) to 9 h on Wednesday (1 h).
    // At the sender 12 h on Monday to 15 h on Tuesday: in New York 8 h and 1 h of it.
    expect((await told(fixture.store, 'rounds', 'milestone_to_invoice'))['bounced']).toMatchObject({
      ...{ status: 'done', rounds: 2, bounces: 1, right: false, picked_up: '03-06 09:00' },
      receiver: [21, 5],
      sender: [27, 9]
    });
    expect(await roundsOf(fixture.store, 'rounds', 'milestone_to_invoice', 'bounced')).toEqual([
      '04 09:00 → 04 12:00 (returned, 3.0 h)',
      '05 15:00 → 06 09:00 (picked_up, 2.0 h)'
    ]);
  });

  test('what comes back after it was accepted, or is put right later, is no bounce, and was not right at once', async () => {
    const rows = await told(fixture.store, 'rounds', 'milestone_to_invoice');
    expect(rows['corrected']).toMatchObject({ rounds: 1, bounces: 0, right: false, receiver: [3, 3], sender: [0, 0] });
    expect(rows['credited']).toMatchObject({ rounds: 1, bounces: 0, right: false, picked_up: '03-04 12:00' });
  });

  test('what was picked up before it was released waits for nothing', async () => {
    expect((await told(fixture.store, 'rounds', 'milestone_to_invoice'))['billed early']).toMatchObject({
      ...{ status: 'done', rounds: 1, picked_up: '03-05 09:00', receiver: [0, 0], within: true, late: 0 }
    });
  });

  test('what was never released is no handoff', async () => {
    expect(Object.keys(await told(fixture.store, 'rounds', 'milestone_to_invoice')).sort()).toEqual(
      ['billed early', 'bounced', 'corrected', 'credited', 'straight'].sort()
    );
  });

  test('a refusal gives it to the receiver again without a new release', async () => {
    expect(await roundsOf(fixture.store, 'rounds', 'delivery_to_staffing', 'refused')).toEqual([
      '04 09:00 → 04 10:00 (refused, 1.0 h)',
      '04 12:00 → 04 14:00 (picked_up, 2.0 h)'
    ]);
    expect((await told(fixture.store, 'rounds', 'delivery_to_staffing'))['refused']).toMatchObject({
      ...{ status: 'done', bounces: 1, right: false, picked_up: '03-04 14:00', receiver: [5, 5], sender: [0, 0] }
    });
  });
});

describe('who picks up', () => {
  const change = (id: string, events: Events): WrittenRecord =>
    thing(`change_request:${id}`, events, ['part_of project:P1'], { amount: 700, currency: 'USD' });
  beforeAll(() =>
    firm(fixture.store, 'people', [
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
      thing('invoice:part_paid', [['Invoice sent', at(9, 4)]], ['part_of erp_project:E1'], {
        amount: 500,
        currency: 'EUR'
      }),
      thing(
        'payment:Z2',
        [['Part payment received', at(9, 6), { also: ['invoice:part_paid'] }]],
        ['for invoice:part_paid'],
        { amount: 120 }
      ),
      thing(
        'credit_note:G1',
        [['Credit note posted', at(9, 7), { also: ['invoice:part_paid'] }]],
        ['for invoice:part_paid'],
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
    expect((await told(fixture.store, 'people', 'milestone_to_invoice'))['by others']).toMatchObject({
      ...{ status: 'done', picked_up: '03-04 13:00', receiver: [4, 4] }
    });
    expect((await told(fixture.store, 'people', 'delivery_to_staffing'))['template']).toMatchObject({
      picked_up: '03-04 15:00'
    });
  });

  test('for a function outside the firm, whoever books it; in the hours of the team that sent it', async () => {
    const rows = await told(fixture.store, 'people', 'invoice_to_cash');
    // Nobody is named for "Invoice sent": Finance sends it, and in Berlin it picks up. 4 March 9 h to 6 March 9 h.
    expect(rows['paid']).toMatchObject({ status: 'done', receiver: [48, 16], money: 500, within: true, goal: 720 });
  });

  test('an open one is with the team that picks up most, and is measured to now', async () => {
    // From Monday 18th 9 h to Wednesday 20th 12 h: 7 + 8 + 4 h.
    expect((await told(fixture.store, 'people', 'milestone_to_invoice'))['waits']).toMatchObject({
      ...{ status: 'open', holder: 'receiver', team: 'Finance BER', since: '03-18 09:00', right: null },
      ...{ picked_up: null, receiver: [51, 19], sender: [0, 0] }
    });
  });

  test('one that was given back is with the team that released it', async () => {
    // In Berlin 7 h on the 4th, nine days of 8 h, 6 h on the 18th; in New York (summer time there) 13 to 21 h on two
    // days from 14 h on the 18th.
    expect((await told(fixture.store, 'people', 'milestone_to_invoice'))['with sender']).toMatchObject({
      ...{ status: 'open', holder: 'sender', team: 'Delivery NYC', since: '03-18 14:00', bounces: 1 },
      ...{ receiver: [341, 85], sender: [46, 15], right: null }
    });
  });

  test('one that is accepted and not picked up is decided, and open', async () => {
    expect((await told(fixture.store, 'people', 'milestone_to_invoice'))['accepted']).toMatchObject({
      status: 'open',
      right: true
    });
  });

  test('what shows that it was picked up settles it, where nobody of the receiver was seen', async () => {
    expect((await told(fixture.store, 'people', 'delivery_to_change_approval'))['own']).toMatchObject({
      ...{ status: 'done', picked_up: '03-04 11:00', money: 700 }
    });
  });

  test('a rejection is a pick-up and a return; without another release it is cancelled', async () => {
    const rows = await told(fixture.store, 'people', 'delivery_to_change_approval');
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
    expect(await roundsOf(fixture.store, 'people', 'delivery_to_change_approval', 'twice')).toEqual([
      '04 09:00 → 04 10:00 (returned, 1.0 h)',
      '04 13:00 → 04 15:00 (picked_up, 2.0 h)'
    ]);
  });

  test('an invoice that is credited is cancelled, and holds up what is left of it while it is open', async () => {
    const rows = await told(fixture.store, 'people', 'invoice_to_cash');
    expect(rows['credited']).toMatchObject({ status: 'cancelled', receiver: [72, 24], money: null });
    expect(rows['part_paid']).toMatchObject({ status: 'open', team: null, money: 350 });
  });
});
