import { type Signal } from './engine.ts';
import { type Firm } from './firm.ts';
import { type Deal } from './market.ts';
import { type Office } from './offices.ts';
import { type Person } from './people.ts';
import { type Queue } from './queue.ts';
import { type Random } from './rng.ts';
import {
  type AssignmentRow,
  type BillingLineRow,
  type ContractRow,
  type ErpProjectRow,
  type MilestoneRow,
  type ProjectRow,
  type Step
} from './rows.ts';

/** A project under way: its records, and what its processes tell each other. */
export interface Project {
  deal: Deal;
  random: Random;
  contract: ContractRow;
  row: ProjectRow;
  erp: ErpProjectRow | undefined;
  office: Office;
  manager: Person;
  /** Other delivery managers of the region. */
  deputies: readonly Person[];
  /** Finance Operations of its legal entity. */
  finance: Queue;
  assignments: { row: AssignmentRow; person: Person; hoursPerWeek: number }[];
  milestones: MilestoneRow[];
  lines: BillingLineRow[];
  /** Billable hours by month. */
  worked: Map<string, number>;
  weeks: number;
  /** T15: its people begin before the ERP set-up is complete. */
  startsEarly: boolean;
  isSetUp: Signal;
}

/** Writes a step that happens now. */
export function step<Action extends string>(
  firm: Firm,
  history: Step<Action>[],
  by: Person,
  action: Action,
  note?: string
): void {
  history.push({ at: firm.simulation.now, by: by.staff, action, ...(note !== undefined && { note }) });
}

export const today = (firm: Firm, office: Office): string => office.dateAt(firm.simulation.now);
export const cents = (amount: number): number => Math.round(amount * 100) / 100;
