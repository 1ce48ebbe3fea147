import { describe, expect, test } from 'vitest';
import { Simulated } from './simulated.ts';

const firm = new Simulated({ seed: 5, projects: 160, cell: 0 });
const codes = <Row>(rows: Row[], key: (row: Row) => string): Set<string> => new Set(rows.map(key));

describe('references', () => {
  test('lead to records', () => {
    const opportunities = codes(firm.all('crm/opportunities'), ({ id }) => id);
    const contracts = codes(firm.all('crm/contracts'), ({ id }) => id);
    const projects = codes(firm.all('psa/projects'), ({ code }) => code);
    const requests = codes(firm.all('psa/resource_requests'), ({ id }) => id);
    const assignments = codes(firm.all('psa/assignments'), ({ id }) => id);
    const milestones = codes(firm.all('psa/milestones'), ({ id }) => id);
    const changes = codes(firm.all('psa/change_requests'), ({ id }) => id);
    const numbers = codes(firm.all('erp/projects'), ({ number }) => number);
    const lines = codes(firm.all('erp/billing_schedule'), ({ id }) => id);
    const invoices = codes(firm.all('erp/invoices'), ({ id }) => id);
    const lost: string[] = [];
    const check = (name: string, known: Set<string>, id: string | null): void => {
      if (id && !known.has(id)) lost.push(`${name} ${id}`);
    };
    for (const row of firm.all('crm/field_history')) check('field_history', opportunities, row.opportunity);
    for (const row of firm.all('crm/contracts')) check('contract', opportunities, row.opportunity);
    for (const row of firm.all('psa/projects')) {
      check('project', opportunities, row.opportunity);
      check('project', contracts, row.contract);
    }
    for (const name of [
      'psa/resource_requests',
      'psa/assignments',
      'psa/milestones',
      'psa/change_requests',
      'psa/time',
      'psa/expenses',
      'procurement/purchase_requests',
      'cs/transitions'
    ] as const) {
      for (const row of firm.all(name)) check(name, projects, row.project);
    }
    for (const row of firm.all('psa/assignments')) check('assignment', requests, row.request);
    for (const row of firm.all('psa/time')) check('time', changes, row.changeRequest);
    for (const row of firm.all('erp/projects')) check('erp project', projects, row.psaCode);
    for (const name of ['erp/resource_plan', 'erp/billing_schedule', 'erp/invoices'] as const) {
      for (const row of firm.all(name)) check(name, numbers, row.erpProject);
    }
    for (const row of firm.all('erp/resource_plan')) check('plan', assignments, row.assignment);
    for (const row of firm.all('erp/billing_schedule'))
      check('line', row.reference.startsWith('CR-') ? changes : milestones, row.reference);
    for (const row of firm.all('erp/invoices')) {
      check('invoice', lines, row.billingLine);
      check('invoice', milestones, row.milestone);
    }
    for (const name of ['erp/payments', 'erp/credit_notes'] as const)
      for (const row of firm.all(name)) check(name, invoices, row.invoice);
    for (const { kind, reference } of firm.all('approvals/requests')) {
      const [code = ''] = (kind === 'change request' ? /CR-\d+/ : /PRJ-\d+/).exec(reference) ?? [];
      check('approval', kind === 'change request' ? changes : projects, code || 'nothing');
    }
    expect(lost).toEqual([]);
  });

  test('people who act are known', () => {
    const staff = codes(firm.all('hr/people'), ({ staff: one }) => one);
    const unknown = new Set<string>();
    for (const [, rows] of firm.entries()) {
      for (const [one] of JSON.stringify(rows).matchAll(/\bE\d{4,}\b/g)) if (!staff.has(one)) unknown.add(one);
    }
    expect([...unknown]).toEqual([]);
  });

  test('the number of an ERP project holds the digits of its code', () => {
    for (const { number, psaCode, legalEntity } of firm.all('erp/projects')) {
      expect(number).toBe(`10.${psaCode.slice(4)}.${legalEntity.replace('Meridian ', '')}`);
    }
  });

  test('somebody is in one team at a time', () => {
    for (const periods of Map.groupBy(firm.all('hr/people'), ({ staff }) => staff).values()) {
      for (const [i, { from }] of periods.entries()) if (i > 0) expect(from > (periods[i - 1]?.to ?? '9')).toBe(true);
      expect(periods.length).toBeLessThanOrEqual(2);
    }
    expect(firm.all('hr/people').length).toBeGreaterThan(new Set(firm.all('hr/people').map(({ staff }) => staff)).size);
  });
});

describe('money', () => {
  test('milestones add up to their contract, and their lines to them', () => {
    const lines = new Map(firm.all('erp/billing_schedule').map((row) => [row.reference, row.amount]));
    const milestones = Map.groupBy(firm.all('psa/milestones'), ({ project }) => project);
    const contracts = new Map(firm.all('crm/contracts').map((row) => [row.id, row]));
    for (const { code, contract } of firm.all('psa/projects')) {
      const own = milestones.get(code) ?? [];
      const model = contracts.get(contract)?.billingModel;
      // One that was just created may have only some of them.
      if (firm.all('psa/resource_requests').every(({ project }) => project !== code)) continue;
      expect(own.length > 0, code).toBe(model === 'fixed' || model === 'milestone');
      if (own.length === 0) continue;
      expect(own.reduce((sum, { amount }) => sum + amount, 0)).toBeCloseTo(contracts.get(contract)?.value ?? 0, 2);
      for (const { id, amount } of own) if (lines.has(id)) expect(lines.get(id)).toBe(amount);
    }
  });

  test('an invoice that is paid was paid in full, less what was credited', () => {
    const payments = Map.groupBy(firm.all('erp/payments'), ({ invoice }) => invoice);
    const credits = Map.groupBy(firm.all('erp/credit_notes'), ({ invoice }) => invoice);
    let paid = 0;
    for (const { id, amount } of firm.all('erp/invoices')) {
      const parts = payments.get(id) ?? [];
      const credited = (credits.get(id) ?? []).reduce((sum, note) => sum + note.amount, 0);
      const sum = parts.reduce((total, part) => total + part.amount, 0);
      if (parts.some(({ isFinal }) => isFinal)) {
        paid += 1;
        expect(sum).toBeCloseTo(amount - credited, 2);
      } else expect(sum).toBeLessThan(amount - credited + 0.01);
    }
    expect(paid).toBeGreaterThan(50);
  });
});
