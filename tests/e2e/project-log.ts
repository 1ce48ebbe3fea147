/**
 * Two projects of our own making as OCEL 2.0 JSON, from the deal to the last payment: six systems write events of them,
 * with the objects that a project gathers around it, people by number, and time booked nearly every day.
 */
export function projectLog(): string {
  const log = new Log();
  log.object('customer', 'C-7', { name: 'Harbour Foods', region: 'North' });
  for (const [id, name, team] of people) log.object('person', id, { name, team });
  project(log, { number: 1, start: Date.UTC(2025, 1, 3, 9), name: 'Warehouse rollout', amount: 184_000 });
  project(log, { number: 2, start: Date.UTC(2025, 5, 16, 9), name: 'Store analytics', amount: 96_500 });
  return JSON.stringify({ eventTypes: [], objectTypes: [], objects: log.objects, events: log.events });
}

export const systems = ['Dealbook', 'Planner', 'Ledger', 'Stamp', 'Purchasing', 'Care'];

const DAY = 86_400_000;
const HOUR = 3_600_000;
const people = [
  ['P01', 'Ada Brandt', 'Sales'],
  ['P02', 'Ben Okafor', 'Project Office'],
  ['P03', 'Cleo Marsh', 'Delivery'],
  ['P04', 'Dan Ruiz', 'Delivery'],
  ['P05', 'Eve Lindqvist', 'Finance'],
  ['P06', 'Fay Tanaka', 'Buying'],
  ['P07', 'Gus Hale', 'Customer Care']
] as const;

type Value = string | number | boolean;
interface Plan {
  number: number;
  start: number;
  name: string;
  amount: number;
}

function project(log: Log, { number, start, name, amount }: Plan): void {
  const code = `PJ-${number}`;
  const [deal, contract, ledger] = [`D-${number}`, `CT-${number}`, `90.${number}`];
  const money = { amount, currency: 'EUR' };
  log.object('opportunity', deal, { name, region: 'North', ...money }, [['C-7', 'of']]);
  log.object('contract', contract, { value: amount, currency: 'EUR', billing_model: 'milestone' }, [[deal, 'for']]);
  log.object('project', code, { name, region: 'North', service_line: 'Data', budget: amount, currency: 'EUR' }, [
    [deal, 'for'],
    [contract, 'for']
  ]);
  log.object('ledger_project', ledger, {}, [[code, 'same_as']]);
  const at = (days: number, hours = 0) => start + days * DAY + hours * HOUR;
  const event = (
    system: string,
    person: string,
    activity: string,
    when: number,
    objects: string[],
    attributes: Record<string, Value> = {}
  ) => log.event({ system, person, activity, when, objects: [code, ...objects], attributes });

  event('Dealbook', 'P01', 'Deal created', at(0), [deal, 'C-7']);
  event('Dealbook', 'P01', 'Proposal sent', at(9), [deal]);
  event('Dealbook', 'P01', 'Contract signed', at(24), [contract, deal]);
  event('Dealbook', 'P01', 'Deal won', at(24, 1), [deal]);
  event('Planner', 'P02', 'Project created', at(31), []);
  event('Ledger', 'P05', 'Set-up started', at(38), [ledger]);
  event('Ledger', 'P05', 'Set-up completed', at(45), [ledger]);
  log.object('approval', `AP-${number}`, { kind: 'budget', ...money }, [[code, 'for']]);
  event('Stamp', 'P02', 'Approval requested', at(32), [`AP-${number}`]);
  event('Stamp', 'P05', 'Approval granted', at(36), [`AP-${number}`]);
  log.object('purchase', `PU-${number}`, { kind: 'licence', amount: 4_200, currency: 'EUR' }, [[code, 'for']]);
  event('Purchasing', 'P03', 'Purchase requested', at(48), [`PU-${number}`]);
  event('Purchasing', 'P06', 'Purchase ordered', at(55), [`PU-${number}`]);
  for (let milestone = 1; milestone <= 6; milestone++) {
    const id = `M-${number}${milestone}`;
    const invoice = `IN-${number}${milestone}`;
    const due = 46 + milestone * 14;
    log.object('milestone', id, { name: `Stage ${milestone}`, amount: amount / 6, currency: 'EUR' }, [
      [code, 'part_of']
    ]);
    log.object('invoice', invoice, { amount: amount / 6, currency: 'EUR' }, [
      [id, 'for'],
      [ledger, 'part_of']
    ]);
    event('Planner', 'P02', 'Milestone planned', at(33), [id]);
    event('Planner', 'P03', 'Milestone reached', at(due), [id]);
    event('Ledger', 'P05', 'Invoice posted', at(due + 6), [invoice, id, ledger]);
    event('Ledger', 'P05', 'Invoice paid', at(due + 34), [invoice, ledger]);
  }
  for (let day = 46; day < 132; day++) {
    if (new Date(at(day)).getUTCDay() % 6 === 0) continue;
    const person = day % 3 === 0 ? 'P04' : 'P03';
    const sheet = `TS-${person}-${number}-${Math.floor(day / 7)}`;
    log.object('timesheet', sheet, { week: Math.floor(day / 7) });
    event('Planner', person, 'Time booked', at(day, 1), [sheet], {
      hours: day % 2 ? 7.5 : 6,
      recorded: iso(at(day + 2))
    });
  }
  event('Planner', 'P03', 'Delivery completed', at(133), []);
  log.object('transition', `TR-${number}`, {}, [[code, 'for']]);
  event('Care', 'P07', 'Transition accepted', at(140), [`TR-${number}`]);
  if (number === 1) event('Planner', 'P02', 'Project closed', at(175), []);
}

const iso = (instant: number) => new Date(instant).toISOString();

/** Objects and events as the file format wants them. */
class Log {
  readonly objects: object[] = [];
  readonly events: object[] = [];
  readonly #known = new Set<string>();

  object(type: string, id: string, attributes: Record<string, Value>, links: [to: string, qualifier: string][] = []) {
    if (this.#known.has(id)) return;
    this.#known.add(id);
    this.objects.push({
      ...{ id, type },
      attributes: Object.entries(attributes).map(([name, value]) => ({ name, time: '1970-01-01T00:00:00Z', value })),
      relationships: links.map(([objectId, qualifier]) => ({ objectId, qualifier }))
    });
  }

  event(of: {
    system: string;
    person: string;
    activity: string;
    when: number;
    objects: string[];
    attributes: Record<string, Value>;
  }) {
    const team = people.find(([id]) => id === of.person)?.[2] ?? '';
    const attributes = { ...of.attributes, system: of.system, 'org:resource': of.person, 'org:group': team };
    this.events.push({
      ...{ id: `e${this.events.length + 1}`, type: of.activity, time: iso(of.when) },
      attributes: Object.entries(attributes).map(([name, value]) => ({ name, value })),
      relationships: of.objects.map((objectId) => ({ objectId, qualifier: '' }))
    });
  }
}
