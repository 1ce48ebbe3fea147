import type { ExportName, Exports, FieldChangeRow, ProjectRow } from '../firm/rows.ts';
import type { Cell } from './dirt/cell.ts';
import { exportNames } from './layouts.ts';

export type Counts = Record<string, number>;

/** The type of object that each record of an export declares, one a record. */
const objectOf: Partial<Record<ExportName, string>> = {
  'crm/opportunities': 'opportunity',
  'crm/contracts': 'contract',
  'psa/projects': 'project',
  'psa/resource_requests': 'resource_request',
  'psa/assignments': 'assignment',
  'psa/milestones': 'milestone',
  'psa/change_requests': 'change_request',
  'psa/expenses': 'expense',
  'erp/projects': 'erp_project',
  'erp/billing_schedule': 'billing_schedule',
  'erp/invoices': 'invoice',
  'erp/credit_notes': 'credit_note',
  'erp/payments': 'payment',
  'erp/fx_rates': 'fx_rate',
  'approvals/requests': 'approval',
  'procurement/purchase_requests': 'purchase_request',
  'hr/leave': 'leave',
  'hr/calendars': 'calendar',
  'cs/transitions': 'cs_transition'
};

/** The distinct objects that the records of a cell declare. */
export function countObjects(cell: Cell): Counts {
  const counts: Counts = {
    // Several records tell of one of these.
    customer: new Set(cell['crm/opportunities'].map(({ accountId }) => accountId)).size,
    timesheet: new Set(cell['psa/time'].map(({ timesheet }) => timesheet)).size,
    person: new Set(cell['hr/people'].map(({ staff }) => staff)).size
  };
  for (const name of exportNames) {
    const type = objectOf[name];
    if (type !== undefined) counts[type] = cell[name].length;
  }
  return counts;
}

type Tell = (activity: string) => void;

const fieldActivities: Record<FieldChangeRow['field'], string | Record<string, string>> = {
  StageName: {
    Qualification: 'Opportunity qualified',
    Proposal: 'Proposal sent',
    Negotiation: 'Negotiation started',
    'Closed Won': 'Deal won',
    'Closed Lost': 'Deal lost'
  },
  Amount: 'Amount changed',
  CloseDate: 'Close date changed',
  Deal_Validation__c: {
    Submitted: 'Deal submitted for validation',
    Returned: 'Deal returned by deal desk',
    Validated: 'Deal validated'
  },
  Handover__c: { Released: 'Deal handed over', Returned: 'Deal handover returned' },
  Intake_Form__c: 'Intake form completed'
};

const projectActivities: Record<ProjectRow['history'][number]['action'], string> = {
  created: 'Project created',
  erp_linked: 'ERP project linked',
  code_reentered: 'Project code re-entered',
  staffing_confirmed: 'Staffing confirmed',
  delivery_started: 'Delivery started',
  on_hold: 'Project put on hold',
  resumed: 'Project resumed',
  delivery_completed: 'Delivery completed',
  closed: 'Project closed',
  reopened: 'Project reopened'
};

const requestActivities: Record<Exports['psa/resource_requests']['history'][number]['action'], string> = {
  requested: 'Resources requested',
  picked_up: 'Staffing started',
  proposed: 'Candidate proposed',
  rejected: 'Candidate rejected',
  confirmed: 'Resource request fulfilled',
  cancelled: 'Resource request cancelled'
};

const milestoneActivities: Record<Exports['psa/milestones']['history'][number]['action'], string> = {
  planned: 'Milestone planned',
  reached: 'Milestone reached',
  evidence_submitted: 'Evidence submitted',
  evidence_bounced: 'Evidence bounced',
  evidence_accepted: 'Evidence accepted'
};

const changeActivities: Record<Exports['psa/change_requests']['history'][number]['action'], string> = {
  raised: 'Change requested',
  submitted: 'Change submitted for approval',
  approved: 'Change approved',
  rejected: 'Change rejected',
  work_started: 'Change work started',
  implemented: 'Change implemented'
};

/** The activities that each record tells of, one call an event. Exports that are not here tell of no event. */
const activitiesOf: { [Name in ExportName]?: (row: Exports[Name], tell: Tell) => void } = {
  'crm/opportunities': (_row, tell) => tell('Opportunity created'),
  'crm/field_history': ({ field, newValue }, tell) => {
    const known = fieldActivities[field];
    const activity = typeof known === 'string' ? known : known[newValue];
    if (activity !== undefined) tell(activity);
  },
  'crm/contracts': ({ signedAt }, tell) => {
    tell('Contract drafted');
    if (signedAt !== null) tell('Contract signed');
  },
  'psa/projects': ({ history }, tell) => history.forEach(({ action }) => tell(projectActivities[action])),
  'psa/resource_requests': ({ history }, tell) => history.forEach(({ action }) => tell(requestActivities[action])),
  'psa/assignments': (_row, tell) => tell('Assignment created'),
  'psa/milestones': ({ history }, tell) => history.forEach(({ action }) => tell(milestoneActivities[action])),
  'psa/change_requests': ({ history }, tell) => history.forEach(({ action }) => tell(changeActivities[action])),
  'psa/time': (_row, tell) => tell('Time booked'),
  'psa/expenses': (_row, tell) => tell('Expense booked'),
  'erp/projects': ({ setupStartedAt, setupCompletedAt }, tell) => {
    tell('Project created in ERP');
    if (setupStartedAt !== null) tell('Financial set-up started');
    if (setupCompletedAt !== null) tell('Financial set-up completed');
  },
  'erp/resource_plan': (_row, tell) => tell('Plan recorded in ERP'),
  'erp/billing_schedule': (_row, tell) => tell('Billing line created'),
  'erp/invoices': ({ sentAt }, tell) => {
    tell('Invoice posted');
    if (sentAt !== null) tell('Invoice sent');
  },
  'erp/credit_notes': ({ isFull }, tell) => tell(isFull ? 'Invoice credited' : 'Credit note posted'),
  'erp/payments': ({ isFinal }, tell) => tell(isFinal ? 'Invoice paid' : 'Part payment received'),
  'approvals/requests': ({ rounds }, tell) => {
    rounds.forEach(({ steps }, at) => {
      tell(at === 0 ? 'Approval requested' : 'Approval resubmitted');
      for (const { decision, decidedAt } of steps) {
        tell('Approval step opened');
        if (decidedAt !== null) tell(`Approval step ${decision}`);
      }
    });
  },
  'procurement/purchase_requests': ({ pickedUpAt, orderedAt, deliveredAt }, tell) => {
    tell('Purchase requested');
    if (pickedUpAt !== null) tell('Purchase picked up');
    if (orderedAt !== null) tell('Purchase ordered');
    if (deliveredAt !== null) tell('Purchase delivered');
  },
  'cs/transitions': ({ acceptedAt, completedAt }, tell) => {
    tell('Transition prepared');
    if (acceptedAt !== null) tell('Transition accepted');
    if (completedAt !== null) tell('Transition completed');
  }
};

/** The events that the records of a cell tell of, by activity. */
export function countActivities(cell: Cell): Counts {
  const counts: Counts = {};
  const tell: Tell = (activity) => {
    counts[activity] = (counts[activity] ?? 0) + 1;
  };
  for (const name of exportNames) countOf(name, cell, tell);
  return counts;
}

function countOf<Name extends ExportName>(name: Name, cell: Cell, tell: Tell): void {
  const activities = activitiesOf[name];
  if (activities) for (const row of cell[name]) activities(row, tell);
}

/** Adds up numbers of the same name, at any depth; what is no number stays as it was first. */
export function add<Figures extends object>(total: Figures | undefined, more: Figures): Figures {
  if (total === undefined) return more;
  const sum = { ...total } as Record<string, unknown>;
  for (const [name, value] of Object.entries(more)) {
    const known = sum[name];
    if (typeof value === 'number') sum[name] = (typeof known === 'number' ? known : 0) + value;
    else if (typeof value === 'object' && value !== null) sum[name] = add(known as object | undefined, value as object);
    else sum[name] = known ?? value;
  }
  return sum as Figures;
}
