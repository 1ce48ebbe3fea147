import type { Config } from 'vega-lite';
import { cssTokens, type Tokens } from './tokens.ts';

/** Meanings a chart may give a mark, as `mark: { style: 'wait' }`; the configuration turns them into colours. */
export type MarkStyle =
  'work' | 'work-area' | 'wait' | 'wait-area' | 'rework' | 'breach' | 'neutral' | 'note' | 'guide';

/**
 * Vega-Lite's configuration from the palette: every colour, font and line width of every chart. Specs name a
 * `MarkStyle` and hold no colour of their own.
 *
 * @param tokens CSS variables by default, which only an SVG renderer understands
 */
export function vegaConfig(tokens: Tokens = cssTokens): Config {
  const styles: Record<MarkStyle, NonNullable<Config['style']>[string]> = {
    work: { color: tokens['work-mark'], stroke: tokens['work-mark'] },
    'work-area': { color: tokens['work-4'], fill: tokens['work-4'] },
    wait: { color: tokens['wait-mark'], stroke: tokens['wait-mark'] },
    'wait-area': { color: tokens['wait-4'], fill: tokens['wait-4'] },
    rework: { color: tokens['rework-mark'], stroke: tokens['rework-mark'] },
    breach: { color: tokens['breach-mark'], stroke: tokens['breach-mark'] },
    neutral: { color: tokens['ink-3'], stroke: tokens['ink-3'] },
    note: { color: tokens['ink-2'], fill: tokens['ink-2'], fontSize: 11 },
    guide: { color: tokens['ink-2'], stroke: tokens['ink-2'], strokeDash: [3, 3], strokeWidth: 1 }
  };
  const categories = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => tokens[`category-${n}` as 'category-1']);
  return {
    background: 'transparent',
    // Digits are grouped as on the pages.
    locale: { number: { decimal: '.', thousands: '\u202f', grouping: [3], currency: ['', ''] } },
    font: "'Inter Variable', system-ui, sans-serif",
    padding: { top: 2, right: 4, bottom: 4, left: 0 },
    view: { stroke: null },
    mark: { color: tokens['work-mark'] },
    axis: {
      labelColor: tokens['ink-3'],
      titleColor: tokens['ink-3'],
      labelFontSize: 11,
      titleFontSize: 11,
      titleFontWeight: 400,
      labelPadding: 6,
      labelOverlap: true,
      gridColor: tokens.line,
      domainColor: tokens['line-2'],
      tickColor: tokens['line-2']
    },
    // Upright and above the axis: a title of some words does not fit along a low chart.
    axisY: { titleAngle: 0, titleAlign: 'left', titleAnchor: 'end', titleBaseline: 'bottom', titleX: 0, titleY: -6 },
    point: { opacity: 1 },
    tick: { opacity: 1 },
    legend: {
      title: null,
      orient: 'top',
      // Vega's own option, which Vega-Lite hands on and does not type.
      ...({ layout: { top: { anchor: 'end' } } } as object),
      direction: 'horizontal',
      offset: 4,
      labelColor: tokens['ink-2'],
      labelFontSize: 12,
      symbolType: 'stroke',
      symbolStrokeWidth: 2,
      symbolStrokeColor: tokens['ink-3']
    },
    range: {
      category: [...categories, tokens['category-other']],
      ramp: [1, 2, 3, 4, 5].map((n) => tokens[`work-${n}` as 'work-1']),
      heatmap: [1, 2, 3, 4, 5].map((n) => tokens[`wait-${n}` as 'wait-1'])
    },
    style: styles
  };
}
