import type { Handoff } from '#models/lifecycle/schema.ts';
import { directory } from '#models/log/directory.ts';
import { fileRanks } from '#models/log/file-ranks.ts';
import { ident, list, raw, sql, type Sql } from '#models/store/sql.ts';
import type { Transaction } from '#models/store/store.ts';
import type { Firm } from './firm.ts';
import { reach } from './lifecycle-events.ts';

/** Who receives a handoff, by the kind of its function. */
export type Receiver = 'people' | 'software' | 'outside';

/** Names of the temporary tables that `findRounds` leaves. */
export const found = { rounds: raw('found_round'), traits: raw('found_trait') };

/**
 * Goes through the events of every handoff up to now, and leaves the rounds of each anchor object in `found.rounds`, and
 * what is known of it as a whole in `found.traits` (handoff, anchor_no, accepted, corrected).
 *
 * A round begins with a release while the receiver does not have it, and ends with what gives it back: a return, after
 * which the sender has it until the next release, or a refusal, which is itself the begin of the next round. What is
 * given back after it was accepted is a correction and ends nothing. It is received with the first pick-up in the
 * round; what was picked up before it was released is received at once. Only the last round can be settled, cancelled,
 * or, being returned, still be picked up (`after`).
 *
 * All events of all anchors go through a few window functions: no anchor is looked at one by one.
 */
export async function findRounds(
  transaction: Transaction,
  firm: Firm,
  handoffs: readonly Handoff[],
  receiverOf: (handoff: Handoff) => Receiver,
  now: Sql
): Promise<void> {
  await findActs(transaction, firm, [...new Set(handoffs.flatMap(words))], now);
  await transaction.execute(sql`
    create or replace temp table found_round (
      handoff varchar, anchor_no integer, round integer, released_at timestamp, released_by integer,
      release_team integer, received_at timestamp, received_by integer, receive_team integer, ended_at timestamp,
      outcome varchar, after varchar, after_at timestamp, after_by integer, after_team integer)`);
  await transaction.execute(sql`
    create or replace temp table found_trait (
      handoff varchar, anchor_no integer, accepted boolean, corrected boolean)`);
  for (const handoff of handoffs) {
    await reach(transaction, firm.logId, handoff);
    await transaction.execute(sql`
      create or replace temp table handoff_turn as ${turns(handoff, receiverOf(handoff))}`);
    await transaction.execute(sql`insert into found_round ${rounds(handoff.id)}`);
    await transaction.execute(sql`
      insert into found_trait
      select ${handoff.id}, anchor_no, bool_or(place = accept_place), bool_or(corrects)
      from handoff_turn group by anchor_no`);
  }
  for (const table of ['handoff_act', 'handoff_touch', 'handoff_turn', 'reached'])
    await transaction.execute(sql`drop table if exists ${ident(table)}`);
}

const words = (handoff: Handoff): string[] => [
  ...handoff.release,
  ...handoff.pick_up,
  ...handoff.returns,
  ...handoff.refusals,
  ...handoff.accept,
  ...handoff.settles,
  ...handoff.corrections,
  ...handoff.cancel
];

/**
 * What people did that means something for a handoff, with the team and the function they did it for. Hours booked,
 * which are most of a log, are no part of it, so everything after this works on little.
 */
async function findActs(
  transaction: Transaction,
  { logId, teams }: Firm,
  activities: readonly string[],
  now: Sql
): Promise<void> {
  await transaction.execute(sql`
    create or replace temp table handoff_act as
    with directory as materialized (${directory(logId)}), software as (
      select resource from directory group by resource having bool_and(integration)
    ), act as (
      select event_no, t.value as name, happened_at, resource, team, file_id, position, source_ref, fact_key
      from event join (
        select id, value from term where log_id = ${logId} and kind = 'activity' and value in (${list(activities)})
      ) t on t.id = activity
      where log_id = ${logId} and superseded_batch is null and happened_at <= ${now}
    )
    select a.* exclude (team, file_id), coalesce(a.team, d.team) as team, w.function as does,
      coalesce(d.integration, s.resource is not null) as automatic, f.file_rank
    from act a join (${fileRanks(logId)}) f using (file_id)
    left join directory d on d.resource = a.resource and a.happened_at >= d.valid_from and a.happened_at < d.valid_to
    left join software s on s.resource = a.resource
    left join ${ident(teams)} w on w.team = coalesce(a.team, d.team)`);
  await transaction.execute(sql`
    create or replace temp table handoff_touch as
    select event_no, object_no from event_object
    where log_id = ${logId} and event_no in (select event_no from handoff_act)`);
}

const isOneOf = (names: readonly string[]): Sql => (names.length === 0 ? raw('false') : sql`name in (${list(names)})`);

/** The events of each anchor object from its first release on, and the pick-ups before it, by what they do. */
function turns(handoff: Handoff, receiver: Receiver): Sql {
  const counts = receiver === 'outside' ? raw('true') : sql`(coalesce(does, '') = ${handoff.to} and not automatic)`;
  return sql`
    with act as (
      select anchor_no, a.*, row_number() over (partition by anchor_no
        order by happened_at, file_rank, position, source_ref, fact_key) as place
      from (select distinct anchor_no, event_no from reached join handoff_touch using (object_no))
      join handoff_act a using (event_no)
      where ${isOneOf(words(handoff))}
    ), opened as (
      select *, min(place) filter (${isOneOf(handoff.release)}) over (partition by anchor_no) as first_place from act
    ), accepted as (
      select *, min(place) filter (${isOneOf(handoff.accept)} and place > first_place)
        over (partition by anchor_no) as accept_place
      from opened where first_place is not null
    ), judged as (
      select *, ${isOneOf([...handoff.returns, ...handoff.refusals])} and place > first_place as comes_back,
        coalesce(place > accept_place, false) as is_late
      from accepted
    )
    select anchor_no, place, accept_place, happened_at, resource, team,
      ${isOneOf(handoff.release)} as releases, ${isOneOf(handoff.pick_up)} and ${counts} as picks,
      comes_back and not is_late and ${isOneOf(handoff.returns)} as returns,
      comes_back and not is_late and ${isOneOf(handoff.refusals)} as refuses,
      ${isOneOf(handoff.settles)} and place > first_place as settles,
      ${isOneOf(handoff.cancel)} and place > first_place as cancels,
      comes_back and is_late or ${isOneOf(handoff.corrections)} and place > first_place as corrects
    from judged`;
}

/** The rounds of every anchor object in `handoff_turn`. */
function rounds(handoff: string): Sql {
  const act = raw('{"at": t.happened_at, who: t.resource, team: t.team}');
  const first = (condition: Sql): Sql => sql`arg_min(${act}, t.place) filter (${condition})`;
  const isLast = raw('b.next_place is null');
  return sql`
    with move as (
      select anchor_no, place, happened_at, resource, team,
        case when refuses then 'refused' when returns then 'returned' else 'released' end as kind
      from handoff_turn where releases or returns or refuses
    ), known as (
      -- Released or refused last: the receiver has it.
      select *, lag(kind) over (partition by anchor_no order by place) as previous from move
    ), judged as (
      select *, kind = 'refused' or kind = 'released' and coalesce(previous, 'returned') = 'returned' as begins,
        kind <> 'released' and previous in ('released', 'refused') as ends
      from known
    ), begun as (
      select * exclude (begins, ends, previous, kind), row_number() over (partition by anchor_no order by place) as round
      from (
        select *, min(place) filter (ends) over later as end_place, min(place) filter (begins) over later as next_place,
          max(place) filter (ends) over (partition by anchor_no order by place
            rows between unbounded preceding and current row) as gap_place
        from judged
        window later as (partition by anchor_no order by place rows between 1 following and unbounded following)
      ) where begins
    ), seen as (
      select b.anchor_no, b.round,
        ${first(sql`t.picks and t.place > b.place and t.place <= coalesce(b.end_place, b.next_place, t.place)`)} as pick,
        bool_or(t.picks and t.place < b.place and t.place > coalesce(b.gap_place, 0)) as picked_before,
        ${first(sql`${isLast} and t.picks and t.place > b.end_place`)} as late_pick,
        ${first(sql`${isLast} and t.settles and t.place > coalesce(b.end_place, b.place)`)} as settled,
        ${first(sql`${isLast} and t.cancels and t.place > coalesce(b.end_place, b.place)`)} as cancelled
      from begun b join handoff_turn t using (anchor_no)
      where t.picks or t.settles or t.cancels group by all
    ), told as (
      select b.*, e.happened_at as end_at, e.resource as end_by, e.team as end_team, e.kind as end_kind,
        s.* exclude (anchor_no, round, pick),
        case when s.picked_before then {"at": b.happened_at, who: null::integer, team: null::integer}
          when s.pick is not null then s.pick
          when e.place is not null then {"at": e.happened_at, who: e.resource, team: e.team}
          else s.settled end as receipt
      from begun b left join seen s using (anchor_no, round)
      left join move e on e.anchor_no = b.anchor_no and e.place = b.end_place
    ), decided as (
      select *, case when end_kind is not null then end_kind when receipt is not null then 'picked_up'
        when cancelled is not null then 'cancelled' else 'open' end as outcome
      from told
    )
    select ${handoff}, anchor_no, round::integer, happened_at, resource, team, receipt."at", receipt.who,
      -- What the sender refuses says nothing of the receiver's team.
      case when end_kind = 'refused' and late_pick is null and receipt."at" = end_at then null else receipt.team end,
      case outcome when 'picked_up' then receipt."at" when 'cancelled' then cancelled."at" else end_at end, outcome,
      case when outcome <> 'returned' then null when late_pick is not null or settled is not null then 'done'
        when cancelled is not null then 'cancelled' end,
      coalesce(late_pick."at", settled."at", cancelled."at"), coalesce(late_pick.who, settled.who, cancelled.who),
      coalesce(late_pick.team, settled.team)
    from decided`;
}
