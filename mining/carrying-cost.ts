import { lifecycleOf } from '#models/lifecycle/setup.ts';
import { ident, list, raw, sql, type Sql } from '#models/store/sql.ts';
import type { Ledger } from '#models/views/handoff-ledger.ts';
import { latencies, ofSegments, within, type PeriodFilter, type SegmentFilter } from './ledger-scope.ts';

const DAY_MS = 86_400_000;

/** The number of an object that holds up an amount of its own; null where it is what its project bills next. */
export const ownAmount = raw(`case when anchor_type in ('milestone', 'invoice', 'change_request') then anchor_no end`);

/**
 * What each wait that was picked up in a period held up, and for how long, every amount once at a time: (handoff, region,
 * legal_entity, service_line, currency, waits, money, money_days, late_money_days).
 *
 * A milestone, an invoice and a change hold up what they are worth. Everything else holds up what its project bills
 * next, and where several wait at once (four requests for people, say) they hold up one amount, not four: waits of one
 * handoff and project for the same amount that overlap are one. `money_days` are amount × calendar days of the whole
 * wait, `late_money_days` those beyond the goal, from when it was used up; 0 where no goal was given. `waits` and `money`
 * are how many waits held up one amount, and that amount, so that what has no rate can be told.
 */
export function heldMoney(ledger: Ledger, period: PeriodFilter, filter: SegmentFilter = {}): Sql {
  const merged = (from: Sql, where: Sql): Sql => sql`
    select handoff, region, legal_entity, service_line, currency, count(*)::double as waits, money,
      money * (max(until) - min(since)) / ${DAY_MS}::double as money_days
    from (
      select *, sum(opens) over (partition by handoff, own_no, case_no, money, currency order by since, until) as island
      from (
        select *, (since > coalesce(max(until) over (partition by handoff, own_no, case_no, money, currency
          order by since, until rows between unbounded preceding and 1 preceding), -1))::integer as opens
        from (
          select handoff, case_no, region, legal_entity, service_line, money, currency, ${ownAmount} as own_no,
            epoch_ms(${from}) as since, epoch_ms(final_pick_up) as until
          from done where ${where}
        )
      )
    ) group by handoff, own_no, case_no, region, legal_entity, service_line, money, currency, island`;
  return sql`
    with done as materialized (
      select * from ${ident(ledger.handoffs)}
      where status = 'done' and money > 0 and ${within(raw('final_pick_up'), period)}
        and ${ofSegments(filter)}
    )
    select *, 0::double as late_money_days from (${merged(raw('first_release'), raw('true'))})
    union all by name
    select handoff, region, legal_entity, service_line, currency, 0::double as waits, 0::double as money,
      0::double as money_days, money_days as late_money_days
    from (${merged(raw('least(due_at, final_pick_up)'), raw('within_goal = false'))})`;
}

/** Handoffs between functions of the firm: what a customer does is no place to mend. */
export function ofTheFirm({ firm }: Ledger): Sql {
  const { handoffs, functions } = lifecycleOf(firm.setup);
  const outside = functions.filter(({ kind }) => kind === 'outside').map(({ id }) => id);
  const ids = handoffs.filter(({ to }) => !outside.includes(to)).map(({ id }) => id);
  return ids.length === 0 ? raw('false') : sql`handoff in (${list(ids)})`;
}

/** Waits as counts and working time: (…the ledger's columns, late_business_ms), of those picked up in a period. */
export function doneWaits(ledger: Ledger, period: PeriodFilter, filter: SegmentFilter = {}): Sql {
  return sql`(
    select *, case when within_goal = false and goal_is_business then greatest(0, business_ms - goal_ms)
      when within_goal then 0 end as late_business_ms
    from ${latencies(ledger)}
    where status = 'done' and ${within(raw('final_pick_up'), period)} and ${ofSegments(filter)})`;
}
