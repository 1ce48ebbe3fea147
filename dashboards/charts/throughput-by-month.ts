import type { TopLevelSpec } from 'vega-lite';
import type { CycleTime } from '#mining/cycle-time.ts';
import { countAxis, frame } from './frame.ts';
import { twoLines } from './two-lines.ts';
import { everyMonth, monthAxis, monthTooltip } from './time-axis.ts';

/** Cases started (solid) and ended (dashed) in each month; a month without any is zero. */
export function throughputByMonth({ by_month }: Pick<CycleTime, 'by_month'>): TopLevelSpec {
  const values = everyMonth<{ month: string; started: number; ended: number }>(by_month, (month) => ({
    ...{ month, started: 0, ended: 0 }
  })).flatMap(({ month, started, ended }) => [
    { month: `${month}-01`, what: 'started', cases: started },
    { month: `${month}-01`, what: 'ended', cases: ended }
  ]);
  return {
    ...frame(`Cases started and ended in each of ${values.length / 2} months.`),
    data: { values },
    encoding: {
      x: monthAxis,
      y: { field: 'cases', type: 'quantitative', axis: countAxis('Cases') },
      tooltip: [
        monthTooltip,
        { field: 'what', type: 'nominal', title: 'cases' },
        { field: 'cases', type: 'quantitative', format: ',', title: 'n' }
      ]
    },
    layer: twoLines('work', ['started', 'ended'])
  };
}
