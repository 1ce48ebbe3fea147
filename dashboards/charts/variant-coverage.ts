import type { TopLevelSpec } from 'vega-lite';
import type { Variants } from '#mining/variants.ts';
import { formatCount } from '#models/units/number.ts';
import { frame } from './frame.ts';

/**
 * Share of cases that the n most frequent variants cover together. Ranks are on a root scale: the first few decide,
 * and the tail is long. The curve ends where the result's page ends, and the axis at the last variant there is.
 */
export function variantCoverage({ variants, total_variants, total_cases }: Variants): TopLevelSpec {
  let covered = 0;
  const values = [
    { rank: 0, share: 0, cases: 0 },
    ...variants.map(({ cases }, index) => {
      covered += cases;
      return { rank: index + 1, share: total_cases > 0 ? covered / total_cases : 0, cases: covered };
    })
  ];
  const [all, cases] = [total_variants, total_cases].map((n) => formatCount(n));
  return {
    ...frame(`Share of ${cases} cases that the most frequent of ${all} variants cover together.`),
    data: { values },
    mark: {
      type: 'line',
      style: 'work',
      strokeWidth: 2,
      point: { style: 'work', size: variants.length > 60 ? 0 : 20 }
    },
    encoding: {
      x: {
        field: 'rank',
        type: 'quantitative',
        scale: { type: 'sqrt', domain: [0, Math.max(1, total_variants)], nice: false },
        axis: { title: `Most frequent variants (of ${all}, root scale)`, grid: false, tickCount: 6, tickMinStep: 1 }
      },
      y: {
        field: 'share',
        type: 'quantitative',
        scale: { domain: [0, 1] },
        axis: { title: `Cases covered (% of ${cases})`, format: '.0%', tickCount: 4, domain: false, ticks: false }
      },
      tooltip: [
        { field: 'rank', type: 'quantitative', format: ',', title: 'variants' },
        { field: 'share', type: 'quantitative', format: '.3p', title: 'of all cases' },
        { field: 'cases', type: 'quantitative', format: ',', title: 'cases' }
      ]
    }
  };
}
