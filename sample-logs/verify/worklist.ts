import type { Ask, Fact, Truth } from '../verify.ts';

interface Exceptions {
  total: number;
  rows: { anchor_id: string; region: string | null; evidence: { object?: { type: string; id: string } }[] }[];
}
interface Stalled {
  open: number;
  total: number;
  rows: { project: string; blocking: { kind: string; object_type?: string; object_id?: string } }[];
}
interface References {
  total: number;
  rows: { from_type: string; candidates: { id: string }[] }[];
}
interface Detail {
  events: { activity: string; complete: string }[];
}

const DAY = 24 * 3_600_000;
/** A transition is due 20 business days after the project is closed: with holidays at most so many days. */
const TRANSITION_DUE_DAYS = 32;

/** What has to be looked after: order, four eyes and skipped steps as exceptions (T5, T7, T15), and what is stalled (T8). */
export async function facts(truth: Truth, ask: Ask): Promise<Fact[]> {
  return [
    ...(await earlyChanges(truth, ask)),
    await skippedTransitions(truth, ask),
    await earlyHours(truth, ask),
    ...(await stalled(truth, ask))
  ];
}

/** The changes that approvals with a code nobody settled may be for: those approvals cannot be seen at the change. */
async function changesOfUnsettledApprovals(ask: Ask): Promise<Set<string>> {
  const { rows } = await ask<References>('/references?state=unmatched&limit=1000');
  return new Set(
    rows.filter(({ from_type }) => from_type === 'approval').flatMap(({ candidates }) => candidates.map(({ id }) => id))
  );
}

/** Those whose evidence names an object of a type with a code that is not settled: what is missing may stand there. */
const uncertain = (rows: Exceptions['rows'], type: string): Set<string> =>
  new Set(
    rows
      .filter(({ evidence }) => evidence.some(({ object }) => object?.type === type))
      .map(({ anchor_id }) => anchor_id)
  );

async function violations(ask: Ask, rule: string): Promise<Exceptions['rows']> {
  const rows: Exceptions['rows'] = [];
  for (;;) {
    const page = await ask<Exceptions>(`/exceptions?rule=${rule}&limit=1000&offset=${rows.length}`);
    rows.push(...page.rows);
    if (page.rows.length === 0 || rows.length >= page.total) return rows;
  }
}

interface Compared {
  group: string;
  name: string;
  planted: readonly string[];
  found: readonly string[];
  /** Why one that was planted need not be found, or one that was found need not be planted. */
  excused: (id: string) => string | undefined;
}

/** Every one planted is found and no other, but for those that data or time excuse; they are counted by reason. */
function compare({ group, name, planted, found, excused }: Compared): Fact {
  const [wanted, had] = [new Set(planted), new Set(found)];
  const missed = planted.filter((id) => !had.has(id));
  const apart = [...missed, ...[...had].filter((id) => !wanted.has(id))];
  const wrong = apart.filter((id) => excused(id) === undefined);
  const reasons = Map.groupBy(
    apart.flatMap((id) => excused(id) ?? []),
    (reason) => reason
  );
  const told = [...reasons].map(([reason, { length }]) => `, ${length} ${reason}`).join('');
  return {
    group,
    name,
    planted: String(wanted.size),
    found: `${wanted.size - missed.length} of them${told}${wrong.length > 0 ? `; wrong: ${wrong.join(', ')}` : ''}`,
    verdict: wrong.length === 0 ? 'found' : 'missed'
  };
}

async function earlyChanges({ truths }: Truth, ask: Ask): Promise<Fact[]> {
  const { region, changes, ownApprovals } = truths.T5;
  const early = await violations(ask, 'approval_before_change_work');
  const own = await violations(ask, 'change_four_eyes');
  const hidden = await changesOfUnsettledApprovals(ask);
  const isElsewhere = (row: { region: string | null }) => row.region !== region;
  return [
    compare({
      group: 'T5',
      name: `work before approval, ${region}`,
      planted: changes,
      found: early.filter((row) => !isElsewhere(row)).map(({ anchor_id }) => anchor_id),
      excused: () => undefined
    }),
    compare({
      group: 'T5',
      name: 'who asks approves',
      planted: ownApprovals,
      found: own.map(({ anchor_id }) => anchor_id),
      excused: (id) => (hidden.has(id) ? 'at a mistyped code' : undefined)
    }),
    {
      group: 'T5',
      name: 'work before approval elsewhere',
      planted: String(truths.T5.earlyElsewhere.hits),
      found: String(early.filter(isElsewhere).length),
      verdict: early.filter(isElsewhere).length === truths.T5.earlyElsewhere.hits ? 'found' : 'missed'
    }
  ];
}

async function skippedTransitions({ truths, now }: Truth, ask: Ask): Promise<Fact> {
  const rows = await violations(ask, 'transition_to_cs');
  const had = new Set(rows.map(({ anchor_id }) => anchor_id));
  const unsettled = uncertain(rows, 'cs_transition');
  const early = new Set<string>();
  for (const project of truths.T7.projects) {
    if (had.has(project)) continue;
    const { events } = await ask<Detail>(`/views/project/cases/${encodeURIComponent(project)}`);
    const closed = events.find(({ activity }) => activity === 'Project closed');
    if (!closed || Date.parse(now) - Date.parse(closed.complete) < TRANSITION_DUE_DAYS * DAY) early.add(project);
  }
  return compare({
    group: 'T7',
    name: `no transition to customer success, ${truths.T7.serviceLine}`,
    planted: truths.T7.projects,
    found: [...had],
    excused: (id) => (early.has(id) ? 'not due yet' : unsettled.has(id) ? 'at a code that is not settled' : undefined)
  });
}

async function earlyHours({ truths }: Truth, ask: Ask): Promise<Fact> {
  const rows = await violations(ask, 'setup_before_delivery');
  const unsettled = uncertain(rows, 'erp_project');
  return compare({
    group: 'T15',
    name: `hours before set-up, ${truths.T15.serviceLine}`,
    planted: truths.T15.projects,
    found: rows.map(({ anchor_id }) => anchor_id),
    excused: (id) => (unsettled.has(id) ? 'at a code that is not settled' : undefined)
  });
}

/** What the reason of a stall must be called, and that its code was mistyped where it was. */
const kinds: Record<string, string> = {
  'waiting for purchase order': 'request_open',
  'missing tax id': 'missing_field',
  'no staffing': 'request_open',
  'approver left': 'approver_left'
};
const RECALL = 0.95;
const HEALTHY = 0.07;
const BLOCKING = 0.9;

async function stalled({ truths }: Truth, ask: Ask): Promise<Fact[]> {
  const { open, total, rows } = await ask<Stalled>('/stalled?limit=1000');
  const listed = new Map(rows.map((row) => [row.project, row.blocking]));
  const { stalls } = truths.T8;
  const hits = stalls.filter(({ project }) => listed.has(project));
  const right = hits.filter(({ project, reason, fact }) => {
    const blocking = listed.get(project);
    const isIt = blocking?.object_type === fact.type && blocking.object_id === fact.id;
    return isIt && [kinds[reason], 'code_without_match'].includes(blocking.kind);
  });
  const healthy = open - stalls.length;
  const flagged = total - hits.length;
  const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);
  const percent = (value: number) => `${(value * 100).toFixed(1)} %`;
  const at = (name: string, planted: string, value: number, isMet: boolean, of: string): Fact => ({
    group: 'T8',
    name,
    planted,
    found: `${percent(value)} (${of})`,
    verdict: isMet ? 'found' : 'missed'
  });
  const recall = share(hits.length, stalls.length);
  const healthyShare = share(flagged, healthy);
  const rightShare = share(right.length, hits.length);
  return [
    at(
      'stalled: recall',
      `at least ${percent(RECALL)}`,
      recall,
      recall >= RECALL,
      `${hits.length} of ${stalls.length}`
    ),
    at(
      'stalled: healthy open projects listed',
      `at most ${percent(HEALTHY)}`,
      healthyShare,
      healthyShare <= HEALTHY,
      `${flagged} of ${healthy}; precision ${percent(share(hits.length, total))}`
    ),
    at(
      'stalled: blocking fact is right',
      `at least ${percent(BLOCKING)}`,
      rightShare,
      rightShare >= BLOCKING,
      `${right.length} of ${hits.length}`
    )
  ];
}
