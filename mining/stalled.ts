import { goalMs } from '#models/lifecycle/goal.ts';
import type { Lifecycle, Stage } from '#models/lifecycle/schema.ts';
import { lifecycleOf } from '#models/lifecycle/setup.ts';
import { baselineOf, type Baseline } from '#models/log/baseline.ts';
import { keepStalled, memberKey, stalledBefore } from '#models/log/stalled-members.ts';
import { ident, raw, sql } from '#models/store/sql.ts';
import type { Store } from '#models/store/store.ts';
import { belongings, type Firm } from '#models/views/firm.ts';
import { freshProgressWaits, withNetTime, type ProgressWaits } from '#models/views/progress-waits.ts';
import { workingDays } from '#models/views/working-time.ts';
import { actingTeams } from './acting-teams.ts';
import { openFacts } from './blocking-facts.ts';
import { instant } from './context.ts';
import { UNKNOWN } from './ledger-scope.ts';
import { nextBilling } from './next-billing.ts';
import { sourceFreshness, type SourceFreshness } from './source-freshness.ts';
import { usualWaits, type UsualWaits, type WaitCount } from './usual-waits.ts';
import { whatBlocks, type Action, type Blocking } from './what-blocks.ts';

export interface StalledOptions {
  /** Of one project only. */
  project?: string | undefined;
  region?: string | undefined;
  legal_entity?: string | undefined;
  service_line?: string | undefined;
  limit?: number;
  offset?: number;
}

export interface StalledProject {
  project: string;
  stage: string;
  stage_name: string;
  /** The last sign of progress: when it was known, ISO 8601 UTC, and what it was. */
  since: string;
  last_progress: string;
  /** Since when it is on the list. */
  entered_at: string;
  /** Working time since, without declared waits. */
  business_ms: number;
  /** The P95 of such waits in the baseline; null where the goal is all there is to go by. */
  usual_p95_ms: number | null;
  /** What it had to exceed, and of which waits that is known. */
  limit_ms: number;
  compared_with: 'activity' | 'stage' | 'goal';
  /** Who has it now, and the function that owns the stage. */
  holder_team: string | null;
  owner: string;
  blocking: Blocking;
  action: Action;
  /** What it bills next. */
  money: number | null;
  currency: string | null;
  region: string | null;
  legal_entity: string | null;
  service_line: string | null;
}

export interface Stalled {
  /** Of how many open projects. */
  open: number;
  total: number;
  baseline: Baseline;
  /** The longest rested first. */
  rows: StalledProject[];
  /** Sources that are silent, with the stages about whose projects nothing can be said meanwhile. */
  source_stale: { system: string; last: string; stages: string[]; held: number }[];
}

interface OpenWait {
  project_no: number;
  project: string;
  stage: string;
  activity: string;
  event_no: number;
  from_at: string;
  net_ms: number;
  day_ms: number | null;
  region: string | null;
  legal_entity: string | null;
  service_line: string | null;
}

/** A system that ends this share of a stage's waits is one whose silence looks like rest. */
const SHARE_OF_ENDS = 0.05;

/**
 * Open projects that rest longer than such projects do.
 *
 * A project rests since its last sign of progress (`freshProgressWaits`: of the stages that its anchor objects are in),
 * in working time of the owner of its stage, without the waits that the stage declares (on hold, term of payment); where
 * a source was last heard of before now, up to then. It comes on the list when that exceeds the P95 of such waits in the
 * baseline (`usualWaits`: Kaplan–Meier, by stage and last sign of progress, else by stage, else twice the stage's goal),
 * and leaves it with the next sign of progress, or below the P90: what is on the list is kept, so that a limit that
 * moves, or a fact that comes in late, makes nothing flicker. Stages without a limit hold nobody.
 *
 * While a source that ends a twentieth or more of a stage's waits is stale, nothing is said of projects in that stage.
 *
 * Each row says its blocking fact, who has it and the action that fits (`whatBlocks`), and the money that it holds back.
 *
 * Source of the idea: ageing of work in progress against the distribution of finished work; here with censoring, in
 * business time, and against a period that stays.
 *
 * @param clock what is now in a live log
 */
export async function stalledProjects(
  store: Store,
  firm: Firm,
  clock: Date,
  { project: asked, limit = 200, offset = 0, ...filter }: StalledOptions = {}
): Promise<Stalled> {
  const now = firm.now ?? clock.toISOString();
  const lifecycle = lifecycleOf(firm.setup);
  const tables = await freshProgressWaits(store, firm);
  const baseline = await baselineOf(store.engine, firm.logId, now);
  const usual = usualWaits(await waitCounts(store, firm, tables, knownOf(baseline, now)));
  const freshness = await sourceFreshness(store.engine, firm.logId, now, { live: firm.now === null });
  const sources = await sourcesOfStages(store, firm, tables, freshness);
  const waits = await openWaits(store, firm, tables, sources, now);
  const members = await stalledBefore(store.engine, firm.logId, now);

  const held = new Map<string, number>();
  const onList: { wait: OpenWait; entered: string; limit: Limit; isHeld: boolean }[] = [];
  for (const wait of waits) {
    const stage = lifecycle.stages.find(({ id }) => id === wait.stage);
    const level = stage && limitOf(usual, stage, wait);
    if (!level) continue;
    const before = members.get(memberKey(wait));
    const isOn = wait.net_ms > level.enter_ms || (before !== undefined && wait.net_ms >= level.leave_ms);
    if (!isOn) continue;
    const stale = sources.get(wait.stage)?.stale ?? [];
    for (const system of stale) held.set(system, (held.get(system) ?? 0) + 1);
    onList.push({ wait, entered: before ?? now, limit: level, isHeld: stale.length > 0 });
  }
  await keepStalled(
    store,
    firm.logId,
    members,
    onList.map(({ wait, entered }) => ({ project_no: wait.project_no, event_no: wait.event_no, entered }))
  );

  const wanted = onList
    .filter(({ isHeld }) => !isHeld)
    .filter(({ wait }) =>
      (['region', 'legal_entity', 'service_line'] as const).every(
        (key) => filter[key] === undefined || filter[key] === (wait[key] ?? UNKNOWN)
      )
    )
    .filter(({ wait }) => asked === undefined || wait.project === asked)
    .sort((a, b) => b.wait.net_ms - a.wait.net_ms || (a.wait.project < b.wait.project ? -1 : 1));
  const shown = wanted.slice(offset, offset + limit);
  const numbers = shown.map(({ wait }) => wait.project_no);
  const [facts, { money, teams }] = await Promise.all([
    openFacts(store, firm, lifecycle, numbers, now),
    aroundProjects(store, firm, numbers)
  ]);
  return {
    open: waits.length,
    total: wanted.length,
    baseline,
    rows: shown.map(({ wait, entered, limit: level }) => {
      const { project, stage, region, legal_entity, service_line } = wait;
      const { blocking, action, team } = whatBlocks(
        lifecycle,
        { stage, teams: teams.get(wait.project_no) ?? new Map() },
        facts.get(wait.project_no) ?? []
      );
      return {
        ...{ project, stage, stage_name: stageOf(lifecycle, stage)?.name ?? stage },
        ...{ since: wait.from_at, last_progress: wait.activity, entered_at: entered, business_ms: wait.net_ms },
        ...{ usual_p95_ms: level.p95_ms, limit_ms: level.enter_ms, compared_with: level.of },
        ...{ holder_team: team, owner: ownerName(lifecycle, stage), blocking, action },
        money: money.get(wait.project_no)?.amount ?? null,
        currency: money.get(wait.project_no)?.currency ?? null,
        ...{ region, legal_entity, service_line }
      };
    }),
    source_stale: freshness
      .filter(({ stale }) => stale)
      .map(({ system, last }) => ({
        system,
        last,
        stages: [...sources].filter(([, { stale }]) => stale.includes(system)).map(([id]) => id),
        held: held.get(system) ?? 0
      }))
  };
}

/** What of a baseline is known: one that somebody chose may reach beyond now. */
const knownOf = ({ to, ...rest }: Baseline, now: string): Baseline => ({
  ...rest,
  to: Date.parse(to) < Date.parse(now) ? to : now
});

const stageOf = (lifecycle: Lifecycle, id: string): Stage | undefined =>
  lifecycle.stages.find((stage) => stage.id === id);

function ownerName(lifecycle: Lifecycle, id: string): string {
  const owner = stageOf(lifecycle, id)?.owner ?? '';
  return lifecycle.functions.find((each) => each.id === owner)?.name ?? owner;
}

interface Limit {
  enter_ms: number;
  leave_ms: number;
  p95_ms: number | null;
  of: StalledProject['compared_with'];
}

/** What is usual, else twice the goal of the stage. */
function limitOf(usual: UsualWaits, { id, goal }: Stage, { activity, day_ms }: OpenWait): Limit | undefined {
  const known = usual(id, activity);
  if (known) return known;
  if (!goal) return undefined;
  const twice = 2 * goalMs(goal, (day_ms ?? 24 * 3_600_000) / 3_600_000);
  return { enter_ms: twice, leave_ms: twice, p95_ms: null, of: 'goal' };
}

/** How long waits that began in the baseline lasted, as was known at its end. */
async function waitCounts(
  store: Store,
  firm: Firm,
  tables: ProgressWaits,
  { from, to }: Baseline
): Promise<WaitCount[]> {
  const [begin, end] = [sql`${from}::timestamptz::timestamp`, sql`${to}::timestamptz::timestamp`];
  const waits = ident(tables.waits);
  const running = sql`
    select project_no, stage, activity, event_no, calendar, from_at, ${end} as to_at from ${waits}
    where from_at >= ${begin} and from_at < ${end} and (to_at is null or to_at > ${end})`;
  return store.engine.query<WaitCount>(sql`
    select stage, activity, minutes::double as minutes, sum(ended)::double as ended, sum(censored)::double as censored
    from (
      select stage, activity, ceil(net_us / 60e6) as minutes, 1 as ended, 0 as censored from ${waits}
      where from_at >= ${begin} and to_at <= ${end}
      union all
      select stage, activity, floor(net_us / 60e6), 0, 1 from (${withNetTime(firm, running, tables.declared)})
    ) group by all`);
}

/** For each stage, up to when its waits are known, and which of the systems that end them are stale. */
async function sourcesOfStages(
  store: Store,
  { logId }: Firm,
  { waits }: ProgressWaits,
  freshness: readonly SourceFreshness[]
): Promise<Map<string, { last: string | undefined; stale: string[] }>> {
  const rows = await store.engine.query<{ stage: string; system: string }>(sql`
    select w.stage, t.value as system
    from (
      select stage, ended_by, n, sum(n) over (partition by stage) as total from (
        select stage, ended_by, count(*) as n from ${ident(waits)} where to_at is not null and ended_by is not null
        group by all)
    ) w
    join (select id, value from term where log_id = ${logId} and kind = 'system') t on t.id = w.ended_by
    where n >= ${SHARE_OF_ENDS}::double * total`);
  const bySystem = new Map(freshness.map((source) => [source.system, source]));
  const stages = new Map<string, { last: string | undefined; stale: string[] }>();
  for (const { stage, system } of rows) {
    const source = bySystem.get(system);
    if (!source) continue;
    const { last, stale } = stages.get(stage) ?? { last: undefined, stale: [] };
    stages.set(stage, {
      last: last === undefined || source.last < last ? source.last : last,
      stale: source.stale ? [...stale, system] : stale
    });
  }
  return stages;
}

async function openWaits(
  store: Store,
  firm: Firm,
  tables: ProgressWaits,
  sources: ReadonlyMap<string, { last: string | undefined }>,
  now: string
): Promise<OpenWait[]> {
  const known = JSON.stringify([...sources].map(([stage, { last }]) => ({ stage, last: last ?? now })));
  const at = sql`${now}::timestamptz::timestamp`;
  const running = sql`
    select w.project_no, w.stage, w.activity, w.event_no, w.calendar, w.from_at,
      greatest(w.from_at, least(${at}, coalesce(k.last::timestamptz::timestamp, ${at}))) as to_at
    from ${ident(tables.waits)} w
    join ${ident(firm.projects.cases)} c on c.case_no = w.project_no
    left join (
      select unnest(from_json(${known}, '[{"stage":"VARCHAR","last":"VARCHAR"}]'), recursive := true)
    ) k on k.stage = w.stage
    where w.from_at <= ${at} and (w.to_at is null or w.to_at > ${at}) and (not c.closed or c.last > ${at})`;
  return store.engine.query<OpenWait>(sql`
    select o.project_no::double as project_no, c.case_id as project, o.stage, o.activity, o.event_no::double as event_no,
      ${instant(raw('o.from_at'))} as from_at, (o.net_us // 1000)::double as net_ms, (d.day_us // 1000)::double as day_ms,
      b.region, b.legal_entity, b.service_line
    from (${withNetTime(firm, running, tables.declared)}) o
    join ${ident(firm.projects.cases)} c on c.case_no = o.project_no
    left join (${belongings(firm)}) b on b.case_no = o.project_no
    left join (${workingDays(firm.windows)}) d on d.calendar = o.calendar
    order by project`);
}

/** What the shown projects bill next, and which team does what for each. */
async function aroundProjects(
  store: Store,
  firm: Firm,
  projects: readonly number[]
): Promise<{ money: Map<number, Money>; teams: Map<number, Map<string, string>> }> {
  const [money, teams] = [new Map<number, Money>(), new Map<number, Map<string, string>>()];
  if (projects.length === 0) return { money, teams };
  const wanted = sql`(select unnest(from_json(${JSON.stringify(projects)}, '["INTEGER"]')) as object_no)`;
  const amounts = await store.engine.query<Money & { project_no: number }>(
    sql`select project_no::double as project_no, amount, currency from (${nextBilling(firm, wanted)})`
  );
  for (const { project_no, ...amount } of amounts) money.set(project_no, amount);
  const acting = await store.engine.query<{ project_no: number; function: string; team: string }>(
    sql`select project_no::double as project_no, function, team from (${actingTeams(firm, wanted)})`
  );
  for (const { project_no, function: does, team } of acting)
    teams.set(project_no, (teams.get(project_no) ?? new Map<string, string>()).set(does, team));
  return { money, teams };
}

interface Money {
  amount: number;
  currency: string | null;
}
