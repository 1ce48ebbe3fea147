import type { WrittenRecord } from '../models/log/record-fixture.ts';

const day = [['09:00', '17:00']];

/** An office with its hours, as the log says them: Monday to Friday, 9 to 17 h, 8 hours a day. */
export function office(id: string, zone: string, holidays: string[] = []): WrittenRecord {
  const hours = { mon: day, tue: day, wed: day, thu: day, fri: day };
  return { ref: `calendar ${id}`, objects: [['calendar', id, { zone, hours, holidays }]] };
}

/** An office that never closes: working time is the wall clock's. */
export function roundTheClock(id: string): WrittenRecord {
  const all = [['00:00', '24:00']];
  const hours = { mon: all, tue: all, wed: all, thu: all, fri: all, sat: all, sun: all };
  return { ref: `calendar ${id}`, objects: [['calendar', id, { zone: 'UTC', hours, holidays: [] }]] };
}

export interface Employment {
  department: string;
  office: string;
  team?: string;
  integration?: boolean;
  manager?: string;
  /** The first and the last day. */
  from?: string;
  to?: string;
}

/** Somebody of the people directory. */
export function employee(id: string, said: Employment): WrittenRecord {
  const { department, office: where, team, integration = false, manager = '', from = '2020-01-01', to } = said;
  return {
    ref: `person ${id}`,
    objects: [['person', id]],
    changes: [
      [
        'person',
        id,
        `${from}T00:00:00Z`,
        {
          ...{ name: `Name of ${id}`, team: team ?? `${department} ${where}`, department, office: where, zone: 'UTC' },
          ...{ integration, manager, valid_to: to ?? '' }
        }
      ]
    ]
  };
}

/** Departments called after their functions. */
export const functions = {
  Sales: 'sales',
  'Deal Desk': 'deal_desk',
  Operations: 'project_operations',
  Staffing: 'resource_management',
  Buying: 'procurement',
  Delivery: 'delivery',
  Finance: 'finance_operations',
  Approvers: 'approvers',
  Success: 'customer_success',
  Software: 'integration'
};
