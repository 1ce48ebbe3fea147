import { describe, expect, test } from 'vitest';
import { HOUR, NOW } from '#sample-logs/firm/clock.ts';
import { offices, type OfficeCode } from '#sample-logs/firm/offices.ts';
import type { Share } from '#sample-logs/firm/truth/facts.ts';
import { Simulated } from './simulated.ts';

/** What was planted comes out with the planted size: at most four standard deviations of a binomial away. */
function expectShare({ n, share }: Share, planted: number, least = 30): void {
  expect(n).toBeGreaterThanOrEqual(least);
  expect(share).not.toBeNull();
  expect(Math.abs((share ?? 0) - planted)).toBeLessThan(4 * Math.sqrt((planted * (1 - planted)) / n));
}

describe.each([7, 8, 9])('the sample firm of seed %i', (seed) => {
  const firm = new Simulated({ seed, projects: 1200, cell: 0 });
  const { truth } = firm;

  test('has its size', () => {
    const { records } = truth;
    const won = firm.all('crm/field_history').filter(({ newValue }) => newValue === 'Closed Won');
    expect(won).toHaveLength(1200);
    expect(records['crm/opportunities']).toBeGreaterThan(2450);
    expect(records['crm/opportunities']).toBeLessThan(2750);
    expect(records['psa/time']).toBeGreaterThan(45_000);
    expect(records['psa/time']).toBeLessThan(60_000);
    const staff = new Set(firm.all('hr/people').map((person) => person.staff));
    expect(staff.size).toBeGreaterThan(225);
    expect(staff.size).toBeLessThan(265);
  });

  test('T1: set-ups of one entity begin on Tuesday and Thursday afternoons only', () => {
    const { planted, others } = truth.T1;
    expect(planted.within.share).toBe(1);
    expect(planted.within.n).toBeGreaterThan(500);
    expect(others.within.share).toBeLessThan(0.25);
    expect(planted.medianBusinessHours).toBeGreaterThan(5 * (others.medianBusinessHours ?? Infinity));
  });

  test('T2: one resource manager at a load of 0.97, a queue that grows and does not explode', () => {
    const { load, regions } = truth.T2;
    expect(Math.abs(load - 0.97)).toBeLessThan(0.03);
    const { AMER, EMEA, APAC } = regions;
    for (const other of [EMEA, APAC]) {
      expect(AMER?.medianBusinessHours).toBeGreaterThan(8 * (other?.medianBusinessHours ?? Infinity));
      for (const half of other?.trend ?? []) expect(half.meanQueue).toBeLessThan(0.6);
    }
    const [first = 0, second = 0, third = 0, last = 0] = AMER?.trend.map(({ meanQueue }) => meanQueue) ?? [];
    expect(third + last).toBeGreaterThan(first + second);
    expect(last).toBeGreaterThan(1.3 * first);
    expect(last).toBeLessThan(12);
    expect(AMER?.open).toBeLessThan(25);
  });

  test('T3: approvals wait for the finance director who has no delegate', () => {
    const { heldUp, otherwise, delegatedDuringLeave } = truth.T3;
    expect(heldUp.n).toBeGreaterThanOrEqual(5);
    expect(heldUp.medianWallHours).toBeGreaterThan(100);
    expect(otherwise.medianWallHours).toBeLessThan(24);
    expect(delegatedDuringLeave).toBe(0);
    expect(
      firm
        .all('approvals/requests')
        .some(({ rounds }) => rounds.some(({ steps }) => steps.some(({ delegate }) => delegate)))
    ).toBe(true);
  });

  test('T4: evidence of one line bounces', () => {
    expectShare(truth.T4.planted.submissionsBounced, 0.3, 700);
    expectShare(truth.T4.others.submissionsBounced, 0.04, 700);
    expect(truth.T4.planted.pingPong.hits).toBeGreaterThan(20);
    expect(truth.T4.planted.firstTimeRight.share).toBeLessThan(0.8);
  });

  test('T5: one region works before approval, and approves its own', () => {
    expectShare(truth.T5.early, 0.25, 60);
    expectShare(truth.T5.ownApproval, 0.05, 60);
    expect(truth.T5.ownApproval.hits).toBeGreaterThan(0);
    expect(truth.T5.earlyElsewhere.hits).toBe(0);
    expect(truth.T5.ownApprovalElsewhere.hits).toBe(0);
  });

  test('T6: large deals overtake small ones', () => {
    const { large, small, overtaken } = truth.T6;
    expect(large.n).toBeGreaterThan(60);
    expect(small.n).toBeGreaterThan(900);
    expect(overtaken.n).toBeGreaterThanOrEqual(10);
    expect(large.medianBusinessHours).toBeLessThan(0.6 * (small.medianBusinessHours ?? 0));
    // The other way round only where a large one came back from its sender, or was being read.
    const released = new Map<string, number>();
    const returned = new Set<string>();
    for (const { opportunity, newValue, at } of firm.all('crm/field_history')) {
      if (newValue === 'Released' && !released.has(opportunity)) released.set(opportunity, at);
      if (newValue === 'Returned') returned.add(opportunity);
    }
    const amounts = new Map(firm.all('crm/opportunities').map(({ id, amount }) => [id, amount]));
    const straight = firm.all('psa/projects').flatMap((row) => {
      const [from, to] = [released.get(row.opportunity), row.history[0]?.at];
      return from === undefined || to === undefined || returned.has(row.opportunity)
        ? []
        : [{ region: row.region, from, to, isLarge: (amounts.get(row.opportunity) ?? 0) > truth.T6.above }];
    });
    const [big, little] = [straight.filter(({ isLarge }) => isLarge), straight.filter(({ isLarge }) => !isLarge)];
    const overtakes = (one: (typeof straight)[number], other: (typeof straight)[number]): boolean =>
      one.region === other.region && one.from > other.from && one.to < other.to;
    const forward =
      big.reduce((sum, one) => sum + little.filter((other) => overtakes(one, other)).length, 0) / big.length;
    const backward =
      little.reduce((sum, one) => sum + big.filter((other) => overtakes(one, other)).length, 0) / big.length;
    expect(forward).toBeGreaterThan(1.4 * backward);
  });

  test('T7: one line skips the transition to customer success', () => {
    expectShare(truth.T7.skipped, 0.4, 150);
    expect(truth.T7.skippedElsewhere.hits).toBe(0);
    const taken = new Set(firm.all('cs/transitions').map(({ project }) => project));
    expect(truth.T7.projects.filter((code) => taken.has(code))).toEqual([]);
  });

  test('T9: the new form halves the time in one region, from its month', () => {
    const { EMEA, AMER, APAC } = truth.T9.regions;
    expect(EMEA?.ratio).toBeGreaterThan(0.35);
    expect(EMEA?.ratio).toBeLessThan(0.65);
    for (const other of [AMER, APAC]) {
      expect(other?.ratio).toBeGreaterThan(0.7);
      expect(other?.ratio).toBeLessThan(1.4);
    }
  });

  test('T10: codes of one line are entered again three times', () => {
    expect(truth.T10.withAll.n).toBeGreaterThan(150);
    expect(truth.T10.withAll.share).toBe(1);
    expect(truth.T10.elsewhere.hits).toBe(0);
  });

  test('T11: one account team leaves fields empty, and its set-ups take longer', () => {
    expectShare(truth.T11.returned, 0.6, 120);
    expect(truth.T11.returnedElsewhere.share).toBeLessThan(0.12);
    const { contracts, setUpBusinessHours } = truth.T11;
    const ofTeam = contracts.filter(({ isStalled }) => !isStalled);
    expect(ofTeam.length).toBeGreaterThan(20);
    expect(ofTeam.every(({ team }) => team === truth.T11.accountTeam)).toBe(true);
    const [empty, complete] = [setUpBusinessHours['with empty fields'], setUpBusinessHours['others, complete']];
    expect(empty?.median).toBeGreaterThan(3 * (complete?.median ?? Infinity));
    const listed = new Set(contracts.map(({ contract }) => contract));
    const projects = new Set(firm.all('psa/projects').map(({ contract }) => contract));
    for (const row of firm.all('crm/contracts')) {
      const isEmpty = [row.taxId, row.purchaseOrder, row.billingContact, row.costCentre].includes('');
      if (projects.has(row.id)) expect(listed.has(row.id)).toBe(isEmpty);
    }
  });

  test('T12: what is handed over on a Friday afternoon waits longer on the wall clock, not in business time', () => {
    const { share, handoffs } = truth.T12;
    expect(share.share).toBeGreaterThan(0.08);
    for (const id of ['delivery_to_change_approval', 'closure_to_cs', 'milestone_to_invoice']) {
      const { fridayAfternoon, otherTimes } = handoffs[id] ?? {};
      expect(fridayAfternoon?.medianWallHours, id).toBeGreaterThan(2 * (otherTimes?.medianWallHours ?? Infinity));
      expect(fridayAfternoon?.medianBusinessHours, id).toBeLessThan(1.5 * (otherTimes?.medianBusinessHours ?? 0));
    }
  });

  test('T13: deal won to ERP is late in 19 of 100, by the wall clock in 22', () => {
    const { breached, breachedOnWallClock, open } = truth.T13;
    expect(Math.abs((breached.share ?? 0) - 0.19)).toBeLessThan(0.04);
    expect(Math.abs((breachedOnWallClock.share ?? 0) - 0.22)).toBeLessThan(0.04);
    expect(breachedOnWallClock.hits).toBeGreaterThan(breached.hits);
    expect(open).toBeLessThan(30);
  });

  test('T14: the colour of the folder is even', () => {
    const counts = Object.values(truth.T14.counts);
    const mean = counts.reduce((a, b) => a + b, 0) / counts.length;
    // χ² of five degrees of freedom: beyond 25 in one of 7,000.
    expect(counts.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0)).toBeLessThan(25);
  });

  test('T15: hours before the set-up is complete, of one line only, are invoiced late', () => {
    expectShare(truth.T15.early, 0.12, 250);
    expect(truth.T15.earlyElsewhere.hits).toBe(0);
    expect(truth.T15.hours).toBeGreaterThan(200);
    const { early, others } = truth.T15.timeAndMaterial;
    expect(early.medianDaysToFirstInvoice).toBeGreaterThan(1.3 * (others.medianDaysToFirstInvoice ?? Infinity));
  });

  test('T16: accepted and never billed, approved and without a line', () => {
    expectShare(truth.T16.milestones.unbilled, 0.03, 1000);
    expectShare(truth.T16.changes.withoutLine, 0.15, 300);
    const billed = new Set(firm.all('erp/invoices').map(({ milestone }) => milestone));
    const lines = new Set(firm.all('erp/billing_schedule').map(({ reference }) => reference));
    expect(truth.T16.milestones.ids.filter((id) => billed.has(id))).toEqual([]);
    expect(truth.T16.changes.ids.filter((id) => lines.has(id))).toEqual([]);
    // All others are billed, but for those of the last days.
    const old = NOW - 21 * 24 * HOUR;
    const unbilled = new Set(truth.T16.milestones.ids);
    for (const { id, history } of firm.all('psa/milestones')) {
      const accepted = history.find(({ action }) => action === 'evidence_accepted');
      if (accepted && accepted.at < old && !unbilled.has(id)) expect(billed.has(id), id).toBe(true);
    }
    const forgotten = new Set(truth.T16.changes.ids);
    for (const { id, history } of firm.all('psa/change_requests')) {
      const approved = history.find(({ action }) => action === 'approved');
      if (approved && approved.at < old && !forgotten.has(id)) expect(lines.has(id), id).toBe(true);
    }
  });

  test('T17: one team is planned above its hours in quarters’ last months, and nobody else ever', () => {
    expect(truth.T17.overbooked.share).toBeGreaterThan(0.6);
    expect(truth.T17.overbooked.n).toBeGreaterThan(40);
    expect(truth.T17.overbookedElsewhere.hits).toBe(0);
    expect(truth.T17.most.elsewhere).toBeLessThanOrEqual(40);
    for (const { month } of truth.T17.people) expect(['03', '06', '09', '12']).toContain(month.slice(5));
  });

  describe('T8', () => {
    const { stalls, reasons } = truth.T8;
    const find = <Row>(rows: Row[], is: (row: Row) => boolean): Row => {
      const row = rows.find(is);
      if (row === undefined) throw new Error('no such record');
      return row;
    };

    test('sixty projects stand still, fifteen for each reason', () => {
      expect(Object.values(reasons)).toEqual([15, 15, 15, 15]);
      expect(new Set(stalls.map(({ project }) => project)).size).toBe(60);
    });

    test('the fact that blocks each stands open in the records', () => {
      for (const { project, reason, fact } of stalls) {
        const erp = find(firm.all('erp/projects'), ({ psaCode }) => psaCode === project);
        switch (reason) {
          case 'waiting for purchase order': {
            const request = find(firm.all('procurement/purchase_requests'), ({ id }) => id === fact.id);
            expect([fact.type, request.project, request.orderedAt, request.deliveredAt]).toEqual([
              'purchase_request',
              project,
              null,
              null
            ]);
            break;
          }
          case 'missing tax id': {
            const contract = find(firm.all('crm/contracts'), ({ id }) => id === fact.id);
            expect([fact.type, contract.taxId, erp.setupStartedAt]).toEqual(['contract', '', null]);
            expect(find(firm.all('psa/projects'), ({ code }) => code === project).contract).toBe(contract.id);
            break;
          }
          case 'no staffing': {
            const request = find(firm.all('psa/resource_requests'), ({ id }) => id === fact.id);
            expect([fact.type, request.project]).toEqual(['resource_request', project]);
            expect(request.history.some(({ action }) => action === 'confirmed' || action === 'cancelled')).toBe(false);
            break;
          }
          case 'approver left': {
            const approval = find(firm.all('approvals/requests'), ({ id }) => id === fact.id);
            const step = approval.rounds.at(-1)?.steps.at(-1);
            expect([fact.type, step?.approver, step?.decidedAt]).toEqual(['approval', fact.person, null]);
            expect(approval.reference).toContain(project);
            const periods = firm.all('hr/people').filter(({ staff }) => staff === fact.person);
            expect((periods.at(-1)?.to ?? '9') < '2026-06-30').toBe(true);
          }
        }
      }
    });

    test('nothing has happened to any since then, 30 to 70 business days ago', () => {
      const since = new Map(stalls.map(({ project, since: at }) => [project, Date.parse(at)]));
      const numbers = new Map(firm.all('erp/projects').map(({ number, psaCode }) => [number, psaCode]));
      const late: string[] = [];
      const check = (project: string, what: string, ...instants: (number | null)[]): void => {
        const stopped = since.get(project);
        if (stopped !== undefined && instants.some((at) => at !== null && at > stopped))
          late.push(`${project} ${what}`);
      };
      for (const { code, history } of firm.all('psa/projects')) check(code, 'project', ...history.map(({ at }) => at));
      for (const name of ['psa/resource_requests', 'psa/milestones', 'psa/change_requests'] as const) {
        for (const { project, history } of firm.all(name)) check(project, name, ...history.map(({ at }) => at));
      }
      for (const { project, createdAt } of firm.all('psa/assignments')) check(project, 'assignment', createdAt);
      for (const { project, enteredAt } of firm.all('psa/time')) check(project, 'time', enteredAt);
      for (const { project, enteredAt } of firm.all('psa/expenses')) check(project, 'expense', enteredAt);
      for (const row of firm.all('erp/projects'))
        check(row.psaCode, 'erp', row.createdAt, row.setupStartedAt, row.setupCompletedAt);
      for (const row of firm.all('erp/resource_plan')) check(numbers.get(row.erpProject) ?? '', 'plan', row.enteredAt);
      for (const row of firm.all('erp/billing_schedule'))
        check(numbers.get(row.erpProject) ?? '', 'line', row.createdAt);
      for (const row of firm.all('erp/invoices'))
        check(numbers.get(row.erpProject) ?? '', 'invoice', row.postedAt, row.sentAt);
      for (const row of firm.all('procurement/purchase_requests'))
        check(row.project, 'purchase', row.requestedAt, row.pickedUpAt);
      for (const { reference, rounds } of firm.all('approvals/requests')) {
        const instants = rounds.flatMap(({ submittedAt, steps }) => [
          submittedAt,
          ...steps.flatMap(({ activatedAt, decidedAt }) => [activatedAt, decidedAt])
        ]);
        check(/PRJ-\d+/.exec(reference)?.[0] ?? '', 'approval', ...instants);
      }
      expect(late).toEqual([]);
      for (const [project, at] of since) {
        const { office } = find(firm.all('psa/projects'), ({ code }) => code === project);
        const days = offices[office as OfficeCode].work.between(at, NOW) / (8 * HOUR);
        expect(days, project).toBeGreaterThanOrEqual(30);
        expect(days, project).toBeLessThanOrEqual(70);
      }
    });
  });

  test('projects cross all six systems', () => {
    expect(truth.acrossSystems).toHaveLength(20);
    for (const code of truth.acrossSystems) {
      const project = firm.all('psa/projects').find((row) => row.code === code);
      expect(project?.history.at(-1)?.action).toBe('closed');
      expect(firm.all('crm/opportunities').some(({ id }) => id === project?.opportunity)).toBe(true);
      expect(firm.all('erp/projects').some(({ psaCode }) => psaCode === code)).toBe(true);
      expect(firm.all('approvals/requests').some(({ reference }) => reference.includes(code))).toBe(true);
      expect(firm.all('procurement/purchase_requests').some((row) => row.project === code)).toBe(true);
      expect(firm.all('cs/transitions').some((row) => row.project === code)).toBe(true);
    }
  });

  test('the story: what costs most is evidence that bounces, one resource manager and set-ups that are batched', () => {
    expect(truth.toFix.map(({ handoff, value }) => [handoff, value])).toEqual([
      ['milestone_to_invoice', 'Data'],
      ['delivery_to_staffing', 'AMER'],
      ['staffing_to_finance_setup', 'Meridian GmbH']
    ]);
    const costs = truth.toFix.map(({ carryingCost }) => carryingCost);
    expect(costs).toEqual(costs.toSorted((a, b) => b - a));
    for (const { why } of truth.toFix) expect(why).not.toBe('');
  });

  test('every handoff has been measured in each region, entity and line', () => {
    expect(truth.waits).toHaveLength(9 * (3 + 2 + 4));
    for (const { handoff, value, n, wallHours, businessHours } of truth.waits) {
      expect(n, `${handoff} ${value}`).toBeGreaterThan(20);
      expect(businessHours.total, `${handoff} ${value}`).toBeLessThanOrEqual(wallHours.total);
    }
  });
});
