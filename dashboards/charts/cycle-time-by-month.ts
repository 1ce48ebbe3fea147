import type { TopLevelSpec } from 'vega-lite';
import type { CycleTime } from '#mining/cycle-time.ts';
import { formatDuration } from '#models/units/duration.ts';
import { frame } from './frame.ts';
import { twoLines } from './two-lines.ts';
import { everyMonth, monthAxis, monthTooltip, timeUnit } from './time-axis.ts';

/** Median (solid) and P90 (dashed) of the cases that ended in each month. A month in which none ended is a gap. */
export function cycleTimeByMonth({ by_month }: Pick<CycleTime, 'by_month'>): TopLevelSpec {
  const unit = timeUnit(Math.max(0, ...by_month.map(({ p90_s }) => p90_s ?? 0)));
  type Month = Pick<CycleTime['by_month'][number], 'month' | 'n' | 'median_s' | 'p90_s'>;
  const months = everyMonth<Month>(by_month, (month) => ({ month, n: 0, median_s: null, p90_s: null }));
  const values = months.flatMap(({ month, n, median_s, p90_s }) =>
    [
      { what: 'median', seconds: median_s },
      { what: 'P90', seconds: p90_s }
    ].map(({ what, seconds }) => ({
      ...{ month: `${month}-01`, what, n, time: seconds === null ? null : seconds / unit.seconds },
      told: seconds === null ? '–' : formatDuration(seconds)
    }))
  );
  return {
    ...frame('Median and P90 cycle time of the cases that ended in each month, wall clock.'),
    data: { values },
    encoding: {
      x: monthAxis,
      y: {
        field: 'time',
        type: 'quantitative',
        axis: { title: `Cycle time (${unit.name}, wall clock)`, tickCount: 4, domain: false, ticks: false }
      },
      tooltip: [
        monthTooltip,
        { field: 'what', type: 'nominal', title: 'figure' },
        { field: 'told', type: 'nominal', title: 'cycle time' },
        { field: 'n', type: 'quantitative', format: ',', title: 'cases' }
      ]
    },
    layer: twoLines('wait', ['median', 'P90'])
  };
}
