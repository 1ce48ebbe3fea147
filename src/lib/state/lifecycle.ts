import type { LogSummary } from '#lib/api-client.ts';

/** Whether a log has a lifecycle, and so handoffs, stages and rules: its set-up made case views of it. */
export const hasLifecycle = ({ views }: Pick<LogSummary, 'views'>): boolean =>
  views.some(({ kind }) => kind === 'lifecycle');

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

/** From the first instant of the period to its end, which is the log's now, or its last event where it runs on. */
export function periodOf(
  { first_event, last_event, now }: Pick<LogSummary, 'first_event' | 'last_event' | 'now'>,
  months: number | null
): { from: string; to: string } | null {
  const to = now.at ?? last_event;
  if (to === null || first_event === null) return null;
  if (months === null) return { from: first_event, to };
  const from = new Date(to);
  from.setUTCMonth(from.getUTCMonth() - months);
  return { from: from.toISOString(), to };
}
