import { describe, expect, test } from 'vitest';
import { DAY, HOUR, NOW, START } from '#sample-logs/firm/clock.ts';
import { offices, type OfficeCode } from '#sample-logs/firm/offices.ts';
import { opportunityFields } from '#sample-logs/firm/rows.ts';
import { Simulated } from './simulated.ts';

const firm = new Simulated({ seed: 5, projects: 160, cell: 0 });
const next = new Simulated({ seed: 5, projects: 90, cell: 1 });

/** Every instant of a record, wherever it stands. */
function* instantsOf(value: unknown): Generator<number> {
  if (typeof value === 'number' && value > Date.UTC(2020, 0)) yield value;
  else if (typeof value === 'object' && value !== null)
    for (const part of Object.values(value)) yield* instantsOf(part);
}
const codes = <Row>(rows: Row[], key: (row: Row) => string): Set<string> => new Set(rows.map(key));
const ordered = (instants: (number | null)[]): boolean => {
  const known = instants.filter((instant) => instant !== null);
  // Nothing follows what has not happened.
  return (
    known.every((at, i) => i === 0 || at >= (known[i - 1] ?? 0)) &&
    instants.slice(0, known.length).every((at) => at !== null)
  );
};

describe('the same options', () => {
  test('give the same records and the same truth', () => {
    const again = new Simulated({ seed: 5, projects: 160, cell: 0 });
    expect(again.entries()).toEqual(firm.entries());
    expect(again.truth).toEqual(firm.truth);
  });

  test('with another seed give others', () => {
    const other = new Simulated({ seed: 6, projects: 160, cell: 0 });
    expect(other.all('crm/opportunities')).not.toEqual(firm.all('crm/opportunities'));
  });

  test('survive JSON: the truth is written to a file', () => {
    expect(JSON.parse(JSON.stringify(firm.truth))).toEqual(firm.truth);
  });

  test.each([1, 2, 9])('work for a firm of %i', (projects) => {
    const small = new Simulated({ seed: 5, projects, cell: 0 });
    const won = small.all('crm/field_history').filter(({ newValue }) => newValue === 'Closed Won');
    expect(won).toHaveLength(projects);
  });

  test('are refused beyond a cell', () => {
    expect(() => new Simulated({ seed: 5, projects: 1201, cell: 0 })).toThrow('a cell holds 1 to 1200 projects');
  });
});

describe('cells', () => {
  test('share no id', () => {
    const key = {
      'crm/opportunities': 'id',
      'crm/field_history': 'id',
      'crm/contracts': 'id',
      'psa/projects': 'code',
      'psa/resource_requests': 'id',
      'psa/assignments': 'id',
      'psa/milestones': 'id',
      'psa/change_requests': 'id',
      'psa/time': 'id',
      'psa/expenses': 'id',
      'erp/projects': 'number',
      'erp/resource_plan': 'id',
      'erp/billing_schedule': 'id',
      'erp/invoices': 'id',
      'erp/credit_notes': 'id',
      'erp/payments': 'id',
      'approvals/requests': 'id',
      'procurement/purchase_requests': 'id',
      'hr/leave': 'id',
      'cs/transitions': 'id'
    } as const;
    for (const [name, id] of Object.entries(key) as [keyof typeof key, string][]) {
      const of = (one: Simulated): string[] =>
        one.all(name).map((row) => String((row as unknown as Record<string, unknown>)[id]));
      const all = [...of(firm), ...of(next)];
      expect(all.length, name).toBeGreaterThan(0);
      expect(new Set(all).size, name).toBe(all.length);
    }
  });

  test('share no person, no team and no customer', () => {
    for (const of of [
      (one: Simulated) => codes(one.all('hr/people'), ({ staff }) => staff),
      (one: Simulated) => codes(one.all('hr/people'), ({ team }) => team),
      (one: Simulated) => codes(one.all('crm/opportunities'), ({ accountId }) => accountId)
    ]) {
      expect([...of(firm)].filter((one) => of(next).has(one))).toEqual([]);
    }
  });

  test('number projects one after the other', () => {
    expect(
      firm
        .all('psa/projects')
        .map(({ code }) => code)
        .sort()[0]
    ).toBe('PRJ-1000');
    expect(
      next
        .all('psa/projects')
        .map(({ code }) => code)
        .sort()[0]
    ).toBe('PRJ-2200');
  });

  test('tell calendars and rates once', () => {
    expect(next.all('hr/calendars')).toEqual([]);
    expect(next.all('erp/fx_rates')).toEqual([]);
    expect(firm.all('hr/calendars')).toHaveLength(4);
    expect(firm.all('erp/fx_rates')).toHaveLength(48);
  });
});

describe('time', () => {
  test('nothing happens before the firm opens or after now', () => {
    for (const [name, rows] of firm.entries()) {
      for (const row of rows) {
        for (const instant of instantsOf(row)) {
          expect(instant, name).toBeGreaterThanOrEqual(START);
          expect(instant, name).toBeLessThanOrEqual(NOW);
          expect(instant % 1000, name).toBe(0);
        }
      }
    }
  });

  test('every history is in order, and none is empty', () => {
    for (const name of ['psa/projects', 'psa/resource_requests', 'psa/milestones', 'psa/change_requests'] as const) {
      for (const { history } of firm.all(name)) {
        expect(history.length, name).toBeGreaterThan(0);
        expect(ordered(history.map(({ at }) => at)), name).toBe(true);
      }
    }
    for (const row of firm.all('erp/projects')) {
      expect(ordered([row.createdAt, row.setupStartedAt, row.setupCompletedAt])).toBe(true);
    }
    for (const row of firm.all('procurement/purchase_requests')) {
      expect(ordered([row.requestedAt, row.pickedUpAt, row.orderedAt, row.deliveredAt])).toBe(true);
    }
    for (const row of firm.all('cs/transitions')) {
      expect(ordered([row.createdAt, row.acceptedAt, row.completedAt])).toBe(true);
    }
    for (const { rounds } of firm.all('approvals/requests')) {
      for (const { submittedAt, steps } of rounds) {
        expect(ordered([submittedAt, ...steps.flatMap(({ activatedAt, decidedAt }) => [activatedAt, decidedAt])])).toBe(
          true
        );
      }
    }
  });

  test('an opportunity goes through the stages, and its fields change one value after the other', () => {
    const last = new Map<string, string>();
    for (const { opportunity, field, oldValue, newValue } of firm.all('crm/field_history')) {
      if (!(field in opportunityFields)) continue;
      const key = `${opportunity} ${field}`;
      expect(oldValue).toBe(last.get(key) ?? (field === 'StageName' ? 'Prospecting' : ''));
      expect(opportunityFields[field as keyof typeof opportunityFields]).toContain(newValue);
      last.set(key, newValue);
    }
  });

  test('time and expenses are entered after they happened, within five days', () => {
    for (const { startedAt, enteredAt } of firm.all('psa/time')) {
      expect(enteredAt).toBeGreaterThan(startedAt);
      expect(enteredAt - startedAt).toBeLessThanOrEqual(5 * DAY - 8 * HOUR);
    }
    for (const { spentAt, enteredAt } of firm.all('psa/expenses')) {
      expect(enteredAt).toBeGreaterThan(spentAt);
      expect(enteredAt - spentAt).toBeLessThanOrEqual(5 * DAY - 8 * HOUR);
    }
  });

  test('nobody books time outside the hours of their office, or on leave', () => {
    const officeOf = new Map(firm.all('hr/people').map(({ staff, office }) => [staff, office as OfficeCode]));
    const leave = Map.groupBy(firm.all('hr/leave'), ({ staff }) => staff);
    for (const { person, startedAt } of firm.all('psa/time')) {
      const office = offices[officeOf.get(person) ?? 'BER'];
      expect(office.work.isOpen(startedAt)).toBe(true);
      const date = office.dateAt(startedAt);
      expect(leave.get(person)?.some(({ from, to }) => from <= date && date <= to) ?? false).toBe(false);
    }
  });
});

describe('pick-ups', () => {
  const people = firm.all('hr/people');
  const positionOf = (staff: string, at: number) =>
    people.find(({ staff: one, office, from, to }) => {
      const date = offices[office as OfficeCode].dateAt(at);
      return one === staff && from <= date && (to === null || date <= to);
    });
  const isAtWork = (staff: string, at: number): boolean => {
    const position = positionOf(staff, at);
    if (!position) return false;
    const office = offices[position.office as OfficeCode];
    const date = office.dateAt(at);
    const isAway = firm.all('hr/leave').some((row) => row.staff === staff && row.from <= date && date <= row.to);
    return office.work.isOpen(at) && !isAway;
  };

  const released = new Map<string, number>();
  for (const { opportunity, newValue, at } of firm.all('crm/field_history')) {
    if (newValue === 'Released' && !released.has(opportunity)) released.set(opportunity, at);
  }
  const pickUps: { handoff: string; department: string; releasedAt: number; at: number; by: string }[] = [];
  for (const { opportunity, history, code } of firm.all('psa/projects')) {
    const of = (action: string) => history.find((step) => step.action === action);
    const created = of('created');
    const add = (
      handoff: string,
      department: string,
      from: number | undefined,
      at?: number | null,
      by?: string | null
    ) => {
      if (from !== undefined && at && by) pickUps.push({ handoff, department, releasedAt: from, at, by });
    };
    add('sales_to_delivery', 'Project Operations', released.get(opportunity), created?.at, created?.by);
    const erp = firm.all('erp/projects').find(({ psaCode }) => psaCode === code);
    add(
      'staffing_to_finance_setup',
      'Finance Operations',
      of('staffing_confirmed')?.at,
      erp?.setupStartedAt,
      erp?.setupStartedBy
    );
    const transition = firm.all('cs/transitions').find(({ project }) => project === code);
    add(
      'closure_to_cs',
      'Customer Success',
      of('delivery_completed')?.at,
      transition?.acceptedAt,
      transition?.acceptedBy
    );
  }
  for (const { history } of firm.all('psa/resource_requests')) {
    const [asked, picked] = ['requested', 'picked_up'].map((action) => history.find((step) => step.action === action));
    if (asked && picked)
      pickUps.push({
        handoff: 'delivery_to_staffing',
        department: 'Resource Management',
        releasedAt: asked.at,
        at: picked.at,
        by: picked.by
      });
  }
  for (const { requestedAt, pickedUpAt, pickedUpBy } of firm.all('procurement/purchase_requests')) {
    if (pickedUpAt && pickedUpBy)
      pickUps.push({
        handoff: 'delivery_to_procurement',
        department: 'Procurement',
        releasedAt: requestedAt,
        at: pickedUpAt,
        by: pickedUpBy
      });
  }

  test('of every handoff there are some', () => {
    expect([...new Set(pickUps.map(({ handoff }) => handoff))].sort()).toEqual([
      'closure_to_cs',
      'delivery_to_procurement',
      'delivery_to_staffing',
      'sales_to_delivery',
      'staffing_to_finance_setup'
    ]);
  });

  test('come after the release, by a person of the receiving team who is at work', () => {
    for (const { handoff, department, releasedAt, at, by } of pickUps) {
      expect(at, handoff).toBeGreaterThan(releasedAt);
      expect(positionOf(by, at)?.department, handoff).toBe(department);
      expect(positionOf(by, at)?.isIntegration, handoff).toBe(false);
      expect(isAtWork(by, at), `${handoff} ${by} ${new Date(at).toISOString()}`).toBe(true);
    }
  });

  test('an assignment that software makes picks nothing up: its request is still taken on by a person', () => {
    const robots = codes(
      people.filter(({ isIntegration }) => isIntegration),
      ({ staff }) => staff
    );
    const byRobot = firm.all('psa/assignments').filter(({ createdBy }) => robots.has(createdBy));
    expect(byRobot.length).toBeGreaterThan(0);
    for (const { request, createdAt } of byRobot) {
      const history = firm.all('psa/resource_requests').find(({ id }) => id === request)?.history ?? [];
      const picked = history.find(({ action }) => action === 'picked_up');
      if (picked) expect(picked.at).toBeGreaterThan(createdAt);
    }
  });

  test('the PSA hears of the ERP project within seconds, from software', () => {
    for (const { code, history } of firm.all('psa/projects')) {
      const linked = history.find(({ action }) => action === 'erp_linked');
      const createdAt = firm.all('erp/projects').find(({ psaCode }) => psaCode === code)?.createdAt ?? 0;
      if (!linked) continue;
      expect(linked.at - createdAt).toBeGreaterThanOrEqual(5000);
      expect(linked.at - createdAt).toBeLessThanOrEqual(20_000);
      expect(positionOf(linked.by, linked.at)?.isIntegration).toBe(true);
    }
  });
});
