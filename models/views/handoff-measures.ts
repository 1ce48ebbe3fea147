import type { Handoff } from '#models/lifecycle/schema.ts';
import { ident, raw, sql, type Sql } from '#models/store/sql.ts';
import type { Firm } from './firm.ts';
import { withDueTime, withWorkingTime, workingDays } from './working-time.ts';

/** What the measures are made of: names of tables, and the lifecycle's handoffs. */
export interface Measured {
  firm: Firm;
  /** Rounds as found. */
  facts: string;
  anchors: string;
  /** Functions outside the firm. */
  outside: readonly string[];
  handoffs: readonly Handoff[];
}

/**
 * Every round with its times: (…, calendar, wall_us, worked_us, receiver_us, receiver_worked_us, sender_us,
 * sender_worked_us, wall_ms, business_ms). The receiver has a round until it is given back, else until it is picked up;
 * the sender after a return, until the next release, or what came after the last. What still runs, runs to now.
 */
export function measuredRounds({ firm, facts, anchors, outside, handoffs }: Measured, now: Sql): Sql {
  const { windows, teams } = firm;
  const receivers = handoffs.map(({ id, from, to }) => ({ id, from, to, outside: outside.includes(to) }));
  // The team that most often releases or picks up for a function, by region and entity, and in all; one of those that the
  // directory knows, while none of them did.
  const usual = sql`
    select function, region, legal_entity, anywhere, arg_max(team, (n, team)) as team from (
      select t.function, a.region, a.legal_entity, t.team, count(*) as n,
        grouping_id(a.region, a.legal_entity) = 3 as anywhere
      from (
        select handoff, anchor_no, unnest([release_team, receive_team]) as team from ${ident(facts)}
      ) join ${ident(anchors)} a using (handoff, anchor_no)
      join (select team, function from ${ident(teams)} where function is not null) t using (team)
      group by grouping sets ((t.function, a.region, a.legal_entity, t.team), (t.function, t.team))
      union all
      select function, null, null, team, 0, true from ${ident(teams)} where function is not null and calendar is not null
    ) group by all`;
  const usualTeam = (end: 'from' | 'to'): Sql => {
    const [here, anywhere] = [ident(`${end}_here`), ident(`${end}_anywhere`)];
    return sql`
      left join usual ${here} on ${here}.function = r.${ident(end)} and not ${here}.anywhere
        and ${here}.region is not distinct from a.region and ${here}.legal_entity is not distinct from a.legal_entity
      left join usual ${anywhere} on ${anywhere}.function = r.${ident(end)} and ${anywhere}.anywhere`;
  };
  const own = sql`(select any_value(calendar) from ${ident(windows)} where calendar = '')`;
  const told = sql`
    select f.*, r.is_outside,
      case when not r.is_outside then coalesce(f.receive_team, f.later_team, to_here.team, to_anywhere.team) end
        as held_by,
      coalesce(f.release_team, from_here.team, from_anywhere.team) as sent_by,
      case when outcome = 'returned' then coalesce(next_at, after_at, ${now}) else ended_at end as sender_until,
      coalesce(ended_at, ${now}) as receiver_until, coalesce(received_at, ended_at, ${now}) as received_by_then
    from (
      select *, lead(released_at) over (partition by handoff, anchor_no order by round) as next_at,
        last_value(receive_team ignore nulls) over (partition by handoff, anchor_no order by round
          rows between unbounded preceding and unbounded following) as later_team
      from ${ident(facts)}
    ) f
    join receiver r using (handoff)
    join ${ident(anchors)} a using (handoff, anchor_no)
    ${usualTeam('to')} ${usualTeam('from')}`;
  const withCalendars = sql`
    select t.*, coalesce(h.calendar, s.calendar, ${own}) as calendar, coalesce(s.calendar, ${own}) as sender_calendar
    from told t
    left join ${ident(teams)} h on h.team = t.held_by
    left join ${ident(teams)} s on s.team = t.sent_by`;
  const received = withWorkingTime(withCalendars, windows, {
    released_at: 'released_us',
    received_by_then: 'received_us',
    receiver_until: 'receiver_until_us'
  });
  const returned = withWorkingTime(
    sql`select * exclude (calendar, sender_calendar), calendar as receiver_calendar, sender_calendar as calendar
      from (${received})`,
    windows,
    { ended_at: 'ended_us', sender_until: 'sender_until_us' }
  );
  const wall = (from: Sql, to: Sql): Sql => sql`greatest(0, epoch_us(${to}) - epoch_us(${from}))`;
  const worked = (calendar: Sql, from: Sql, to: Sql): Sql =>
    sql`case when ${calendar} is not null then greatest(0, ${to} - ${from}) end`;
  const ifReturned = (us: Sql): Sql => sql`case when outcome = 'returned' then ${us} else 0 end`;
  return sql`
    with receiver as (
      select r.id as handoff, r."from", r."to", r.outside as is_outside
      from (select unnest(from_json(${JSON.stringify(receivers)}, '[{"id":"VARCHAR","from":"VARCHAR","to":"VARCHAR","outside":"BOOLEAN"}]')) as r)
    ), usual as materialized (${usual}), told as (${told}), worked as (${returned})
    select * exclude (calendar, receiver_calendar, next_at, later_team), receiver_calendar as calendar,
      ${wall(raw('released_at'), raw('receiver_until'))} as receiver_us,
      ${worked(raw('receiver_calendar'), raw('released_us'), raw('receiver_until_us'))} as receiver_worked_us,
      ${ifReturned(wall(raw('ended_at'), raw('sender_until')))} as sender_us,
      ${ifReturned(worked(raw('calendar'), raw('ended_us'), raw('sender_until_us')))} as sender_worked_us,
      ${wall(raw('released_at'), raw('received_by_then'))} // 1000 as wall_ms,
      ${worked(raw('receiver_calendar'), raw('released_us'), raw('received_us'))} // 1000 as business_ms
    from worked`;
}

/** The columns of the table of handoffs. */
const columns = raw(`handoff, anchor_no, anchor_type, anchor_id, case_no, project, first_release, final_pick_up, rounds,
  bounces, status, holder, holder_team, holder_since, release_team, receive_team, receiver_wall_ms, sender_wall_ms,
  receiver_business_ms, sender_business_ms, first_time_right, money, currency, goal_ms, goal_is_business, due_at,
  within_goal, late_wall_ms, region, legal_entity, service_line`);

/** The handoffs of the rounds in the temporary table `measured_round`; what still runs, runs to now. */
export function measuredHandoffs({ firm, anchors }: Measured, now: Sql): Sql {
  const { windows } = firm;
  // One round whose working time nobody can say makes the sum unknown.
  const whole = (us: string): Sql => sql`case when count(${ident(us)}) = count(*) then sum(${ident(us)})::bigint end`;
  const judged = sql`
    select t.* exclude (last), a.* exclude (handoff, anchor_no, goal), last, a.goal.is_business as goal_is_business,
      last.sent_by as release_team, case when status = 'done' then last.receive_team end as receive_team,
      case when status <> 'done' then null when last.after = 'done' then last.after_at else last.received_at end
        as final_pick_up,
      case when status <> 'open' then null when last.outcome = 'open' then 'receiver' else 'sender' end as holder,
      -- A goal of days is one of usual working days; of 8 hours, where no calendar says.
      case when a.goal.is_business
        then (a.goal.rest_ms + a.goal.ms_per_hour * coalesce(d.day_us / 3.6e9, 8))::bigint
        else a.goal.rest_ms::bigint end as goal_ms,
      case when a.goal.is_business then last.calendar end as calendar
    from told t join ${ident(anchors)} a using (handoff, anchor_no)
    left join (${workingDays(windows)}) d on d.calendar = t.last.calendar`;
  const due = withDueTime(
    sql`select * exclude (release_us), case when goal_is_business and calendar is null then null
        else release_us + goal_ms * 1000 end as due_us
      from (${withWorkingTime(judged, windows, { first_release: 'release_us' })})`,
    windows,
    'due_at'
  );
  return sql`
    with summed as (
      select handoff, anchor_no, min(released_at) as first_release, count(*)::integer as rounds,
        (count(*) filter (outcome in ('returned', 'refused')))::integer as bounces,
        arg_max({outcome: outcome, after: after, after_at: after_at, received_at: received_at, ended_at: ended_at,
          released_at: released_at, sent_by: sent_by, held_by: held_by, calendar: calendar,
          receive_team: coalesce(after_team, receive_team)}, round) as last,
        sum(receiver_us)::bigint as receiver_us, sum(sender_us)::bigint as sender_us,
        ${whole('receiver_worked_us')} as receiver_worked_us, ${whole('sender_worked_us')} as sender_worked_us
      from measured_round group by all
    ), told as (
      select *, case when last.outcome = 'picked_up' or last.after = 'done' then 'done'
          when last.outcome = 'cancelled' or last.after = 'cancelled' then 'cancelled' else 'open' end as status
      from summed
    ), due as (${due}), named as (
      select * replace (case when status <> 'cancelled' then currency end as currency),
        case holder when 'receiver' then last.held_by when 'sender' then last.sent_by end as holder_team,
        case holder when 'receiver' then last.released_at when 'sender' then last.ended_at end as holder_since,
        receiver_us // 1000 as receiver_wall_ms, sender_us // 1000 as sender_wall_ms,
        receiver_worked_us // 1000 as receiver_business_ms, sender_worked_us // 1000 as sender_business_ms,
        case when status = 'done' or accepted and status = 'open' then bounces = 0 and not corrected end
          as first_time_right,
        case status when 'open' then open_amount when 'done' then amount end as money,
        case when goal_is_business then receiver_worked_us + sender_worked_us else receiver_us + sender_us end
          <= goal_ms * 1000 as is_within
      from due
    ), within as (
      select *, case when status = 'done' or status = 'open' and not is_within then is_within end as within_goal
      from named
    )
    select ${columns} from (
      select *, case when within_goal = false
          then greatest(0, epoch_us(coalesce(final_pick_up, ${now})) - epoch_us(due_at)) // 1000
          when within_goal then 0 end as late_wall_ms
      from within
    ) order by handoff, first_release, anchor_no`;
}
