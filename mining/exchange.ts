import type { Engine } from '#models/store/engine.ts';
import { ident, join, sql, type Sql } from '#models/store/sql.ts';
import type { Firm } from '#models/views/firm.ts';

/** One currency, and what the others are worth in it. */
export interface Exchange {
  currency: string;
  /** The end of the month whose rates hold, yyyy-MM-dd; null where no rate is known. */
  rate_date: string | null;
  /** Relation (currency, factor): an amount times its factor is in `currency`. What is not there has no rate. */
  factors: Sql;
}

/** What a ranking leaves out, since nobody says what it is worth in the ranking's currency. */
export interface WithoutRate {
  /** Null where an amount has none. */
  currency: string | null;
  /** How many waits, or projects, were to count with the amount. */
  n: number;
  /** All of it, in its own currency. */
  amount: number;
}

/**
 * Aggregate: the list of `WithoutRate` over a relation (currency, n, amount), the most frequent currency first.
 *
 * @param amounts a relation of amounts above 0
 */
export function withoutRate({ factors }: Exchange, amounts: Sql): Sql {
  return sql`(
    select coalesce(list({currency: currency, n: n, amount: amount} order by n desc, currency), []) from (
      select currency, sum(n)::double as n, round(sum(amount), 2)::double as amount
      from ${amounts} a anti join ${factors} r using (currency) group by currency having sum(n) > 0))`;
}

/**
 * Converts by the log's rate table: `fx_rate` objects named month/from/to (`2026-05/USD/EUR`) with `rate`, the rate at
 * the end of that month. All amounts of a result are converted at the rates of one month, the latest that has ended by
 * `at`, so that a trend is never a trend of the exchange. Where the table has only the opposite rate, its inverse is
 * taken. Amounts of a currency without rate are left out by those who ask, and told (`withoutRate`).
 *
 * The currency is the one that the setup names (`money.currency`), else the one that most projects have.
 *
 * @param at ISO 8601
 */
export async function exchange(engine: Engine, firm: Firm, at: string): Promise<Exchange> {
  const { logId, setup, projects } = firm;
  const [most] = await engine.query<{ currency: string | null }>(sql`
    select currency from (
      select attributes ->> '$.currency' as currency, count(*) as n from ${ident(projects.cases)} group by 1
    ) where currency <> '' order by n desc, currency limit 1`);
  const currency = setup.money.currency ?? most?.currency ?? 'EUR';
  const rows = await engine.query<{ month_end: string; currency: string; factor: number }>(sql`
    with rate as (
      select last_day(try_cast(split_part(o.id, '/', 1) || '-01' as date)) as month_end, split_part(o.id, '/', 2) as "from",
        split_part(o.id, '/', 3) as "to", try_cast(c.attributes ->> '$.rate' as double) as rate,
        (coalesce(c.changed_at, timestamp '-infinity'), c.batch_no) as said
      from object_change c join (
        select object_no, id from object
        where log_id = ${logId} and type = 'fx_rate' and regexp_matches(id, '^\\d{4}-\\d{2}/[^/]+/[^/]+$')
      ) o using (object_no)
      where c.log_id = ${logId} and c.superseded_batch is null
    ), told as (
      select month_end, "from" as currency, rate as factor, (true, said) as newest from rate where "to" = ${currency} and rate > 0
      union all
      select month_end, "to", 1 / rate, (false, said) from rate where "from" = ${currency} and rate > 0
    ), latest as (select max(month_end) as month_end from told where month_end <= ${at}::timestamptz::date)
    select month_end::varchar as month_end, currency, arg_max(factor, newest) as factor
    from told where month_end = (select month_end from latest) group by all order by currency`);
  const known = [{ currency, factor: 1 }, ...rows.filter((row) => row.currency !== currency)];
  const values = known.map((row) => sql`(${row.currency}::varchar, ${row.factor}::double)`);
  return {
    currency,
    rate_date: rows[0]?.month_end ?? null,
    factors: sql`(select * from (values ${join(values, ', ')}) rate (currency, factor))`
  };
}
