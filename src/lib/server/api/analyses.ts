import { z } from '@hono/zod-openapi';
import { attributeProfile } from '#mining/attributes.ts';
import type { ViewContext } from '#mining/context.ts';
import { cycleTime } from '#mining/cycle-time.ts';
import { directlyFollowsGraph } from '#mining/directly-follows-graph.ts';
import { transitionHandoffs } from '#mining/handoffs.ts';
import { rework } from '#mining/rework.ts';
import { summary } from '#mining/summary.ts';
import { variants } from '#mining/variants.ts';
import { listCases } from '#mining/cases.ts';
import { Dimension, type Filter } from '#models/filter/filter.ts';
import { FilterQuery } from './schemas.ts';

/** Query parameters are text; a number is what reads as one. */
const count = (most: number, fallback: number) => z.coerce.number().int().min(0).max(most).default(fallback);
const flag = (fallback: boolean) =>
  z
    .enum(['true', 'false'])
    .default(fallback ? 'true' : 'false')
    .transform((text) => text === 'true');

/** What every analysis is asked with: the filter, as JSON, beside options of its own. */
const asked = <Shape extends z.ZodRawShape>(shape: Shape) => z.strictObject({ ...FilterQuery.shape, ...shape });

/** One analysis as the API and the command line offer it: what may be asked, and how it is answered. */
function analysis<Options extends z.ZodObject, Result extends object>(
  about: string,
  options: Options,
  run: (context: ViewContext, filter: Filter, options: Omit<z.output<Options>, 'filter'>) => Promise<Result>
) {
  return { about, options, run };
}

export const analyses = {
  summary: analysis('cases, events, variants, durations, self-loops, handoffs at a glance', asked({}), summary),
  dfg: analysis(
    'directly-follows graph: every edge with count, cases and times',
    asked({ percentiles: flag(true) }),
    directlyFollowsGraph
  ),
  variants: analysis(
    'ways through the process, most frequent first',
    asked({ limit: count(10_000, 100), offset: count(1e9, 0) }),
    variants
  ),
  'cycle-time': analysis('cycle time of closed cases, age of open ones', asked({}), cycleTime),
  handoffs: analysis(
    'transition handoffs between teams, people, roles, systems or legal entities',
    asked({ dimension: Dimension.default('team'), limit: count(100_000, 500) }),
    transitionHandoffs
  ),
  rework: analysis(
    'self-loops, loop-backs, repeats and redos',
    asked({
      exclude_repeatable: z
        .union([z.string(), z.array(z.string())])
        .optional()
        .transform((names) => (names === undefined ? [] : [names].flat()))
    }),
    (context, filter, { exclude_repeatable }) => rework(context, filter, { excludeRepeatable: exclude_repeatable })
  ),
  attributes: analysis(
    'attributes of cases and events with their values',
    asked({ values: count(10_000, 50) }),
    attributeProfile
  ),
  cases: analysis(
    'the cases themselves',
    asked({
      sort: z.enum(['start', 'end', 'duration', 'events', 'case_id']).default('start'),
      order: z.enum(['asc', 'desc']).default('desc'),
      limit: count(100_000, 100),
      offset: count(1e9, 0)
    }),
    listCases
  )
} as const;

export type AnalysisName = keyof typeof analyses;
export const analysisNames = Object.keys(analyses) as AnalysisName[];
