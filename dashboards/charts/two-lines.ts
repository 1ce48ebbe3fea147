import type { TopLevelSpec } from 'vega-lite';
import type { MarkStyle } from '../theme/vega.ts';

type Layers = Extract<TopLevelSpec, { layer: unknown }>['layer'];

/**
 * Layers of two series told apart by their dashes, the first solid, with a legend: the field `what` names the series.
 * The points take the pointer; drawn small, they also show a value that stands alone between gaps.
 */
export function twoLines(style: MarkStyle, names: [string, string]): Layers {
  return [
    {
      mark: { type: 'line', style, strokeWidth: 1.75, invalid: 'break-paths-filter-domains' },
      encoding: {
        strokeDash: {
          field: 'what',
          type: 'nominal',
          scale: {
            domain: names,
            range: [
              [1, 0],
              [4, 3]
            ]
          }
        }
      }
    },
    {
      mark: { type: 'point', style, filled: true, size: 14 },
      encoding: { detail: { field: 'what', type: 'nominal' } }
    }
  ];
}
