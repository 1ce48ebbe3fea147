import { type Process, Simulation, until } from './engine.ts';
import { MINUTE, START } from './clock.ts';
import { organise, type Organisation } from './organisation.ts';
import { type Person } from './people.ts';
import { Plan } from './planning.ts';
import { Deck, Random, Strata } from './rng.ts';
import { type ExportName, type Exports } from './rows.ts';
import { Stalls } from './stalls.ts';

export interface FirmOptions {
  seed: number;
  /** Projects won in this firm. */
  projects: number;
  /** Several firms (practices) can stand beside each other: each with staff, teams and numbers of its own. */
  cell: number;
}

/** A cell has room for so many projects: its numbers follow those of the cell before. */
export const CELL = 1200;

/** Everything that the processes share. */
export interface Firm {
  options: FirmOptions;
  simulation: Simulation;
  organisation: Organisation;
  records: Records;
  ids: Ids;
  decks: Decks;
  plan: Plan;
  stalls: Stalls;
  /** How many payments are on their way, by the day on which they come. */
  payments: Map<string, number>;
  /** What chance chose and no record says. */
  planted: { unbilledMilestones: string[]; unbilledChanges: string[]; skippedTransitions: string[] };
  /** Working time that a resource manager of AMER needs for a request: makes the load of T2. */
  staffingTime: number;
}

export function openFirm(options: FirmOptions): Firm {
  const { seed, projects, cell } = options;
  if (!(projects >= 1 && projects <= CELL)) throw new RangeError(`a cell holds 1 to ${CELL} projects, not ${projects}`);
  return {
    options,
    simulation: new Simulation(START),
    organisation: organise(seed, cell),
    records: new Records(),
    ids: new Ids(cell),
    decks: decks(seed, cell),
    plan: new Plan(),
    stalls: new Stalls(new Random(seed, cell, 'stalls'), projects),
    payments: new Map(),
    planted: { unbilledMilestones: [], unbilledChanges: [], skippedTransitions: [] },
    staffingTime: 0
  };
}

/** What each system holds so far. */
export class Records {
  readonly #rows = new Map<ExportName, unknown[]>();

  add<Name extends ExportName>(name: Name, row: Exports[Name]): Exports[Name] {
    const rows = this.#rows.get(name);
    if (rows) rows.push(row);
    else this.#rows.set(name, [row]);
    return row;
  }

  all<Name extends ExportName>(name: Name): readonly Exports[Name][] {
    return (this.#rows.get(name) ?? []) as Exports[Name][];
  }

  names(): ExportName[] {
    return [...this.#rows.keys()];
  }
}

/** Numbers of records, unique over cells. */
export class Ids {
  readonly #cell: number;
  readonly #last = new Map<string, number>();

  constructor(cell: number) {
    this.#cell = cell;
  }

  /** `next('MS-', 6)`: MS-000001 and so on; the next cell's begin `room` further on. */
  next(prefix: string, digits: number, room = 20_000): string {
    return `${prefix}${String(this.#cell * room + this.#count(prefix)).padStart(digits, '0')}`;
  }

  /** 15 characters, as Salesforce writes them. */
  salesforce(prefix: string, kind: string): string {
    const number = this.#cell * 100_000 + this.#count(kind);
    return `${prefix}7M${number.toString(36).toUpperCase().padStart(10, '0')}`;
  }

  project(): string {
    return String(1000 + this.#cell * CELL + this.#count('project') - 1);
  }

  #count(kind: string): number {
    const number = (this.#last.get(kind) ?? 0) + 1;
    this.#last.set(kind, number);
    return number;
  }
}

/** The planted shares. */
export type Decks = ReturnType<typeof decks>;

function decks(seed: number, cell: number) {
  const deck = (name: string, hits: number, size: number): Deck =>
    new Deck(new Random(seed, cell, 'deck', name), hits, size);
  return {
    /** T4 */ bounceOfData: deck('T4', 6, 20),
    bounceOfOthers: deck('bounce', 1, 25),
    /** T5 */ earlyChange: deck('T5', 5, 20),
    ownApproval: deck('T5 four eyes', 1, 20),
    /** T7 */ skippedTransition: deck('T7', 8, 20),
    /** T11 */ incompleteDeal: deck('T11', 12, 20),
    staysIncomplete: deck('T11 stays', 6, 20),
    incompleteElsewhere: deck('T11 elsewhere', 2, 30),
    /** T15 */ earlyHours: deck('T15', 3, 25),
    /** T16 */ unbilledMilestone: deck('T16', 3, 100),
    unbilledChange: deck('T16 changes', 3, 20),
    /** T2: so that the load comes out as planned. */
    rejectedCandidate: deck('candidates', 2, 20),
    effort: new Strata(new Random(seed, cell, 'deck', 'effort'), 20),
    bouncedHandover: deck('handover', 1, 20),
    changes: deck('changes', 5, 20),
    purchases: deck('purchases', 9, 40),
    reopened: deck('reopened', 1, 60),
    creditNote: deck('credit', 1, 50),
    partPayment: deck('parts', 3, 50)
  };
}

/**
 * Waits for so much working time of a person and says who acts: the person, or the colleague who is there first when
 * the person is away for longer.
 */
export function* acts(firm: Firm, person: Person, colleagues: readonly Person[], ms: number): Process<Person> {
  const { now } = firm.simulation;
  let [by, at] = [person, person.work.add(now, ms)];
  if (at > person.office.work.add(now, ms + 60 * MINUTE)) {
    for (const colleague of colleagues) {
      const sooner = colleague.work.add(now, ms + 30 * MINUTE);
      if (sooner < at) [by, at] = [colleague, sooner];
    }
  }
  yield* until(at);
  return by;
}
