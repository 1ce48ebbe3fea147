import type {
  AssignmentRow,
  ChangeRequestRow,
  ExpenseRow,
  Instant,
  MilestoneRow,
  ProjectRow,
  ResourceRequestRow,
  Step,
  TimeRow
} from '../../firm/rows.ts';
import type { Clocks } from '../clocks.ts';
import type { Json, JsonLayout } from '../layout.ts';
import { localTime, wallTime, type WallTime } from '../times.ts';

/** A time row whose start somebody wrote by hand, as a clock would have shown it; there may have been no such hour. */
export interface HandWrittenTimeRow extends TimeRow {
  startedWall: WallTime;
}

interface OfOffice {
  office: string;
}

const written = (at: Instant, { office }: OfOffice, clocks: Clocks) => localTime(at, clocks.ofOffice(office));

function history(row: OfOffice & { history: Step<string>[] }, clocks: Clocks): Json {
  const zone = clocks.ofOffice(row.office);
  return row.history.map(({ at, by, action, note }) => ({ at: localTime(at, zone), by, action, note }));
}

export const projects: JsonLayout<ProjectRow> = {
  file: 'psa/projects.json',
  format: 'json',
  key: ({ code }) => code,
  breaks: { id: 'code', time: 'at', amount: 'budget' },
  columns: [
    ['code', ({ code }) => code],
    ['opportunity', ({ opportunity }) => opportunity],
    ['contract', ({ contract }) => contract],
    ['name', ({ name }) => name],
    ['region', ({ region }) => region],
    ['legal_entity', ({ legalEntity }) => legalEntity],
    ['service_line', ({ serviceLine }) => serviceLine],
    ['office', ({ office }) => office],
    ['manager', ({ manager }) => manager],
    ['budget', ({ budget }) => budget],
    ['currency', ({ currency }) => currency],
    ['planned_start', ({ plannedStart }) => plannedStart],
    ['planned_end', ({ plannedEnd }) => plannedEnd],
    ['folder_colour', ({ folderColour }) => folderColour],
    ['history', history]
  ]
};

export const resourceRequests: JsonLayout<ResourceRequestRow> = {
  file: 'psa/resource_requests.json',
  format: 'json',
  key: ({ id }) => id,
  breaks: { id: 'id', time: 'at', amount: 'hours' },
  columns: [
    ['id', ({ id }) => id],
    ['project', ({ project }) => project],
    ['office', ({ office }) => office],
    ['role', ({ role }) => role],
    ['skill', ({ skill }) => skill],
    ['hours', ({ hours }) => hours],
    ['history', history]
  ]
};

export const assignments: JsonLayout<AssignmentRow> = {
  file: 'psa/assignments.json',
  format: 'json',
  key: ({ id }) => id,
  breaks: { id: 'id', time: 'created_at', amount: 'hours' },
  columns: [
    ['id', ({ id }) => id],
    ['project', ({ project }) => project],
    ['request', ({ request }) => request],
    ['office', ({ office }) => office],
    ['person', ({ person }) => person],
    ['hours', ({ hours }) => hours],
    ['from', ({ from }) => from],
    ['to', ({ to }) => to],
    ['created_at', (row, clocks) => written(row.createdAt, row, clocks)],
    ['created_by', ({ createdBy }) => createdBy]
  ]
};

export const milestones: JsonLayout<MilestoneRow> = {
  file: 'psa/milestones.json',
  format: 'json',
  key: ({ id }) => id,
  breaks: { id: 'id', time: 'at', amount: 'amount' },
  columns: [
    ['id', ({ id }) => id],
    ['project', ({ project }) => project],
    ['office', ({ office }) => office],
    ['name', ({ name }) => name],
    ['amount', ({ amount }) => amount],
    ['currency', ({ currency }) => currency],
    ['planned_date', ({ plannedDate }) => plannedDate],
    ['evidence_required', ({ evidenceRequired }) => evidenceRequired],
    ['evidence_delivered', ({ evidenceDelivered }) => evidenceDelivered],
    ['history', history]
  ]
};

export const changeRequests: JsonLayout<ChangeRequestRow> = {
  file: 'psa/change_requests.json',
  format: 'json',
  key: ({ id }) => id,
  breaks: { id: 'id', time: 'at', amount: 'amount' },
  columns: [
    ['id', ({ id }) => id],
    ['project', ({ project }) => project],
    ['office', ({ office }) => office],
    ['type', ({ type }) => type],
    ['amount', ({ amount }) => amount],
    ['currency', ({ currency }) => currency],
    ['reason', ({ reason }) => reason],
    ['history', history]
  ]
};

export const time: JsonLayout<TimeRow> = {
  file: 'psa/time.ndjson',
  format: 'ndjson',
  key: ({ id }) => id,
  breaks: { id: 'id', time: 'started_at', amount: 'hours' },
  columns: [
    ['id', ({ id }) => id],
    ['timesheet', ({ timesheet }) => timesheet],
    ['project', ({ project }) => project],
    ['change_request', ({ changeRequest }) => changeRequest ?? undefined],
    ['office', ({ office }) => office],
    ['person', ({ person }) => person],
    [
      'started_at',
      (row: TimeRow & Partial<HandWrittenTimeRow>, clocks) =>
        row.startedWall === undefined ? written(row.startedAt, row, clocks) : wallTime(row.startedWall)
    ],
    ['hours', ({ hours }) => hours],
    ['billable', ({ billable }) => billable],
    ['entered_at', (row, clocks) => written(row.enteredAt, row, clocks)]
  ]
};

export const expenses: JsonLayout<ExpenseRow> = {
  file: 'psa/expenses.ndjson',
  format: 'ndjson',
  key: ({ id }) => id,
  breaks: { id: 'id', time: 'spent_at', amount: 'cost' },
  columns: [
    ['id', ({ id }) => id],
    ['project', ({ project }) => project],
    ['office', ({ office }) => office],
    ['person', ({ person }) => person],
    ['spent_at', (row, clocks) => written(row.spentAt, row, clocks)],
    ['cost', ({ cost }) => cost],
    ['currency', ({ currency }) => currency],
    ['billable', ({ billable }) => billable],
    ['entered_at', (row, clocks) => written(row.enteredAt, row, clocks)]
  ]
};
