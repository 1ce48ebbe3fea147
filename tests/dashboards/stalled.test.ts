import { describe, expect, test } from 'vitest';
import { stalledWorklist } from '#dashboards/boards/stalled.ts';
import type { StalledProject } from '#mining/stalled.ts';

const HOUR = 3_600_000;
const row = (project: string, more: Partial<StalledProject> = {}): StalledProject => ({
  ...{ project, stage: 'financial_setup', stage_name: 'Financial set-up', since: '2026-06-01T08:00:00Z' },
  ...{ last_progress: 'Staffing confirmed', entered_at: '2026-06-04T08:00:00Z', business_ms: 40 * HOUR },
  ...{ usual_p95_ms: 16 * HOUR, limit_ms: 16 * HOUR, compared_with: 'stage', holder_team: 'Finance EMEA' },
  owner: 'Finance Operations',
  blocking: { kind: 'missing_field', text: 'The contract has no tax id' },
  action: { kind: 'fill_field', text: 'Ask for the tax id' },
  ...{ money: null, currency: null, region: 'EMEA', legal_entity: null, service_line: null },
  ...more
});
const rows = [
  row('P-1', { money: 50, currency: 'USD' }),
  row('P-2', { money: 100, currency: 'EUR', business_ms: 8 * HOUR, usual_p95_ms: null, limit_ms: 32 * HOUR }),
  row('P-3', { blocking: { kind: 'approval_open', text: 'x' }, business_ms: 80 * HOUR }),
  row('P-4', { money: 300, currency: 'EUR', limit_ms: 0 })
];

describe('the stalled worklist', () => {
  test('by money: within a currency the larger first, the currency of the larger total first, then what holds up none', () => {
    expect(stalledWorklist(rows).rows.map(({ project }) => project)).toEqual(['P-4', 'P-2', 'P-1', 'P-3']);
  });

  test('by age: the longest wait first, ties by money', () => {
    const order = stalledWorklist(rows, { order: 'age' }).rows.map(({ project }) => project);
    expect(order).toEqual(['P-3', 'P-4', 'P-1', 'P-2']);
  });

  test('sums what is held up by currency, of the rows that are shown', () => {
    expect(stalledWorklist(rows).money).toEqual([
      { currency: 'EUR', amount: 400 },
      { currency: 'USD', amount: 50 }
    ]);
    expect(stalledWorklist(rows, { kind: 'approval_open' }).money).toEqual([]);
  });

  test('counts every kind, whichever is shown', () => {
    const { kinds, rows: shown } = stalledWorklist(rows, { kind: 'approval_open' });
    expect(kinds).toEqual([
      { kind: 'missing_field', n: 3 },
      { kind: 'approval_open', n: 1 }
    ]);
    expect(shown.map(({ project }) => project)).toEqual(['P-3']);
  });

  test('compares with what it had to exceed', () => {
    const times = new Map(stalledWorklist(rows).rows.map(({ project, times_limit }) => [project, times_limit]));
    expect([times.get('P-1'), times.get('P-2'), times.get('P-3'), times.get('P-4')]).toEqual([2.5, 0.25, 5, null]);
  });
});
