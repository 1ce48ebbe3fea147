import type { Engine } from '#models/store/engine.ts';
import { ident, join, sql, type Sql } from '#models/store/sql.ts';
import type { Ledger } from '#models/views/handoff-ledger.ts';

/** What every analysis of the handoff ledger is asked of. */
export interface LedgerContext {
  engine: Engine;
  ledger: Ledger;
}

export const segments = ['region', 'legal_entity', 'service_line'] as const;
export type Segment = (typeof segments)[number];
export type SegmentFilter = { [Name in Segment]?: string | undefined };

/** From and including `from`, up to and excluding `to`, ISO 8601. */
export interface PeriodFilter {
  from?: string | undefined;
  to?: string | undefined;
}

/** What a row belongs to that has no region, entity or line. */
export const UNKNOWN = 'unknown';

/** Where a row belongs, `unknown` where nobody says: what figures are cut by is what rows are found by. */
export const segmentOf = (segment: Segment): Sql => sql`coalesce(${ident(segment)}, ${UNKNOWN})`;

/** The condition that a row belongs to the segments asked for. */
export function ofSegments(filter: SegmentFilter): Sql {
  const wanted = segments.flatMap((segment) => {
    const value = filter[segment];
    return value === undefined ? [] : [sql`${segmentOf(segment)} = ${value}`];
  });
  return join([sql`true`, ...wanted], ' and ');
}

/** The condition that an instant lies in a period. */
export function within(instant: Sql, { from, to }: PeriodFilter): Sql {
  return join(
    [
      sql`true`,
      ...(from === undefined ? [] : [sql`${instant} >= ${from}::timestamptz::timestamp`]),
      ...(to === undefined ? [] : [sql`${instant} < ${to}::timestamptz::timestamp`])
    ],
    ' and '
  );
}

/** The ledger's handoffs with `business_ms` and `wall_ms`, the whole latency of each. */
export function latencies({ handoffs }: Ledger): Sql {
  return sql`(
    select *, receiver_business_ms + sender_business_ms as business_ms, receiver_wall_ms + sender_wall_ms as wall_ms
    from ${ident(handoffs)})`;
}
