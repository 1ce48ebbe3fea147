import { DAY, HOUR, MINUTE, NOW, START } from './clock.ts';
import { type Firm } from './firm.ts';
import { customerName } from './names.ts';
import { GMBH, INC, regions } from './organisation.ts';
import { type Office, offices } from './offices.ts';
import { type Person } from './people.ts';
import { Random } from './rng.ts';
import { type ContractRow, type Currency, type Instant, type Region, type ServiceLine } from './rows.ts';

/** What becomes of an opportunity is known to the market, and learned by the firm in the course of time. */
export interface Deal {
  /** Draws of this deal and its project: what happens to one leaves all others as they are. */
  random: Random;
  region: Region;
  entity: string;
  line: ServiceLine;
  customer: { id: string; name: string };
  team: { team: string; people: Person[] };
  owner: Person;
  office: Office;
  amount: number;
  currency: Currency;
  billingModel: ContractRow['billingModel'];
  createdAt: Instant;
  endsAt: Instant;
  isWon: boolean;
  /** How many people its project will ask for. */
  positions: number;
}

const share: Record<Region, number> = { EMEA: 0.45, AMER: 0.35, APAC: 0.2 };
const lines: readonly ServiceLine[] = [
  ...Array<ServiceLine>(6).fill('Cloud'),
  ...Array<ServiceLine>(5).fill('Data'),
  ...Array<ServiceLine>(4).fill('Security'),
  ...Array<ServiceLine>(5).fill('Managed Services')
];
const models: Record<ServiceLine, readonly [number, ContractRow['billingModel']][]> = {
  Cloud: [
    [0.4, 'T&M'],
    [0.65, 'fixed'],
    [1, 'milestone']
  ],
  Data: [
    [0.2, 'T&M'],
    [0.45, 'fixed'],
    [1, 'milestone']
  ],
  Security: [
    [0.35, 'T&M'],
    [0.75, 'fixed'],
    [1, 'milestone']
  ],
  'Managed Services': [
    [0.25, 'T&M'],
    [0.4, 'fixed'],
    [1, 'retainer']
  ]
};
/** The market grows a little: the last weeks bring so much more than the mean, the first so much less. */
const growth: Record<Region, number> = { EMEA: 0.04, AMER: 0.06, APAC: 0.04 };
/** Of 100 opportunities 46 are won; the others are lost or still open. */
const WON = 0.46;
const LOST = 0.45;
/** The first deals need some weeks to close. */
const FIRST_END = START + 21 * DAY;
const MEDIAN_CYCLE = 48 * DAY;

/** All opportunities of the firm in order of creation: as many won as asked for, none created before it opened. */
export function market(firm: Firm): Deal[] {
  const { seed, cell, projects } = firm.options;
  const random = new Random(seed, cell, 'market');
  const customers = customersOf(firm);
  const deals: Deal[] = [];
  let left = projects;
  for (const region of regions) {
    const won = region === 'APAC' ? left : Math.min(left, Math.round(projects * share[region]));
    left -= won;
    const office = offices[region === 'EMEA' ? 'BER' : region === 'AMER' ? 'NYC' : 'SIN'];
    const add = (endsAt: Instant, isWon: boolean, pool: () => ServiceLine, entity: string): void => {
      const cycle = random.logNormal(MEDIAN_CYCLE, 0.5);
      const room = endsAt - START - random.between(0, 10) * DAY;
      const createdAt = office.work.next(Math.max(START + HOUR, endsAt - Math.min(cycle, Math.max(room, 8 * DAY))));
      if (createdAt >= NOW || createdAt >= endsAt) return;
      const line = pool();
      const deal = new Random(seed, cell, region, deals.length);
      const team = deal.pick(firm.organisation.sales[region]);
      const customer = deal.pick(customers[region][entity] ?? []);
      const amount = Math.round(deal.logNormal(line === 'Managed Services' ? 68_000 : 82_000, 0.95) / 500) * 500;
      const draw = deal.next();
      deals.push({
        random: deal,
        region,
        entity,
        line,
        customer,
        team,
        owner: deal.pick(team.people),
        office,
        amount,
        currency: entity === GMBH ? 'EUR' : 'USD',
        billingModel: models[line].find(([limit]) => draw < limit)?.[1] ?? 'fixed',
        createdAt,
        endsAt,
        isWon,
        positions: Math.min(4, 2 + Math.floor((amount / 180_000) * deal.between(0.4, 1.2) + deal.between(0.15, 1.3)))
      });
    };
    const wonLines = dealt(random, lines);
    const otherLines = dealt(random, lines);
    let turn = 0;
    const entity = (): string =>
      region === 'EMEA' ? GMBH : region === 'AMER' ? INC : (turn += 1) % 2 === 0 ? GMBH : INC;
    for (const at of spread(random, office, region, won, NOW - 20 * MINUTE)) add(at, true, wonLines, entity());
    for (const at of spread(random, office, region, Math.round((won * LOST) / WON), NOW - 20 * MINUTE)) {
      add(at, false, otherLines, entity());
    }
    // What ends later is open now, as far as it has begun.
    const later = (150 * DAY) / (NOW - FIRST_END);
    for (let i = 0; i < Math.round((won / WON) * later); i += 1) {
      add(office.work.next(NOW + random.between(0, 150) * DAY), random.chance(WON), otherLines, entity());
    }
  }
  return deals.sort((a, b) => a.createdAt - b.createdAt);
}

/** Where deals come one by one; elsewhere they come in flurries, so that queues form. */
const clumping: Record<Region, number> = { EMEA: 4, AMER: 1, APAC: 5 };

/** Instants within the office's hours up to `until`, evenly but for growth and chance. */
function* spread(random: Random, { work }: Office, region: Region, count: number, until: Instant): Generator<Instant> {
  const total = work.between(FIRST_END, until);
  for (let i = 0; i < count; i += 1) {
    const slope = growth[region];
    const place = i + 0.5 + (random.next() - 0.5) * clumping[region];
    const q = Math.min(0.9999, Math.max(0, place / count));
    // The inverse of F(x) = (1 − s) x + s x², the share that has ended by x.
    const x = slope === 0 ? q : (slope - 1 + Math.sqrt((1 - slope) ** 2 + 4 * slope * q)) / (2 * slope);
    yield work.add(FIRST_END, Math.max(1000, x * total));
  }
}

/** Deals a list over and over in random order, so that shares hold. */
function dealt<Item>(random: Random, items: readonly Item[]): () => Item {
  let rest: Item[] = [];
  return () => {
    if (rest.length === 0) rest = random.shuffled(items);
    return rest.pop() as Item;
  };
}

function customersOf(firm: Firm): Record<Region, Record<string, { id: string; name: string }[]>> {
  const count = Math.max(12, Math.round(firm.options.projects / 4));
  const result: Record<Region, Record<string, { id: string; name: string }[]>> = { EMEA: {}, AMER: {}, APAC: {} };
  for (let i = 0; i < count; i += 1) {
    const region = regions[i % 9 < 4 ? 0 : i % 9 < 7 ? 1 : 2] ?? 'EMEA';
    const entity = region === 'EMEA' ? GMBH : region === 'AMER' ? INC : i % 9 === 7 ? GMBH : INC;
    (result[region][entity] ??= []).push({
      id: firm.ids.salesforce('001', 'account'),
      name: customerName(firm.options.cell * 300 + i)
    });
  }
  return result;
}
