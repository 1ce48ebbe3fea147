import type { TopLevelSpec } from 'vega-lite';
import type { CycleTime } from '#mining/cycle-time.ts';
import { formatDuration } from '#models/units/duration.ts';
import { countAxis, frame } from './frame.ts';
import { timeUnit } from './time-axis.ts';

/**
 * Closed cases by cycle time, with the median and P90 marked. A long tail comes as one last, wider bin: it is drawn
 * as wide as the others and fainter, and the axis says where it begins.
 */
export function durationHistogram({ histogram, closed }: Pick<CycleTime, 'histogram' | 'closed'>): TopLevelSpec {
  const first = histogram[0];
  const width = first ? first.to_s - first.from_s : 1;
  const last = histogram.at(-1);
  const tail = last !== undefined && last.to_s - last.from_s > width * 1.001 ? last : undefined;
  const domain = drawnSpan(histogram);
  const drawnTo = tail ? tail.from_s + width : domain.bars;
  const unit = timeUnit(drawnTo);
  const values = histogram.map((bin) => ({
    from: bin.from_s / unit.seconds,
    to: (bin === last ? drawnTo : bin.to_s) / unit.seconds,
    cases: bin.cases,
    tail: bin === tail,
    span: `${formatDuration(bin.from_s)} ${bin === tail ? 'and longer, up to' : 'to'} ${formatDuration(bin.to_s)}`
  }));
  const most = Math.max(1, ...values.map(({ cases }) => cases));
  const marks = closed
    ? [
        { name: 'median', seconds: closed.median_s, at: most },
        { name: 'P90', seconds: closed.p90_s, at: most * 0.88 }
      ].map(({ name, seconds, at }) => ({
        ...{ at, name: `${name} ${formatDuration(seconds)}`, time: Math.min(seconds, drawnTo) / unit.seconds },
        // Beyond the middle there may be no room to the right.
        side: seconds >= (domain.from + (tail ? drawnTo : domain.to)) / 2 ? 'left' : 'right'
      }))
    : [];
  const longer = tail ? `; the last bar: ${formatDuration(tail.from_s)} and longer` : '';
  const time = { field: 'time', type: 'quantitative' } as const;
  return {
    ...frame(`Closed cases by cycle time in ${histogram.length} bins, wall clock${longer}.`),
    layer: [
      {
        data: { values },
        mark: { type: 'bar', style: 'work-area', binSpacing: 1 },
        encoding: {
          x: {
            field: 'from',
            type: 'quantitative',
            bin: { binned: true },
            scale: { domain: [domain.from, tail ? drawnTo : domain.to].map((s) => s / unit.seconds), nice: false },
            axis: { title: `Cycle time (${unit.name}, wall clock)${longer}`, grid: false, tickCount: 8 }
          },
          x2: { field: 'to' },
          y: { field: 'cases', type: 'quantitative', scale: { domain: [0, most] }, axis: countAxis('Closed cases') },
          opacity: { condition: { test: 'datum.tail', value: 0.55 }, value: 1 },
          tooltip: [
            { field: 'span', type: 'nominal', title: 'cycle time' },
            { field: 'cases', type: 'quantitative', format: ',', title: 'cases' }
          ]
        }
      },
      ...(closed
        ? [{ data: { values: marks }, mark: { type: 'rule' as const, style: 'guide' }, encoding: { x: time } }]
        : []),
      // A layer without data has no extent, which Vega says in the console.
      ...(['left', 'right'] as const)
        .filter((one) => marks.some(({ side }) => side === one))
        .map((side) => ({
          data: { values: marks.filter((mark) => mark.side === side) },
          mark: {
            type: 'text' as const,
            style: 'note',
            baseline: 'top' as const,
            align: side === 'left' ? ('right' as const) : ('left' as const),
            dx: side === 'left' ? -4 : 4
          },
          encoding: {
            x: time,
            y: { field: 'at', type: 'quantitative' as const },
            text: { field: 'name', type: 'nominal' as const }
          }
        }))
    ]
  };
}

/**
 * In seconds: from where to where the axis goes, and where the last bar ends. Where all cases take alike there is one
 * bin, too narrow to see beside its distance from zero: then it is drawn wider, in the middle of some room.
 */
function drawnSpan(histogram: CycleTime['histogram']): { from: number; bars: number; to: number } {
  const [first, last] = [histogram[0], histogram.at(-1)];
  if (!first || !last) return { from: 0, bars: 1, to: 1 };
  if (histogram.length > 1) return { from: first.from_s, bars: last.to_s, to: last.to_s };
  const width = Math.max(last.to_s - first.from_s, first.from_s / 20);
  return { from: Math.max(0, first.from_s - 5 * width), bars: first.from_s + width, to: first.from_s + 5 * width };
}
