import { rulesOf, type Rule, type Severity } from '#models/lifecycle/schema.ts';
import { lifecycleOf } from '#models/lifecycle/setup.ts';
import type { Store } from '#models/store/store.ts';
import { ident, join, raw, sql } from '#models/store/sql.ts';
import { freshExceptions } from '#models/views/exception-table.ts';
import { belongings, lifecyclesOf, type Firm } from '#models/views/firm.ts';
import { ask, instant } from './context.ts';
import { UNKNOWN } from './ledger-scope.ts';
import { unsettledCodes } from './unsettled-codes.ts';

export interface ExceptionsOptions {
  /** Of one rule only. */
  rule?: string | undefined;
  state?: 'open' | 'closed' | undefined;
  /** Of one project only. */
  project?: string | undefined;
  /** Of projects that belong there only; `unknown`: of those of which nobody says it, and of no project. */
  region?: string | undefined;
  legal_entity?: string | undefined;
  service_line?: string | undefined;
  limit?: number;
  offset?: number;
}

export interface Evidence {
  text: string;
  event_no?: number;
  object?: { type: string; id: string };
}

export interface LifecycleException {
  rule: string;
  anchor_type: string;
  anchor_id: string;
  /** Null while there is none. */
  project: string | null;
  region: string | null;
  legal_entity: string | null;
  service_line: string | null;
  severity: Severity;
  /** Name of the function that has to mend it. */
  owner: string;
  /** ISO 8601 UTC. */
  opened_at: string;
  /** When a later fact, or a later import, mended it. */
  closed_at: string | null;
  evidence: Evidence[];
}

export interface ExceptionCount {
  rule: string;
  name: string;
  severity: Severity;
  owner: string;
  open: number;
  closed: number;
}

export interface Exceptions {
  /** Every rule of the firm, those without a violation too. */
  counts: ExceptionCount[];
  /** How many there are of what was asked for. */
  total: number;
  /** Open ones first, then the latest opened. */
  rows: LifecycleException[];
}

/** A violation as SQL finds it. */
interface Found {
  told: Omit<LifecycleException, 'severity' | 'owner' | 'evidence'>;
  n: number;
  opening: FoundEvent | null;
  other: FoundEvent | null;
  closing: FoundEvent | null;
  object: { type: string; id: string } | null;
  closed_batch: number | null;
  unsettled: { type: string; id: string; said: string }[];
}
interface FoundEvent {
  event_no: number;
  activity: string;
  at: string;
  resource: string | null;
}

/**
 * What a lifecycle does not allow and yet happened: one row for each rule and anchor object that violates it, with who
 * has to mend it, how grave it is, the events and objects that show it, and from when to when it was so.
 *
 * - **must precede**: one of `after` is earlier than the first of `before` (at the same instant it is not). Opened by
 *   the first such event, closed by that first of `before`.
 * - **must happen**: after the first of `once`, none of `then`, before or after it, until it was due: the working time
 *   of the goal, on the calendar of the owner's team in the project's region and entity, from `once`; without a goal, at
 *   once. Opened when it was due, closed by the first of `then`.
 * - **two people**: one person did one of `first` and one of `second`; integration users are nobody. Opened by the later
 *   of the first such pair. Nothing can undo it.
 * - **required field**: at the first of the stage's `enter`, an object of the stage has the attribute blank or not at
 *   all, by the newest that is known of that instant; or was known so until a later import filled it in: then it is
 *   closed when the source wrote that, else when it was imported. A value that holds from a later instant closes it then.
 *
 * Rules are those of the lifecycle of each project's region, entity, line and type; what belongs to no project yet is
 * judged by the firm's. What opens after `now` is not there yet, and what a fact after `now`
 * closes is open. Compare declarative conformance (Declare's `precedence`, timed `response`, and separation of duties):
 * M. Pesic, H. Schonenberg, W. van der Aalst, DECLARE (EDOC 2007).
 *
 * @param now ISO 8601
 * @example
 * await lifecycleExceptions(store, firm, now, { rule: 'approval_before_change_work', state: 'open' })
 */
export async function lifecycleExceptions(
  store: Store,
  firm: Firm,
  now: string,
  { rule, state, project, limit = 100, offset = 0, ...belonging }: ExceptionsOptions = {}
): Promise<Exceptions> {
  const table = await freshExceptions(store, firm);
  const { logId } = firm;
  const chosen = join(
    [
      sql`true`,
      ...(rule === undefined ? [] : [sql`rule = ${rule}`]),
      ...(state === undefined ? [] : [sql`(closed_at is null) = ${state === 'open'}`])
    ],
    ' and '
  );
  // Counts leave out what was asked for of rule and state, so that each of those can be picked by its count.
  const among = join(
    [
      sql`opened_at <= ${now}::timestamptz::timestamp`,
      ...(project === undefined
        ? []
        : [
            sql`project_no = (select object_no from object
              where log_id = ${logId} and type = ${firm.projects.objectType} and id = ${project})`
          ]),
      ...(['region', 'legal_entity', 'service_line'] as const).flatMap((key) => {
        const value = belonging[key];
        return value === undefined
          ? []
          : [sql`coalesce((select ${ident(key)} from belonging where case_no = project_no), ${UNKNOWN}) = ${value}`];
      })
    ],
    ' and '
  );
  const found = await ask<{ counts: { rule: string; open: number; closed: number }[]; total: number; rows: Found[] }>(
    store.engine,
    sql`
    with belonging as (${belongings(firm)}), known as materialized (
      select * replace (
        case when closed_batch is not null or closed_at <= ${now}::timestamptz::timestamp then closed_at end as closed_at)
      from ${ident(table)} where ${among}
    ), page as materialized (
      select *, row_number() over (
        order by closed_at is null desc, opened_at desc, rule, anchor_no, object_no) as nth
      from known where ${chosen}
      qualify nth > ${offset} and nth <= ${offset + limit}
    ), shown_event as materialized (
      select event_no, {event_no: event_no::double, activity: a.value, "at": ${instant(raw('happened_at'))},
        resource: coalesce(p.name, r.value)} as event
      from event
      join (select id, value from term where log_id = ${logId} and kind = 'activity') a on a.id = activity
      left join (select id, value from term where log_id = ${logId} and kind = 'resource') r on r.id = resource
      left join (
        select o.id, max_by(c.attributes ->> '$.name', (coalesce(c.changed_at, timestamp '-infinity'), c.batch_no)) as name
        from object_change c join object o using (log_id, object_no)
        where c.log_id = ${logId} and c.superseded_batch is null and o.type = 'person' group by o.id
      ) p on p.id = r.value
      where log_id = ${logId} and event_no in (select unnest([opening, other, closing]) from page)
    ), named as (select object_no, {type: type, id: id} as object from object where log_id = ${logId}),
    alike as materialized (
      select project_no, list({type: from_type, id: from_id, said: said} order by from_id) as codes
      from (${unsettledCodes(logId, raw('(select distinct project_no as object_no from page)'))}) group by project_no
    )
    select to_json({
      counts: (select coalesce(list({rule: rule, open: open, closed: closed}), []) from (
        select rule, (count(*) filter (closed_at is null))::double as open,
          (count(*) filter (closed_at is not null))::double as closed from known group by rule)),
      total: (select count(*) from known where ${chosen})::double,
      rows: (select coalesce(list({
          told: {
            rule: g.rule, anchor_type: a.object.type, anchor_id: a.object.id, project: p.object.id, region: b.region,
            legal_entity: b.legal_entity, service_line: b.service_line,
            opened_at: ${instant(raw('g.opened_at'))}, closed_at: ${instant(raw('g.closed_at'))}
          },
          n: g.n::double,
          opening: o.event, other: t.event, closing: c.event, object: n.object, closed_batch: g.closed_batch::double,
          unsettled: coalesce(k.codes, [])
        } order by g.nth), [])
        from page g join named a on a.object_no = g.anchor_no
        left join named p on p.object_no = g.project_no
        left join belonging b on b.case_no = g.project_no
        left join shown_event o on o.event_no = g.opening
        left join shown_event t on t.event_no = g.other
        left join shown_event c on c.event_no = g.closing
        left join named n on n.object_no = g.object_no
        left join alike k on k.project_no = g.project_no)
    })::varchar as answer`
  );
  const { rules, functions } = await rulesIn(store, firm);
  const counts = new Map(found.counts.map((count) => [count.rule, count]));
  const ownerOf = ({ owner }: Rule): string => functions.get(owner) ?? owner;
  return {
    counts: [...rules.values()].map((each) => ({
      rule: each.id,
      name: each.name,
      severity: each.severity,
      owner: ownerOf(each),
      open: counts.get(each.id)?.open ?? 0,
      closed: counts.get(each.id)?.closed ?? 0
    })),
    total: found.total,
    rows: found.rows.flatMap((row) => {
      const violated = rules.get(row.told.rule);
      if (!violated) return [];
      const { severity } = violated;
      return [{ ...row.told, severity, owner: ownerOf(violated), evidence: evidenceOf(violated, row) }];
    })
  };
}

/** Every rule that holds somewhere in the firm, as the firm says it, and what its functions are called. */
async function rulesIn(
  store: Store,
  firm: Firm
): Promise<{ rules: Map<string, Rule>; functions: Map<string, string> }> {
  const lifecycles = [
    ...(await lifecyclesOf(store.engine, firm)).map(({ lifecycle }) => lifecycle),
    lifecycleOf(firm.setup)
  ];
  return {
    rules: new Map(lifecycles.flatMap((lifecycle) => rulesOf(lifecycle).map((each) => [each.id, each]))),
    functions: new Map(lifecycles.flatMap((lifecycle) => lifecycle.functions.map(({ id, name }) => [id, name])))
  };
}

/** The sentences that show a violation, each with the event or object that it tells of. */
function evidenceOf(rule: Rule, row: Found): Evidence[] {
  const { opening, other, closing, object, n, closed_batch, unsettled } = row;
  const { opened_at, closed_at } = row.told;
  const told = (event: FoundEvent | null, text: (event: FoundEvent) => string): Evidence[] =>
    event === null ? [] : [{ text: text(event), event_no: event.event_no }];
  const happened = ({ activity, at, resource }: FoundEvent): string =>
    `${activity} at ${at}${resource === null ? '' : ` by ${resource}`}`;
  const mended = closed_at === null ? [] : told(closing, (event) => `mended: ${happened(event)}`);
  // What seems to be missing may stand at a code that was mistyped.
  const mayBeMeant = unsettled
    .filter(({ type }) => closed_at === null && rule.reach.some(({ to }) => to === type))
    .map(({ type, id, said }) => ({
      text: `${type.replaceAll('_', ' ')} ${id} says "${said}", a code that is not settled: this project may be meant`,
      object: { type, id }
    }));
  switch (rule.kind) {
    case 'must_precede':
      return [
        ...told(
          opening,
          (event) =>
            `${happened(event)}, before any ${rule.before.join(' or ')}${n > 1 ? `; ${n} such events in all` : ''}`
        ),
        ...mayBeMeant,
        ...mended
      ];
    case 'must_happen':
      return [
        ...told(opening, happened),
        { text: `${rule.then.join(' or ')} was due by ${opened_at}` },
        ...mayBeMeant,
        ...mended
      ];
    case 'two_people':
      return [...told(other, happened), ...told(opening, (event) => `${happened(event)}: the same person`)];
    case 'required_field':
      return [
        {
          text: `${rule.object} ${object?.id ?? ''} has no ${rule.attribute.replaceAll('_', ' ')}`,
          ...(object && { object })
        },
        ...told(opening, happened),
        ...(closed_at === null
          ? []
          : [{ text: closed_batch === null ? `known from ${closed_at}` : `filled in by import ${closed_batch}` }])
      ];
  }
}
