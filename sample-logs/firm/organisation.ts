import { EMPLOYED_SINCE, type Hire, officeOf, type Person, Personnel, workOf } from './people.ts';
import { type OfficeCode } from './offices.ts';
import { Queue } from './queue.ts';
import { Random } from './rng.ts';
import { type Department, type Region, type ServiceLine } from './rows.ts';

export const regions: readonly Region[] = ['EMEA', 'AMER', 'APAC'];
export const serviceLines: readonly ServiceLine[] = ['Cloud', 'Data', 'Security', 'Managed Services'];
export const GMBH = 'Meridian GmbH';
export const INC = 'Meridian Inc';

const homes: Record<Region, OfficeCode> = { EMEA: 'BER', AMER: 'NYC', APAC: 'SIN' };
const accountTeams: Record<Region, string[]> = {
  EMEA: ['Sales EMEA North', 'Sales EMEA South'],
  AMER: ['Sales AMER East', 'Sales AMER West'],
  APAC: ['Sales APAC']
};
/** Resource Management AMER is one person: T2. */
const seats: Record<string, Record<Region, number>> = {
  'Deal Desk': { EMEA: 2, AMER: 2, APAC: 2 },
  'Project Operations': { EMEA: 2, AMER: 2, APAC: 2 },
  'Resource Management': { EMEA: 3, AMER: 1, APAC: 2 },
  Procurement: { EMEA: 2, AMER: 2, APAC: 2 },
  'Customer Success': { EMEA: 3, AMER: 4, APAC: 2 }
};
const consultants: Record<Region, Record<ServiceLine, number>> = {
  EMEA: { Cloud: 19, Data: 16, Security: 13, 'Managed Services': 16 },
  AMER: { Cloud: 15, Data: 13, Security: 8, 'Managed Services': 10 },
  APAC: { Cloud: 8, Data: 7, Security: 6, 'Managed Services': 7 }
};
/** The last day of a line manager of each region, and so of what still waits for that person (T8). */
export const lastDays: Record<Region, string> = { EMEA: '2026-05-13', AMER: '2026-05-08', APAC: '2026-05-15' };
/** T3: the finance director of EMEA is away and nobody acts for them. */
export const directorsLeave = { from: '2025-11-03', to: '2025-11-21' };

export interface Organisation {
  personnel: Personnel;
  sales: Record<Region, { team: string; people: Person[] }[]>;
  desks: Record<
    'Deal Desk' | 'Project Operations' | 'Resource Management' | 'Procurement' | 'Customer Success',
    Record<Region, Queue>
  >;
  /** By legal entity. */
  finance: Record<string, Queue>;
  delivery: Record<Region, Record<ServiceLine, { team: string; managers: Person[]; consultants: Person[] }>>;
  approvers: Record<Region, { lineManagers: Person[]; director: Person; legal: Person }>;
  integration: { planbase: Person; signoff: Person };
}

/** Sets the firm up: about 240 people, the teams they are in over time, and the teams' queues. */
export function organise(seed: number, cell: number): Organisation {
  const random = new Random(seed, cell, 'people');
  const personnel = new Personnel(random, cell);
  const named = (team: string): string => (cell === 0 ? team : `${team} ${cell + 1}`);
  const hire = (
    team: string,
    department: Department,
    role: string,
    office: OfficeCode,
    more: Partial<Hire> & { from?: string; to?: string } = {}
  ): Person =>
    personnel.hire({
      ...more,
      position: { team: named(team), department, role, from: more.from ?? EMPLOYED_SINCE, to: more.to ?? null },
      office: officeOf(office)
    });

  const approvers = forEach(regions, (region) => {
    const team = `Approvers ${region}`;
    const leave = region === 'EMEA' ? [directorsLeave] : [];
    const director = hire(team, 'Approvers', 'Finance Director', homes[region], { leave });
    const manager = director.staff;
    const lineManagers: Person[] = [];
    for (const to of [lastDays[region], undefined, undefined]) {
      lineManagers.push(
        hire(team, 'Approvers', 'Line Manager', homes[region], { manager, covers: lineManagers, ...(to && { to }) })
      );
    }
    lineManagers.push(hire(team, 'Approvers', 'Line Manager', homes[region], { manager, from: '2026-05-18' }));
    return { director, lineManagers, legal: hire(team, 'Approvers', 'Legal Counsel', homes[region], { manager }) };
  });

  const crew = (
    team: string,
    department: Department,
    role: string,
    office: OfficeCode,
    count: number,
    manager: Person,
    more: Partial<Hire> = {}
  ): Person[] => {
    const people: Person[] = [];
    for (let i = 0; i < count; i += 1) {
      people.push(
        hire(team, department, role, office, { manager: people[0]?.staff ?? manager.staff, covers: people, ...more })
      );
    }
    return people;
  };

  const sales = forEach(regions, (region) =>
    accountTeams[region].map((team) => ({
      team: named(team),
      people: crew(team, 'Sales', 'Account Executive', homes[region], 5, approvers[region].director)
    }))
  );
  const staffed: Record<string, Person[]> = {};
  const staff = (department: Department, role: string): void => {
    for (const region of regions) {
      const count = seats[department]?.[region] ?? 0;
      staffed[`${department} ${region}`] = crew(
        `${department} ${region}`,
        department,
        role,
        homes[region],
        count,
        approvers[region].director,
        { takesShortLeave: count === 1 }
      );
    }
  };
  staff('Deal Desk', 'Deal Desk Analyst');
  staff('Project Operations', 'Project Operations Specialist');
  staff('Resource Management', 'Resource Manager');
  staff('Procurement', 'Buyer');
  staff('Customer Success', 'Customer Success Manager');
  for (const [entity, office, region] of [
    [GMBH, 'BER', 'EMEA'],
    [INC, 'NYC', 'AMER']
  ] as const) {
    const team = `Finance Operations ${entity.split(' ')[1]}`;
    staffed[team] = crew(
      team,
      'Finance Operations',
      'Finance Operations Specialist',
      office,
      4,
      approvers[region].director
    );
  }

  const delivery = forEach(regions, (region) =>
    forEach(serviceLines, (line) => {
      const team = `${line} ${region}`;
      // The one team in Kolkata.
      const office = region === 'APAC' && line === 'Cloud' ? 'BLR' : homes[region];
      const managers = crew(team, 'Delivery', 'Delivery Manager', office, 2, approvers[region].director);
      const manager = managers[0]?.staff ?? null;
      const people = Array.from({ length: consultants[region][line] }, () =>
        hire(team, 'Delivery', `${line} Consultant`, office, { manager })
      );
      return { team: named(team), managers, consultants: people };
    })
  );
  const robot = (role: string): Person => hire('Integration', 'Integration', role, 'BER', { isIntegration: true });
  const integration = { planbase: robot('Planbase Connector'), signoff: robot('Signoff Connector') };
  robot('Northforce Connector');
  robot('Ledgerline Connector');

  const change = (
    person: Person | undefined,
    team: string,
    department: Department,
    role: string,
    from: string
  ): void => {
    if (person) personnel.move(person, { team: named(team), department, role, from });
  };
  change(delivery.EMEA.Data.consultants.at(-1), 'Cloud EMEA', 'Delivery', 'Cloud Consultant', '2025-04-01');
  change(delivery.EMEA.Security.consultants.at(-1), 'Data EMEA', 'Delivery', 'Data Consultant', '2025-10-01');
  change(
    delivery.AMER['Managed Services'].consultants.at(-1),
    'Cloud AMER',
    'Delivery',
    'Cloud Consultant',
    '2025-07-01'
  );
  change(
    delivery.APAC.Data.consultants.at(-1),
    'Managed Services APAC',
    'Delivery',
    'Managed Services Consultant',
    '2026-01-05'
  );
  change(staffed['Customer Success AMER']?.at(-1), 'Procurement AMER', 'Procurement', 'Buyer', '2025-09-01');

  const queue = (team: string): Queue => {
    const name = named(team);
    const members = personnel.people.flatMap((person) =>
      person.positions
        .filter((position) => position.team === name)
        .map(({ from, to }) => ({
          person,
          work: workOf(person.office, person.leave, from, to),
          busyUntil: 0,
          busyFor: 0
        }))
    );
    return new Queue(name, members, new Random(seed, cell, 'queue', team));
  };
  const desk = (department: string): Record<Region, Queue> =>
    forEach(regions, (region) => queue(`${department} ${region}`));
  return {
    personnel,
    sales,
    delivery,
    approvers,
    integration,
    desks: {
      'Deal Desk': desk('Deal Desk'),
      'Project Operations': desk('Project Operations'),
      'Resource Management': desk('Resource Management'),
      Procurement: desk('Procurement'),
      'Customer Success': desk('Customer Success')
    },
    finance: { [GMBH]: queue('Finance Operations GmbH'), [INC]: queue('Finance Operations Inc') }
  };
}

function forEach<Key extends string, Value>(keys: readonly Key[], make: (key: Key) => Value): Record<Key, Value> {
  return Object.fromEntries(keys.map((key) => [key, make(key)])) as Record<Key, Value>;
}
