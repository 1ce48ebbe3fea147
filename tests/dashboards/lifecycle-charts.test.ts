import { compile } from 'vega-lite';
import { describe, expect, test } from 'vitest';
import { adherenceByMonth } from '#dashboards/charts/adherence-by-month.ts';
import { waitByMonth } from '#dashboards/charts/wait-by-month.ts';

const HOUR = 3_600_000;
/** Rows of the layer with that index, or of the whole chart. */
const values = (spec: object, layer?: number) => {
  const { data, layer: layers } = spec as { data?: { values: object[] }; layer: { data?: { values: object[] } }[] };
  return (layer === undefined ? data : layers[layer]?.data)?.values;
};

describe('wait by month', () => {
  const series = [
    { month: '2026-01', median_ms: 8 * HOUR, n: 12 },
    { month: '2026-02', median_ms: null, n: 0 },
    { month: '2026-03', median_ms: 20 * HOUR, n: 7 }
  ];
  test('counts in business days where a wait lasts two, a month without is a gap', () => {
    const spec = waitByMonth({ series, name: 'Plan to ERP', goal: { ms: 16 * HOUR, business: true } });
    expect(values(spec, 0)).toEqual([
      { month: '2026-01-01', n: 12, time: 1, told: '1 d' },
      { month: '2026-02-01', n: 0, time: null, told: '–' },
      { month: '2026-03-01', n: 7, time: 2.5, told: '2.5 d' }
    ]);
    expect(values(spec, 2)).toEqual([{ time: 2, name: 'goal 2 d' }]);
    compile(spec);
  });
  test('counts in hours where waits are shorter, and draws no goal of another clock', () => {
    const short = [{ month: '2026-01', median_ms: 3 * HOUR, n: 12 }];
    const spec = waitByMonth({ series: short, name: 'x', goal: { ms: 900 * HOUR, business: false } });
    expect(values(spec, 0)).toEqual([{ month: '2026-01-01', n: 12, time: 3, told: '3 h' }]);
    expect((spec as { layer: object[] }).layer).toHaveLength(2);
    compile(spec);
  });
});

test('adherence by month fills months without a decision, and marks few', () => {
  const spec = adherenceByMonth({
    name: 'x',
    by_month: [
      { month: '2026-01', share: 0.75, n: 40 },
      { month: '2026-03', share: 1, n: 9 }
    ]
  });
  expect(values(spec)).toEqual([
    { month: '2026-01-01', n: 40, kept: 0.75, few: false, told: '75 %' },
    { month: '2026-02-01', n: 0, kept: null, few: true, told: '–' },
    { month: '2026-03-01', n: 9, kept: 1, few: true, told: '100 %' }
  ]);
  compile(spec);
});
