import type { TopLevelSpec } from 'vega-lite';
import { formatPercent } from '#models/units/number.ts';
import { frame } from './frame.ts';
import { everyMonth, monthAxis, monthTooltip } from './time-axis.ts';

export interface AdherenceMonth {
  month: string;
  /** Null where nothing was decided. */
  share: number | null;
  n: number;
}

/**
 * Share of clocks that kept their promise, by the month in which they were decided. The axis begins at zero, so that a
 * small change looks small; a month of fewer than `few` is drawn hollow.
 */
export function adherenceByMonth(
  { name, by_month }: { name: string; by_month: AdherenceMonth[] },
  { few = 10 }: { few?: number } = {}
): TopLevelSpec {
  const values = everyMonth(by_month, (month): AdherenceMonth => ({ month, share: null, n: 0 })).map(
    ({ month, share, n }) => ({
      month: `${month}-01`,
      ...{ n, kept: share, few: n < few, told: share === null ? '–' : formatPercent(share) }
    })
  );
  const encoding = {
    x: monthAxis,
    y: {
      field: 'kept',
      type: 'quantitative' as const,
      scale: { domain: [0, 1] },
      axis: { title: 'Kept', format: '.0%', tickCount: 4, domain: false, ticks: false }
    },
    tooltip: [
      monthTooltip,
      { field: 'told', type: 'nominal' as const, title: 'kept' },
      { field: 'n', type: 'quantitative' as const, format: ',', title: 'clocks decided' }
    ]
  };
  return {
    ...frame(`Share of clocks of “${name}” that kept their promise, in each of ${values.length} months.`, 130),
    data: { values },
    layer: [
      { mark: { type: 'line', style: 'work', strokeWidth: 1.75, invalid: 'break-paths-filter-domains' }, encoding },
      {
        mark: { type: 'point', style: 'work', filled: true, size: 34, strokeWidth: 1.5 },
        encoding: {
          ...encoding,
          fillOpacity: { condition: { test: 'datum.few', value: 0 }, value: 1 }
        }
      }
    ]
  };
}
