/** One row of the log: a step of an engagement, from the deal to the cash. */
export interface Step {
  engagement: string;
  step: string;
  started: string;
  done: string;
  person: string;
  team: string;
  system: string;
  legal_entity: string;
  service_line: string;
  amount: number;
}

interface Stage {
  step: string;
  team: string;
  system: string;
  people: number;
  /** Median hours that it waits before it begins, and that it takes. */
  waits: number;
  takes: number;
}

const way: readonly Stage[] = [
  { step: 'Deal won', team: 'Sales', system: 'CRM', people: 9, waits: 0, takes: 0.5 },
  { step: 'Project opened', team: 'Project Operations', system: 'PSA', people: 4, waits: 30, takes: 2 },
  { step: 'Staff requested', team: 'Delivery', system: 'PSA', people: 12, waits: 9, takes: 1 },
  { step: 'Staff confirmed', team: 'Resource Management', system: 'PSA', people: 3, waits: 52, takes: 3 },
  { step: 'Billing set up', team: 'Finance Operations', system: 'ERP', people: 3, waits: 76, takes: 2 },
  { step: 'Milestone delivered', team: 'Delivery', system: 'PSA', people: 12, waits: 40, takes: 320 },
  { step: 'Evidence checked', team: 'Finance Operations', system: 'ERP', people: 3, waits: 26, takes: 1 },
  { step: 'Invoice sent', team: 'Finance Operations', system: 'ERP', people: 3, waits: 14, takes: 1 },
  { step: 'Invoice paid', team: 'Customer', system: 'Bank', people: 1, waits: 610, takes: 0.1 }
];

const hour = 3_600_000;

/**
 * A small seeded log of engagements to try things on: one way from the deal to the cash, with evidence that bounces,
 * staffing that is asked for again, change requests, and engagements still under way at the end. A stand-in for a real
 * export, not a simulation: no calendars, no queues, no planted truths.
 *
 * @example [...engagements({ count: 800, seed: 7 })].length // about 8,700 rows, ordered by `done`
 */
export function engagements({ count = 800, seed = 7 }: { count?: number; seed?: number } = {}): Step[] {
  const random = generator(seed);
  const from = Date.UTC(2025, 0, 6, 8);
  const until = Date.UTC(2026, 5, 30, 18);
  const rows: Step[] = [];
  for (let n = 0; n < count; n++) {
    const entity = random() < 0.6 ? 'Nordwind GmbH' : 'Nordwind Inc.';
    const line = pick(random, ['Cloud', 'Data', 'Security', 'Managed Services']);
    const amount = Math.round(40_000 * logNormal(random, 0.7));
    let now = from + random() * (until - from);
    for (const stage of route(random, line)) {
      const slow = stage.step === 'Billing set up' && entity.endsWith('GmbH') ? 1.8 : 1;
      const started = now + stage.waits * slow * hour * logNormal(random, 0.6);
      now = started + stage.takes * hour * logNormal(random, 0.4);
      if (now > until) break;
      rows.push({
        engagement: `E-${1000 + n}`,
        step: stage.step,
        started: new Date(started).toISOString(),
        done: new Date(now).toISOString(),
        person: `${stage.team} ${1 + Math.floor(random() * stage.people)}`,
        team: stage.team,
        system: stage.system,
        legal_entity: entity,
        service_line: line,
        amount
      });
    }
  }
  return rows.sort((a, b) => a.done.localeCompare(b.done) || a.engagement.localeCompare(b.engagement));
}

/** The log as CSV text with a header. */
export function engagementsCsv(options: { count?: number; seed?: number } = {}): string {
  const rows = engagements(options);
  const names = Object.keys(rows[0] ?? {}) as (keyof Step)[];
  return `${[names.join(','), ...rows.map((row) => names.map((name) => row[name]).join(','))].join('\n')}\n`;
}

function route(random: () => number, line: string): Stage[] {
  const at = (step: string) => way.find((stage) => stage.step === step) as Stage;
  const stages = [...way];
  const insert = (before: string, ...steps: Stage[]) => stages.splice(stages.indexOf(at(before)), 0, ...steps);
  if (random() < 0.18) insert('Billing set up', at('Staff requested'), at('Staff confirmed'));
  if (random() < 0.22) {
    const change: Stage = {
      step: 'Change requested',
      team: 'Delivery',
      system: 'PSA',
      people: 12,
      waits: 60,
      takes: 2
    };
    const approval: Stage = {
      step: 'Change approved',
      team: 'Approvers',
      system: 'Approvals',
      people: 5,
      waits: 90,
      takes: 1
    };
    insert('Evidence checked', change, approval);
  }
  while (random() < (line === 'Data' ? 0.3 : 0.08)) {
    const reworked: Stage = { ...at('Milestone delivered'), step: 'Evidence reworked', takes: 16 };
    insert('Invoice sent', reworked, at('Evidence checked'));
  }
  return stages;
}

const pick = <Value>(random: () => number, values: readonly Value[]): Value =>
  values[Math.floor(random() * values.length)] as Value;

/** Log-normal with median 1 (Box and Muller). */
function logNormal(random: () => number, sigma: number): number {
  const angle = 2 * Math.PI * random();
  return Math.exp(sigma * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(angle));
}

/** mulberry32: 32 bits of state, uniform in [0, 1). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
