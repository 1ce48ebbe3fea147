import { compile, type TopLevelSpec } from 'vega-lite';
import { parse, View } from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { describe, expect, test } from 'vitest';
import { cycleTimeByMonth } from '#dashboards/charts/cycle-time-by-month.ts';
import { durationHistogram } from '#dashboards/charts/duration-histogram.ts';
import { handoffLatency } from '#dashboards/charts/handoff-latency.ts';
import { throughputByMonth } from '#dashboards/charts/throughput-by-month.ts';
import { everyMonth, timeUnit } from '#dashboards/charts/time-axis.ts';
import { variantCoverage } from '#dashboards/charts/variant-coverage.ts';
import type { CycleTime } from '#mining/cycle-time.ts';
import type { TransitionHandoffs } from '#mining/handoffs.ts';
import type { Variants } from '#mining/variants.ts';

const DAY = 86_400;
const cycle = {
  closed: { n: 21, mean_s: 4 * DAY, median_s: 3 * DAY, p90_s: 9 * DAY, min_s: 0, max_s: 400 * DAY },
  histogram: [
    { from_s: 0, to_s: 2 * DAY, cases: 12 },
    { from_s: 2 * DAY, to_s: 4 * DAY, cases: 8 },
    { from_s: 4 * DAY, to_s: 402 * DAY, cases: 1 }
  ],
  by_month: [
    { month: '2020-11', started: 9, ended: 0, n: 0, median_s: null, p90_s: null },
    { month: '2021-02', started: 12, ended: 21, n: 21, median_s: 3 * DAY, p90_s: 9 * DAY }
  ]
} satisfies Partial<CycleTime>;
const variants: Variants = {
  variants: [6, 3, 1].map((cases, n) => ({
    ...{ id: `000000000000000${n}`, sequence: ['a', 'b'], cases, share: cases / 12, events: 2 }
  })),
  total_variants: 5,
  total_cases: 12,
  covered_cases: 10,
  relinked: false
};
const pair = (from: string, to: string, total_s: number) => ({
  ...{ from, to, count: 4, cases: 4, mean_s: 60, median_s: 3_600, p90_s: 4 * 3_600, total_s }
});
const handoffs: Pick<TransitionHandoffs, 'pairs' | 'dimension'> = {
  dimension: 'team',
  pairs: [pair('Finance', 'Legal', 100), pair('"Le,gal"', 'Finance', 900), pair('Sales', 'Finance', 500)]
};

const charts: [string, TopLevelSpec, { x: RegExp; y: RegExp }][] = [
  ['throughput by month', throughputByMonth(cycle), { x: /Month \(UTC\)/, y: /Cases/ }],
  ['cycle time by month', cycleTimeByMonth(cycle), { x: /Month \(UTC\)/, y: /days, wall clock/ }],
  ['duration histogram', durationHistogram(cycle), { x: /days, wall clock.*4 d and longer/, y: /Closed cases/ }],
  [
    'cycle times that are all alike',
    durationHistogram({
      closed: { ...cycle.closed, median_s: 9 * DAY, p90_s: 9 * DAY },
      histogram: [{ from_s: 9 * DAY, to_s: 9 * DAY + 1, cases: 4_000 }]
    }),
    { x: /days, wall clock/, y: /Closed cases/ }
  ],
  ['variant coverage', variantCoverage(variants), { x: /of 5/, y: /% of 12/ }],
  ['handoff latency', handoffLatency(handoffs), { x: /hours, wall clock/, y: /Handoff/ }],
  ['throughput of nothing', throughputByMonth({ by_month: [] }), { x: /Month/, y: /Cases/ }],
  ['cycle time of nothing', cycleTimeByMonth({ by_month: [] }), { x: /Month/, y: /wall clock/ }],
  ['histogram of nothing', durationHistogram({ histogram: [], closed: null }), { x: /wall clock/, y: /Closed/ }],
  [
    'coverage of nothing',
    variantCoverage({ ...variants, variants: [], total_variants: 0, total_cases: 0 }),
    { x: /of 0/, y: /Cases/ }
  ],
  ['latency of nothing', handoffLatency({ dimension: 'role', pairs: [] }), { x: /wall clock/, y: /Handoff/ }]
];

/** Compiled, parsed and run as the page does it under its Content-Security-Policy: without a generated function. */
async function run(spec: TopLevelSpec, empty = false): Promise<{ view: View; svg: string; warnings: string[] }> {
  const warnings: string[] = [];
  // A page says in words that there is nothing; the chart of nothing has no extent.
  const said = (...words: readonly unknown[]) =>
    (empty && String(words[0]).startsWith('Infinite extent')) || warnings.push(words.join(' '));
  const logger = {
    ...{ level: () => logger, error: () => logger, info: () => logger, debug: () => logger },
    warn: (...words: readonly unknown[]) => (said(...words), logger)
  } as never;
  // A page gives the width; here nobody does.
  const { spec: compiled } = compile({ ...spec, width: 480 } as TopLevelSpec, { logger });
  const runtime = parse(compiled, {}, { ast: true });
  const view = new View(runtime, { expr: expressionInterpreter, renderer: 'none', logger } as never);
  await view.runAsync();
  return { view, svg: await view.toSVG(), warnings };
}

describe.each(charts)('the chart of %s', (name, spec, titles) => {
  test('runs without a warning, is described, labelled and free of raw colours', async () => {
    const { svg, warnings } = await run(spec, name.endsWith('of nothing'));
    expect(warnings).toEqual([]);
    expect(spec.description).toMatch(/\w.*\.$/);
    const said = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text = '']) => text);
    expect(said.some((text) => titles.x.test(text))).toBe(true);
    expect(said.some((text) => titles.y.test(text))).toBe(true);
    const { config, $schema, ...rest } = spec;
    expect(config && $schema).toBeTruthy();
    expect(JSON.stringify(rest)).not.toMatch(/#[0-9a-f]{3,8}\b|rgb|hsl|var\(|"(color|fill|stroke)"/i);
    const drawn = [...svg.matchAll(/(?:fill|stroke)="([^"]+)"/g)].map(([, colour]) => colour);
    expect(drawn.filter((colour) => !/^(var\(--[a-z0-9-]+\)|none|transparent)$/.test(colour ?? ''))).toEqual([]);
    expect(svg.replaceAll(/aria-label="[^"]*"/g, '')).not.toContain('NaN');
  });
});

describe('a chart says what the result says', () => {
  const values = (spec: TopLevelSpec) =>
    (spec as unknown as { data: { values: Record<string, unknown>[] } }).data.values;

  test('a month without cases is zero cases, and no cycle time at all', () => {
    expect(values(throughputByMonth(cycle)).filter(({ month }) => month === '2020-12-01')).toEqual([
      { month: '2020-12-01', what: 'started', cases: 0 },
      { month: '2020-12-01', what: 'ended', cases: 0 }
    ]);
    expect(values(cycleTimeByMonth(cycle)).map(({ time }) => time)).toEqual([
      ...[null, null, null, null, null, null],
      ...[3, 9]
    ]);
  });

  test('the long tail is drawn as wide as another bin and tells its real extent', () => {
    const { layer } = durationHistogram(cycle) as unknown as {
      layer: { data: { values: Record<string, unknown>[] } }[];
    };
    expect(layer[0]?.data.values.at(-1)).toMatchObject({
      from: 4,
      to: 6,
      tail: true,
      span: '4 d and longer, up to 402 d'
    });
    expect(layer[1]?.data.values.map(({ name, time }) => [name, time])).toEqual([
      ['median 3 d', 3],
      ['P90 9 d', 6]
    ]);
  });

  test('cases that all take alike have a readable axis, and digits are grouped as on the pages', async () => {
    const alike = charts.find(([name]) => name === 'cycle times that are all alike')?.[1];
    const { svg } = await run(alike as TopLevelSpec);
    const said = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text = '']) => text);
    const figures = said.filter((text) => /^[\d.\u202f]+$/.test(text));
    expect(new Set(figures).size).toBe(figures.length);
    expect(figures).toContain('4\u202f000');
    expect(said).toContain('median 9 d');
  });

  test('months are named once each', async () => {
    const months = ['2021-01', '2021-02'].map((month) => ({ ...{ month, started: 2, ended: 1 } }));
    const { svg } = await run(throughputByMonth({ by_month: months as CycleTime['by_month'] }));
    const said = [...svg.matchAll(/<text[^>]*>([A-Z][a-z]{2} \d{4})<\/text>/g)].map(([, text]) => text);
    expect(said).toEqual(['Jan 2021', 'Feb 2021']);
  });

  test('coverage is of all cases, though only a page of variants is known', () => {
    expect(values(variantCoverage(variants)).map(({ share }) => share)).toEqual([0, 0.5, 0.75, 10 / 12]);
  });

  test('the pair with the most total time comes first', async () => {
    expect(values(handoffLatency(handoffs)).map(({ pair }) => pair)).toEqual([
      '"Le,gal" → Finance',
      'Sales → Finance',
      'Finance → Legal'
    ]);
    const { svg } = await run(handoffLatency(handoffs));
    expect(svg.indexOf('Le,gal')).toBeLessThan(svg.indexOf('Finance → Legal'));
  });
});

test('months are filled between the first and the last, a century at most', () => {
  const empty = (month: string) => ({ month });
  expect(everyMonth([{ month: '2021-12' }, { month: '2022-02' }], empty).map(({ month }) => month)).toEqual([
    ...['2021-12', '2022-01', '2022-02']
  ]);
  expect(everyMonth([{ month: '0001-01' }, { month: '2022-02' }], empty)).toHaveLength(2);
});

test('an axis counts in the unit that fits', () => {
  expect([0, 119, 120, 7_199, 7_200, 2 * DAY].map((s) => timeUnit(s).name)).toEqual([
    ...['seconds', 'seconds', 'minutes', 'minutes', 'hours', 'days']
  ]);
});
