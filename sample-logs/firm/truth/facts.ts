import { NOW } from '../clock.ts';
import { type Firm } from '../firm.ts';
import { INC } from '../organisation.ts';
import { type Office, offices } from '../offices.ts';
import { type ErpProjectRow, type Instant, type ProjectRow, type Region, type Step } from '../rows.ts';

/** Of n that could have it, so many have it. */
export interface Share {
  n: number;
  hits: number;
  share: number | null;
}

export function shareOf<Item>(items: Iterable<Item>, isHit: (item: Item) => boolean): Share {
  let [n, hits] = [0, 0];
  for (const item of items) {
    n += 1;
    if (isHit(item)) hits += 1;
  }
  return { n, hits, share: n === 0 ? null : round(hits / n, 4) };
}

/** The office whose calendar counts for a region's desks, and for the finance operations of a legal entity. */
export const deskOffice: Record<Region, Office> = { EMEA: offices.BER, AMER: offices.NYC, APAC: offices.SIN };
export const financeOffice = (entity: string): Office => (entity === INC ? offices.NYC : offices.BER);

/** By linear interpolation, as everywhere in Throughline. */
export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return round(((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2, 3);
}

export const round = (value: number, digits: number): number => Number(value.toFixed(digits));
export const sum = (values: Iterable<number>): number => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};
export const iso = (instant: Instant): string => new Date(instant).toISOString();

/** When a record first went through a step. */
export function firstOf<Action extends string>(history: readonly Step<Action>[], action: Action): Instant | undefined {
  return history.find((step) => step.action === action)?.at;
}

/** What the records say of each project. */
export class Facts {
  readonly firm: Firm;
  readonly projects: ReadonlyMap<string, ProjectRow>;
  readonly erpOf: ReadonlyMap<string, ErpProjectRow>;
  readonly #projectOfNumber: ReadonlyMap<string, ProjectRow>;

  constructor(firm: Firm) {
    const projects = firm.records.all('psa/projects');
    const erp = firm.records.all('erp/projects');
    this.firm = firm;
    this.projects = new Map(projects.map((row) => [row.code, row]));
    this.erpOf = new Map(erp.map((row) => [row.psaCode, row]));
    this.#projectOfNumber = new Map(erp.map((row) => [row.number, this.project(row.psaCode)]));
  }

  get records(): Firm['records'] {
    return this.firm.records;
  }

  project(code: string): ProjectRow {
    const row = this.projects.get(code);
    if (!row) throw new RangeError(`no project ${code}`);
    return row;
  }

  projectOfErp(number: string): ProjectRow {
    const row = this.#projectOfNumber.get(number);
    if (!row) throw new RangeError(`no ERP project ${number}`);
    return row;
  }
}

export const DAY_OF_NOW = iso(NOW).slice(0, 10);
