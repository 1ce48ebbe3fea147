import type { TopLevelSpec } from 'vega-lite';
import type { TransitionHandoffs } from '#mining/handoffs.ts';
import { formatDuration } from '#models/units/duration.ts';
import { frame } from './frame.ts';
import { timeUnit } from './time-axis.ts';

/** How the latency of handoffs spreads, a row a pair: a dot at the median, a line to the P90. Most total time first. */
export function handoffLatency(
  { pairs, dimension }: Pick<TransitionHandoffs, 'pairs' | 'dimension'>,
  { limit = 15 }: { limit?: number } = {}
): TopLevelSpec {
  const costliest = pairs.toSorted((a, b) => b.total_s - a.total_s).slice(0, limit);
  const unit = timeUnit(Math.max(0, ...costliest.map(({ p90_s }) => p90_s)));
  const values = costliest.map(({ from, to, count, median_s, p90_s, total_s }) => ({
    pair: `${from} → ${to}`,
    median: median_s / unit.seconds,
    p90: p90_s / unit.seconds,
    n: count,
    told: { median: formatDuration(median_s), p90: formatDuration(p90_s), total: formatDuration(total_s) }
  }));
  const who = { team: 'teams', resource: 'people', role: 'roles', system: 'systems', legal_entity: 'legal entities' };
  const axis = { title: `Latency (${unit.name}, wall clock): ● median, ┃ P90`, tickCount: 6 } as const;
  return {
    ...frame(
      `Median and P90 latency of the ${values.length} handoffs between ${who[dimension]} with the most total time, wall clock.`,
      Math.max(1, values.length) * 24
    ),
    data: { values },
    encoding: {
      y: {
        field: 'pair',
        type: 'nominal',
        sort: null,
        axis: { title: 'Handoff', labelLimit: 320, grid: false, domain: false, ticks: false }
      },
      tooltip: [
        { field: 'pair', type: 'nominal', title: 'handoff' },
        { field: 'told.median', type: 'nominal', title: 'median' },
        { field: 'told.p90', type: 'nominal', title: 'P90' },
        { field: 'told.total', type: 'nominal', title: 'total' },
        { field: 'n', type: 'quantitative', format: ',', title: 'n' }
      ]
    },
    layer: [
      {
        mark: { type: 'rule', style: 'wait', strokeWidth: 2 },
        encoding: { x: { field: 'median', type: 'quantitative', axis }, x2: { field: 'p90' } }
      },
      {
        mark: { type: 'point', style: 'wait', filled: true, size: 60 },
        encoding: { x: { field: 'median', type: 'quantitative', axis } }
      },
      {
        mark: { type: 'tick', style: 'wait', thickness: 2, height: 12 },
        encoding: { x: { field: 'p90', type: 'quantitative', axis } }
      }
    ]
  };
}
