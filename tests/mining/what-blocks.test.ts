import { describe, expect, test } from 'vitest';
import type { OpenFact, Someone } from '#mining/blocking-facts.ts';
import { whatBlocks } from '#mining/what-blocks.ts';
import { professionalServices } from '#models/lifecycle/professional-services.ts';

const someone = (id: string, more: Partial<Someone> = {}): Someone => ({
  ...{ id, name: `Name of ${id}`, team: `Team of ${id}`, left: false, away_until: null, manager: null },
  ...more
});
const approval = (approver: Someone | null, id = 'A1', since = '2024-03-01'): OpenFact => ({
  ...{ kind: 'approval', object_type: 'approval', object_id: id, since, step: 'line manager', approver }
});
const handoff = (
  handoff: string,
  type: string,
  more: Partial<Extract<OpenFact, { kind: 'handoff' }>> = {}
): OpenFact => ({
  ...{ kind: 'handoff', handoff, object_type: type, object_id: 'X1', since: '2024-03-01', with: null, returned: false },
  ...more
});
const field = (rule: string, owner: Someone | null = null, contract = 'C1'): OpenFact => ({
  ...{ kind: 'missing_field', object_type: 'contract', object_id: contract, since: '2024-03-01', rule, owner }
});
const code: OpenFact = { kind: 'unsettled_code', object_type: 'erp_project', object_id: 'E1', said: 'PRJ-11' };

const teams = new Map([
  ['delivery', 'Delivery BER'],
  ['procurement', 'Buying BER'],
  ['finance_operations', 'Finance BER']
]);
const blocks = (facts: OpenFact[], stage = 'delivery_execution') =>
  whatBlocks(professionalServices, { stage, teams }, facts);

describe('what blocks a project', () => {
  test('nothing that is open: whoever has it is asked', () => {
    expect(blocks([])).toEqual({
      blocking: { kind: 'nothing_open', text: 'nothing is open around it: ask Delivery BER' },
      action: { kind: 'ask', text: 'ask Delivery BER what it waits for' },
      team: 'Delivery BER'
    });
    // No team of it is known to act: the function is named.
    expect(blocks([], 'staffing_confirmation')).toMatchObject({
      blocking: { text: 'nothing is open around it: ask Resource Management' },
      team: null
    });
  });

  test('of what is open as long, it is the same one in whatever order the facts come', () => {
    const facts = ['A3', 'A1', 'A2'].map((id) => approval(null, id));
    const named = [facts, facts.toReversed()].map((some) => blocks(some).blocking.object_id);
    expect(named).toEqual(['A1', 'A1']);
  });

  test('an approval: its approver has left, is on leave, has to be reminded, or is not named', () => {
    const manager = { id: 'm', name: 'Name of m' };
    expect(blocks([approval(someone('a', { left: true, manager }))])).toEqual({
      blocking: {
        ...{ kind: 'approver_left', object_type: 'approval', object_id: 'A1', person: 'a' },
        text: 'approval A1, step line manager, waits for Name of a, who has left'
      },
      action: { kind: 'reassign', text: 'give the approval to Name of m' },
      team: 'Team of a'
    });
    expect(blocks([approval(someone('a', { away_until: '2024-04-01' }))])).toMatchObject({
      blocking: { kind: 'approver_on_leave', text: expect.stringContaining('on leave until 2024-04-01') as string },
      action: { kind: 'name_delegate', text: 'name a delegate for Name of a' }
    });
    expect(blocks([approval(someone('a'))])).toMatchObject({
      blocking: { kind: 'approval_open', person: 'a' },
      action: { kind: 'remind', text: 'remind Name of a' }
    });
    expect(blocks([approval(null)])).toMatchObject({
      blocking: { kind: 'approval_open' },
      action: { kind: 'reassign', text: 'name an approver' },
      team: 'Delivery BER'
    });
  });

  test('a request: who has to take it up, who has it, and whoever has it and is not there', () => {
    expect(blocks([handoff('delivery_to_procurement', 'purchase_request')])).toEqual({
      blocking: {
        ...{ kind: 'request_open', object_type: 'purchase_request', object_id: 'X1' },
        text: 'purchase request X1 waits for Buying BER'
      },
      action: { kind: 'ask', text: 'ask Buying BER to take up purchase request X1' },
      team: 'Buying BER'
    });
    expect(blocks([handoff('delivery_to_procurement', 'purchase_request', { with: someone('b') })])).toMatchObject({
      blocking: { person: 'b', text: 'purchase request X1 is not done; Name of b has it' },
      action: { kind: 'ask', text: 'ask Name of b for purchase request X1' },
      team: 'Team of b'
    });
    const gone = handoff('delivery_to_procurement', 'purchase_request', { with: someone('b', { left: true }) });
    expect(blocks([gone]).action).toEqual({
      kind: 'reassign',
      text: 'give purchase request X1 to somebody else: Name of b is not there'
    });
  });

  test('evidence: with finance, or given back to delivery', () => {
    expect(blocks([handoff('milestone_to_invoice', 'milestone')])).toMatchObject({
      blocking: { kind: 'evidence_not_accepted', text: 'the evidence of milestone X1 is not accepted by Finance BER' },
      action: { kind: 'ask', text: 'ask Finance BER to check the evidence' },
      team: 'Finance BER'
    });
    expect(blocks([handoff('milestone_to_invoice', 'milestone', { returned: true })])).toMatchObject({
      blocking: { text: 'the evidence of milestone X1 was given back to Delivery BER' },
      action: { kind: 'complete_evidence' },
      team: 'Delivery BER'
    });
  });

  test('missing fields of one object are told together, the grave ones first, and its owner is asked while there', () => {
    const both = [field('contract_cost_centre', someone('o')), field('contract_tax_id', someone('o'))];
    expect(blocks(both)).toEqual({
      blocking: {
        ...{ kind: 'missing_field', object_type: 'contract', object_id: 'C1', person: 'o' },
        text: 'contract C1 has no tax id, cost centre'
      },
      action: { kind: 'fill_field', text: 'ask Name of o for the tax id, cost centre, and fill it in' },
      team: 'Team of o'
    });
    expect(blocks([field('contract_tax_id', someone('o', { left: true }))])).toMatchObject({
      action: { text: 'ask Deal Desk for the tax id, and fill it in' },
      team: null
    });
    expect(blocks([field('contract_tax_id', null, 'C2'), field('contract_purchase_order')]).blocking.text).toBe(
      // Of equals the first by name.
      'contract C1 has no purchase order'
    );
  });

  test('a code that is not settled', () => {
    expect(blocks([code])).toMatchObject({
      blocking: { kind: 'code_without_match', object_type: 'erp_project', object_id: 'E1' },
      action: { kind: 'settle_code', text: 'say on the Data page which project erp project E1 is for' }
    });
  });

  test('of several the one that ends least by itself; of equals the one that is open longest', () => {
    const inOrder: [string, OpenFact][] = [
      ['approver_left', approval(someone('a', { left: true }))],
      ['approver_on_leave', approval(someone('b', { away_until: '2024-04-01' }))],
      ['request_open', handoff('delivery_to_procurement', 'purchase_request')],
      ['approval_open', approval(someone('c'))],
      ['missing_field', field('contract_tax_id')],
      ['evidence_not_accepted', handoff('milestone_to_invoice', 'milestone')],
      ['code_without_match', code],
      ['missing_field', field('contract_cost_centre', null, 'C2')],
      ['request_open', handoff('delivery_to_staffing', 'resource_request')]
    ];
    for (let i = 0; i < inOrder.length; i += 1) {
      const facts = inOrder.slice(i).map(([, fact]) => fact);
      expect(blocks(facts).blocking.kind, String(i)).toBe(inOrder[i]?.[0]);
      expect(blocks(facts.reverse()).blocking.kind, `${i} the other way round`).toBe(inOrder[i]?.[0]);
    }
    const older = approval(someone('old'), 'A0', '2024-02-01');
    expect(blocks([approval(someone('new')), older]).blocking.object_id).toBe('A0');
    // In the stage that it belongs to, a request comes before another approval.
    const staffing = [approval(someone('c')), handoff('delivery_to_staffing', 'resource_request')];
    expect(blocks(staffing, 'staffing_confirmation').blocking.kind).toBe('request_open');
  });
});
