import { describe, expect, test } from 'vitest';
import type { StalledRow } from '#dashboards/boards/results.ts';
import { stalledWorklist } from '#dashboards/boards/stalled.ts';

const HOUR = 3_600_000;
const row = (project: string, more: Partial<StalledRow> = {}): StalledRow => ({
  ...{ project, stage: 'financial_setup', since: '2026-06-01T08:00:00Z', business_ms: 40 * HOUR },
  ...{ usual_p95_ms: 16 * HOUR, holder_team: 'Finance EMEA', owner: 'P01' },
  blocking: { kind: 'missing_field', text: 'The contract has no tax id' },
  action: { kind: 'complete_field', text: 'Ask for the tax id' },
  ...{ money: null, currency: null, region: 'EMEA', legal_entity: null, service_line: null },
  ...more
});
const rows = [
  row('P-1', { money: 50, currency: 'USD' }),
  row('P-2', { money: 100, currency: 'EUR', business_ms: 8 * HOUR, usual_p95_ms: null }),
  row('P-3', { blocking: { kind: 'open_approval', text: 'x' }, business_ms: 80 * HOUR }),
  row('P-4', { money: 300, currency: 'EUR', usual_p95_ms: 0 })
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
    expect(stalledWorklist(rows, { kind: 'open_approval' }).money).toEqual([]);
  });

  test('counts every kind, whichever is shown', () => {
    const { kinds, rows: shown } = stalledWorklist(rows, { kind: 'open_approval' });
    expect(kinds).toEqual([
      { kind: 'missing_field', n: 3 },
      { kind: 'open_approval', n: 1 }
    ]);
    expect(shown.map(({ project }) => project)).toEqual(['P-3']);
  });

  test('compares with what is usual, where that is known', () => {
    const times = new Map(stalledWorklist(rows).rows.map(({ project, times_usual }) => [project, times_usual]));
    expect([times.get('P-1'), times.get('P-2'), times.get('P-3'), times.get('P-4')]).toEqual([2.5, null, 5, null]);
  });
});
