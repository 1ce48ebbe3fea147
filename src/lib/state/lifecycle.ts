import type { ApiClient, LogSummary } from '#lib/api-client.ts';
import type { Clause } from '#models/filter/filter.ts';

/**
 * Whether a log has a lifecycle to look at, and so handoffs, stages and rules: its set-up made case views of it, and one
 * is of projects. Deals alone go through none.
 */
export const hasLifecycle = ({ views }: Pick<LogSummary, 'views'>): boolean =>
  views.some(({ kind, object_type }) => kind === 'lifecycle' && object_type === 'project');

export const segments = ['region', 'legal_entity', 'service_line'] as const;
export type Segment = (typeof segments)[number];
export type SegmentValues = Partial<Record<Segment, string>>;

/** What a page about a log's lifecycle is narrowed to. All of it stands in the address. */
export interface Narrowing {
  /** The last so many months of the log, or all of it (null). */
  months: number | null;
  /** Cut by region, legal entity or service line. */
  by: Segment | null;
  segment: SegmentValues;
}

/** The same as a filter of cases. */
export const casesOf = (values: SegmentValues): Clause[] =>
  segments.flatMap((key): Clause[] => {
    const value = values[key];
    return value === undefined ? [] : [{ kind: 'attribute', scope: 'case', key, values: [value] }];
  });

/** A year, against the year before. */
export const USUAL_MONTHS = 12;

export function readNarrowing(params: URLSearchParams): Narrowing {
  const wanted = params.get('months');
  const months = Number(wanted);
  return {
    months: wanted === 'all' ? null : Number.isInteger(months) && months > 0 && months <= 1_200 ? months : USUAL_MONTHS,
    by: segments.find((one) => one === params.get('by')) ?? null,
    segment: Object.fromEntries(
      segments.flatMap((one) => {
        const value = params.get(one);
        return value === null ? [] : [[one, value]];
      })
    )
  };
}

export interface Period {
  from: string;
  to: string;
}

/**
 * From so many months before its end, which is the log's now, or its last event where now runs on; null for all of the
 * log. The end is not part of a period, and the last event of a live log is: its period ends a millisecond later.
 */
export function periodOf(
  { last_event, now }: Pick<LogSummary, 'last_event' | 'now'>,
  months: number | null
): Period | null {
  if (months === null || last_event === null) return null;
  // While a replay runs the pages stay as of the now before it.
  const at = now.replay?.to ?? now.at;
  const to = at === undefined ? new Date(Date.parse(last_event) + 1) : new Date(at);
  const from = new Date(to);
  from.setUTCMonth(from.getUTCMonth() - months);
  return { from: from.toISOString(), to: to.toISOString() };
}

/** What there is to narrow by: the regions, entities and lines that cases of the log's first view have. */
export async function segmentValues(api: ApiClient, log: LogSummary): Promise<Record<Segment, string[]>> {
  const { attributes } = await api.attributes({ log: log.name, view: log.default_view ?? '~', filter: [] });
  const of = (segment: Segment) =>
    (attributes.find(({ scope, key }) => scope === 'case' && key === segment)?.values ?? []).map(({ value }) => value);
  return {
    region: of('region').sort(),
    legal_entity: of('legal_entity').sort(),
    service_line: of('service_line').sort()
  };
}
