import type { FirmTruth } from './firm/truth.ts';
import type { SampleFirm } from './simulate.ts';
import * as flow from './verify/flow.ts';
import * as sla from './verify/sla.ts';
import * as worklist from './verify/worklist.ts';

/** `truth.json` of a firm of one cell. */
export type Truth = Omit<SampleFirm, 'truths'> & { truths: FirmTruth };

/** One thing that truth.json says, held against what the general functions found. */
export interface Fact {
  /** `rows`, `objects`, `activities`, `dirt` or the number of a planted truth. */
  group: string;
  name: string;
  planted: string;
  found: string;
  verdict: 'found' | 'missed' | 'not yet measurable';
}

/** Asks the API for the sample's log. */
export type Ask = <Answer>(path: string) => Promise<Answer>;

interface Rows {
  rows_in: number;
  loaded: number;
  quarantined: number;
  duplicates: number;
}
interface Sources {
  sources: { name: string; files: (Rows & { name: string })[] }[];
}
interface Content {
  objects: { type: string; count: number }[];
  activities: { activity: string; count: number }[];
}
interface Quality {
  findings: { kind: string; about: string; count: number; minutes?: number; from?: string; to?: string }[];
}
interface Detail {
  events: { activity: string; objects: { type: string; id: string }[] }[];
  objects: { type: string; id: string; attributes: Record<string, unknown> }[];
}
interface People {
  people: { id: string; until: string | null }[];
}
interface References {
  rows: { from_id: string }[];
}

/** Measures everything that can be measured of a firm's log, and compares. */
export async function verify(truth: Truth, ask: Ask): Promise<Fact[]> {
  const measured = [
    ...rowFacts(truth, await ask<Sources>('/sources')),
    ...contentFacts(truth, await ask<Content>('/content')),
    ...dirtFacts(truth, await ask<Quality>('/quality')),
    ...(await flow.facts(truth, ask)),
    ...(await worklist.facts(truth, ask)),
    ...(await stalledFacts(truth, ask)),
    ...(await sla.facts(truth, ask))
  ];
  return [...measured, ...laterFacts(truth, new Set(measured.map(({ group }) => group)))];
}

const equal = (group: string, name: string, planted: number, found: number): Fact => ({
  group,
  name,
  planted: String(planted),
  found: String(found),
  verdict: planted === found ? 'found' : 'missed'
});

/** Rows in = loaded + quarantined + duplicates, each as written, file by file. */
function rowFacts({ exports }: Truth, { sources }: Sources): Fact[] {
  const files = new Map(
    sources.flatMap((source) => source.files).map((file) => [file.name.replace(/\.gz$/, ''), file])
  );
  return Object.entries(exports).map(([name, { rows, records, unparsable, duplicates }]) => {
    const file = files.get(name);
    const told = (counts: number[]) =>
      counts.join(' = ').replace(' = ', ' in = ').replaceAll(' = ', ' + ').replace('+', '=');
    const planted = told([rows, records, unparsable, duplicates]);
    const found = file ? told([file.rows_in, file.loaded, file.quarantined, file.duplicates]) : 'not loaded';
    return { group: 'rows', name, planted, found, verdict: planted === found ? 'found' : 'missed' };
  });
}

function contentFacts(truth: Truth, content: Content): Fact[] {
  const byType = new Map(content.objects.map(({ type, count }) => [type, count]));
  const byActivity = new Map<string, number>();
  for (const { activity, count } of content.activities)
    byActivity.set(activity, (byActivity.get(activity) ?? 0) + count);
  const compared = (group: string, planted: Record<string, number>, found: ReadonlyMap<string, number>) =>
    [...new Set([...Object.keys(planted), ...found.keys()])]
      .sort()
      .map((name) => equal(group, name, planted[name] ?? 0, found.get(name) ?? 0));
  return [...compared('objects', truth.objects, byType), ...compared('activities', truth.activities, byActivity)];
}

/** Object types whose codes name a project of another system, by the word that truth.json has for the system. */
const referring = { erp: 'erp_project', approvals: 'approval', procurement: 'purchase_request', cs: 'cs_transition' };

function dirtFacts({ dirt }: Truth, { findings }: Quality): Fact[] {
  const count = (kind: string, about?: string) =>
    findings
      .filter((finding) => finding.kind === kind && (about === undefined || finding.about === about))
      .reduce((sum, finding) => sum + finding.count, 0);
  const fast = findings.filter(({ kind }) => kind === 'fast_clock');
  const clocks = fast.map(({ about, minutes }) => `${about} ${minutes} minutes fast`).join(', ');
  const planted = `${dirt.clock.system} ${dirt.clock.minutesFast} minutes fast`;
  return [
    ...Object.entries(referring).map(([system, type]) =>
      equal(
        'dirt',
        `unmatched codes, ${system}`,
        dirt.unmatched[system as keyof typeof referring],
        count('unmatched_code', type)
      )
    ),
    equal('dirt', 'contradictory codes', dirt.contradictory, count('contradictory_code')),
    equal('dirt', 'duplicate rows', dirt.duplicates.total, count('duplicate_rows')),
    equal('dirt', 'rows that cannot be parsed', dirt.unparsable.total, count('quarantined_rows')),
    equal('dirt', 'facts recorded late', dirt.late.time + dirt.late.expenses, count('late_facts')),
    ...Object.entries(dirt.missingFields.fields).map(([field, n]) =>
      equal('dirt', `missing field ${field}`, n, count('missing_fields', `contract.${attributeOf(field)}`))
    ),
    equal('dirt', 'local times in a repeated hour', dirt.dst.repeated, count('repeated_hour')),
    equal('dirt', 'local times in a missing hour', dirt.dst.missing, count('missing_hour')),
    {
      group: 'dirt',
      name: 'clocks',
      planted,
      found: clocks || 'none',
      verdict: clocks === planted ? 'found' : 'missed'
    },
    outageFact(dirt.outage, findings)
  ];
}

/** `TaxId__c` → `tax_id` */
const attributeOf = (field: string) =>
  field
    .replace(/__c$/, '')
    .replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`)
    .toLowerCase();

/** The hole must hold the outage, and reach at most two quiet hours before it and half an hour of catching up after. */
function outageFact({ system, from, to }: Truth['dirt']['outage'], findings: Quality['findings']): Fact {
  const holes = findings.filter(({ kind }) => kind === 'outage');
  const minutes = (a: string | undefined, b: string | undefined) =>
    (Date.parse(b ?? '') - Date.parse(a ?? '')) / 60_000;
  const isWithin = (apart: number, most: number) => apart >= 0 && apart <= most;
  const [only] = holes;
  const isIt =
    holes.length === 1 &&
    only?.about === system &&
    isWithin(minutes(only.from, from), 120) &&
    isWithin(minutes(to, only.to), 30);
  return {
    group: 'dirt',
    name: 'outages',
    planted: `${system} from ${from} to ${to}`,
    found: holes.map((hole) => `${hole.about} from ${hole.from} to ${hole.to}`).join(', ') || 'none',
    verdict: isIt ? 'found' : 'missed'
  };
}

/**
 * T8 as raw facts: what holds each stalled project up stands in the log and is open, on the project's own case, or, where
 * its code was mistyped, as a reference that waits for a person.
 */
async function stalledFacts({ truths, now }: Truth, ask: Ask): Promise<Fact[]> {
  const { people } = await ask<People>('/people');
  const left = new Set(people.filter(({ until }) => until !== null && until < now.slice(0, 10)).map(({ id }) => id));
  const { rows } = await ask<References>('/references?state=unmatched&limit=1000');
  const mistyped = new Set(rows.map(({ from_id }) => from_id));
  const tally = new Map<string, { planted: number; linked: number; mistyped: number; lost: string[] }>();
  for (const { project, reason, fact } of truths.T8.stalls) {
    const counts = tally.get(reason) ?? { planted: 0, linked: 0, mistyped: 0, lost: [] };
    tally.set(reason, counts);
    counts.planted += 1;
    const detail = await ask<Detail>(`/views/project/cases/${encodeURIComponent(project)}`);
    if (isOpen(detail, fact, left)) counts.linked += 1;
    else if (mistyped.has(fact.id)) counts.mistyped += 1;
    else counts.lost.push(project);
  }
  return [...tally].sort().map(([reason, { planted, linked, mistyped, lost }]) => ({
    group: 'T8',
    name: `stalled: ${reason}`,
    planted: String(planted),
    found: `${linked} on the case, ${mistyped} by a mistyped code${lost.length > 0 ? `; not: ${lost.join(', ')}` : ''}`,
    verdict: linked + mistyped === planted ? 'found' : 'missed'
  }));
}

/** What has to be there, and what must not have happened to it. */
function isOpen({ events, objects }: Detail, fact: { type: string; id: string; person?: string }, left: Set<string>) {
  const object = objects.find(({ type, id }) => type === fact.type && id === fact.id);
  if (!object) return false;
  const happened = events
    .filter((event) => event.objects.some(({ type, id }) => type === fact.type && id === fact.id))
    .map(({ activity }) => activity);
  const times = (...activities: string[]) => happened.filter((activity) => activities.includes(activity)).length;
  switch (fact.type) {
    case 'purchase_request':
      return times('Purchase ordered') === 0;
    case 'contract':
      return (
        (object.attributes['tax_id'] ?? '') === '' &&
        !events.some(({ activity }) => activity === 'Financial set-up started')
      );
    case 'resource_request':
      return times('Resource request fulfilled', 'Resource request cancelled') === 0;
    case 'approval': {
      const open = times('Approval step opened') - times('Approval step approved', 'Approval step rejected');
      return open > 0 && fact.person !== undefined && left.has(fact.person);
    }
    default:
      return false;
  }
}

/** Truths that take analyses which do not exist yet. */
function laterFacts({ truths }: Truth, measured: ReadonlySet<string>): Fact[] {
  return Object.keys(truths)
    .filter((name) => /^T\d+$/.test(name) && !measured.has(name))
    .sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)))
    .map((name) => ({
      group: name,
      name: 'planted',
      planted: 'see truth.json',
      found: '–',
      verdict: 'not yet measurable'
    }));
}
