import type { TopLevelSpec } from 'vega-lite';
import type { ScoreRow } from '../boards/scorecard.ts';
import { compactBusiness } from '#models/units/duration.ts';
import { frame } from './frame.ts';
import { monthAxis, monthTooltip } from './time-axis.ts';

const HOUR = 3_600_000;
const HOURS_A_DAY = 8;

/** Median business wait of a handoff a month, with its goal where that is in business time. A month without is a gap. */
export function waitByMonth({ series, goal, name }: Pick<ScoreRow, 'series' | 'goal' | 'name'>): TopLevelSpec {
  const longest = Math.max(0, goal?.business ? goal.ms : 0, ...series.map(({ median_ms }) => median_ms ?? 0));
  const unit =
    longest >= 2 * HOURS_A_DAY * HOUR
      ? { name: `business days of ${HOURS_A_DAY} h`, ms: HOURS_A_DAY * HOUR }
      : { name: 'business hours', ms: HOUR };
  const values = series.map(({ month, median_ms, n }) => ({
    month: `${month}-01`,
    n,
    time: median_ms === null ? null : median_ms / unit.ms,
    told: median_ms === null ? '–' : compactBusiness(median_ms / 1000)
  }));
  const y = {
    field: 'time',
    type: 'quantitative',
    axis: { title: `Median wait (${unit.name})`, tickCount: 4, domain: false, ticks: false }
  } as const;
  const encoding = {
    x: monthAxis,
    y,
    tooltip: [
      monthTooltip,
      { field: 'told', type: 'nominal' as const, title: 'median, business time' },
      { field: 'n', type: 'quantitative' as const, format: ',', title: 'n' }
    ]
  };
  return {
    ...frame(`Median business wait at ${name} in each of ${values.length} months.`, 120),
    layer: [
      {
        data: { values },
        mark: { type: 'line', style: 'wait', strokeWidth: 1.75, invalid: 'break-paths-filter-domains' },
        encoding
      },
      { data: { values }, mark: { type: 'point', style: 'wait', filled: true, size: 30 }, encoding },
      ...(goal?.business
        ? [
            {
              data: { values: [{ time: goal.ms / unit.ms, name: `goal ${compactBusiness(goal.ms / 1000)}` }] },
              mark: { type: 'rule' as const, style: 'guide' },
              encoding: { y }
            }
          ]
        : [])
    ]
  };
}
