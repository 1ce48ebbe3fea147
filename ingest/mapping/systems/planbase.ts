import { parseSystem, type SystemMappingInput } from '#ingest/mapping/record-mapping.ts';

type StreamInput = SystemMappingInput['streams'][number];

/** Planbase writes local times without a zone, on the clocks of the record's office. */
const shape = { format: 'json', times: { zone: { office: 'office' } } } satisfies Partial<StreamInput>;
const history = { lists: ['history'], required: ['project', 'history', 'history.at', 'history.action'] };
const entry = { in: 'history', at: 'history.at', by: 'history.by', attributes: { note: 'history.note' } };
const own = (type: string) => ({ type, id: 'id' });
const project = { type: 'project', id: 'project' };
const partOfProject = (type: string) => ({ from: own(type), qualifier: 'part_of', to: project });
const number = (field: string) => ({ field, type: 'number' }) as const;
const date = (field: string) => ({ field, type: 'date' }) as const;

const projects: StreamInput = {
  name: 'projects',
  file: 'psa/projects.json',
  ...shape,
  lists: ['history'],
  id: 'code',
  required: ['name', 'history', 'history.at', 'history.action'],
  legal_entity: 'legal_entity',
  objects: [
    {
      type: 'project',
      id: 'code',
      attributes: {
        name: 'name',
        region: 'region',
        legal_entity: 'legal_entity',
        service_line: 'service_line',
        manager: 'manager',
        budget: number('budget'),
        currency: 'currency',
        office: 'office',
        planned_start: date('planned_start'),
        planned_end: date('planned_end'),
        folder_colour: 'folder_colour'
      }
    }
  ],
  events: [
    {
      ...entry,
      activity: {
        by: 'history.action',
        is: {
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
        }
      },
      objects: [{ type: 'project', id: 'code' }]
    }
  ],
  links: [
    {
      from: { type: 'project', id: 'code' },
      qualifier: 'for',
      to: { type: 'opportunity', id: 'opportunity' }
    },
    { from: { type: 'project', id: 'code' }, qualifier: 'for', to: { type: 'contract', id: 'contract' } }
  ]
};

const resourceRequests: StreamInput = {
  name: 'resource_requests',
  file: 'psa/resource_requests.json',
  ...shape,
  ...history,
  id: 'id',
  objects: [
    {
      ...own('resource_request'),
      attributes: { office: 'office', role: 'role', skill: 'skill', hours: number('hours') }
    }
  ],
  events: [
    {
      ...entry,
      activity: {
        by: 'history.action',
        is: {
          requested: 'Resources requested',
          picked_up: 'Staffing started',
          proposed: 'Candidate proposed',
          rejected: 'Candidate rejected',
          confirmed: 'Resource request fulfilled',
          cancelled: 'Resource request cancelled'
        }
      },
      objects: [own('resource_request'), project]
    }
  ],
  links: [partOfProject('resource_request')]
};

const assignments: StreamInput = {
  name: 'assignments',
  file: 'psa/assignments.json',
  ...shape,
  id: 'id',
  required: ['project', 'person', 'created_at'],
  objects: [
    {
      ...own('assignment'),
      attributes: { office: 'office', person: 'person', hours: number('hours'), from: date('from'), to: date('to') }
    }
  ],
  events: [
    {
      activity: 'Assignment created',
      at: 'created_at',
      by: 'created_by',
      objects: [own('assignment'), project]
    }
  ],
  links: [
    partOfProject('assignment'),
    { from: own('assignment'), qualifier: 'for', to: { type: 'resource_request', id: 'request' } },
    { from: own('assignment'), qualifier: 'of', to: { type: 'person', id: 'person' } }
  ]
};

const milestones: StreamInput = {
  name: 'milestones',
  file: 'psa/milestones.json',
  ...shape,
  ...history,
  id: 'id',
  objects: [
    {
      ...own('milestone'),
      attributes: {
        office: 'office',
        name: 'name',
        amount: number('amount'),
        currency: 'currency',
        planned_date: date('planned_date'),
        evidence_required: number('evidence_required'),
        evidence_delivered: number('evidence_delivered')
      }
    }
  ],
  events: [
    {
      ...entry,
      activity: {
        by: 'history.action',
        is: {
          planned: 'Milestone planned',
          reached: 'Milestone reached',
          evidence_submitted: 'Evidence submitted',
          evidence_bounced: 'Evidence bounced',
          evidence_accepted: 'Evidence accepted'
        }
      },
      objects: [own('milestone'), project]
    }
  ],
  links: [partOfProject('milestone')]
};

const changeRequests: StreamInput = {
  name: 'change_requests',
  file: 'psa/change_requests.json',
  ...shape,
  ...history,
  id: 'id',
  objects: [
    {
      ...own('change_request'),
      attributes: {
        office: 'office',
        type: 'type',
        amount: number('amount'),
        currency: 'currency',
        reason: 'reason'
      }
    }
  ],
  events: [
    {
      ...entry,
      activity: {
        by: 'history.action',
        is: {
          raised: 'Change requested',
          submitted: 'Change submitted for approval',
          approved: 'Change approved',
          rejected: 'Change rejected',
          work_started: 'Change work started',
          implemented: 'Change implemented'
        }
      },
      objects: [own('change_request'), project]
    }
  ],
  links: [partOfProject('change_request')]
};

const time: StreamInput = {
  name: 'time',
  file: 'psa/time.ndjson',
  ...shape,
  format: 'ndjson',
  id: 'id',
  required: ['project', 'timesheet', 'person', 'started_at', 'hours', 'entered_at'],
  recorded_at: 'entered_at',
  objects: [
    {
      type: 'timesheet',
      id: 'timesheet',
      attributes: { person: 'person', week: { field: 'timesheet', pattern: '\\d{4}-W\\d{2}$' } }
    }
  ],
  events: [
    {
      activity: 'Time booked',
      at: 'started_at',
      by: 'person',
      objects: [project, { type: 'timesheet', id: 'timesheet' }, { type: 'change_request', id: 'change_request' }],
      attributes: { hours: number('hours'), billable: { field: 'billable', type: 'boolean' } }
    }
  ],
  drop: ['office']
};

const expenses: StreamInput = {
  name: 'expenses',
  file: 'psa/expenses.ndjson',
  ...shape,
  format: 'ndjson',
  id: 'id',
  required: ['project', 'person', 'spent_at', 'cost', 'entered_at'],
  recorded_at: 'entered_at',
  objects: [
    {
      ...own('expense'),
      attributes: {
        office: 'office',
        person: 'person',
        cost: number('cost'),
        currency: 'currency',
        billable: { field: 'billable', type: 'boolean' }
      }
    }
  ],
  events: [{ activity: 'Expense booked', at: 'spent_at', by: 'person', objects: [own('expense'), project] }],
  links: [partOfProject('expense')]
};

/** Planbase, a PSA: projects and their staffing, milestones, changes, time and expenses. */
export const planbase = parseSystem({
  system: 'Planbase',
  version: '1',
  streams: [projects, resourceRequests, assignments, milestones, changeRequests, time, expenses]
} satisfies SystemMappingInput);
