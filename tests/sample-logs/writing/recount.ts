/** Counts again, from the files alone, every figure of `truth.json` that the files can tell. */
import { files, instantOf, readCsv, readJson, type Fields, type JsonRecord } from './read-back.ts';

const day = 86_400_000;

/** Nights between July 2024 and June 2026 in which clocks change, by hand: the hour that is doubled or missing. */
const doubled = [
  'Europe/Berlin 2024-10-27 02',
  'Europe/Berlin 2025-10-26 02',
  'America/New_York 2024-11-03 01',
  'America/New_York 2025-11-02 01'
];
const skipped = [
  'Europe/Berlin 2025-03-30 02',
  'Europe/Berlin 2026-03-29 02',
  'America/New_York 2025-03-09 02',
  'America/New_York 2026-03-08 02'
];

const isCsv = (file: string) => file.endsWith('.csv');

/** The records of a file; each file is read once. */
interface Records {
  csv: (file: string) => Fields[];
  json: (file: string) => JsonRecord[];
}

export function recount(directory: string) {
  const csvs = new Map(files.filter(isCsv).map((file) => [file, readCsv(directory, file)]));
  const jsons = new Map(files.filter((file) => !isCsv(file)).map((file) => [file, readJson(directory, file)]));
  const records: Records = {
    csv: (file) => csvs.get(file)?.records ?? [],
    json: (file) => jsons.get(file)?.records ?? []
  };
  const { csv, json } = records;
  const zones = new Map(json('hr/calendars.json').map(({ office, zone }) => [String(office), String(zone)]));
  const zoneOf = ({ office }: JsonRecord) => zones.get(String(office)) ?? '';
  const projects = new Set(json('psa/projects.json').map(({ code }) => code));
  const changes = new Set(json('psa/change_requests.json').map(({ id }) => id));

  const erp = csv('erp/projects.csv').map((row) => {
    const byNumber = `PRJ-${/^\d+\.(\d+)\./.exec(row['Projekt'] ?? '')?.[1]}`;
    const byCode = row['PSA-Projekt'] ?? '';
    return { byNumber, byCode, known: [byNumber, byCode].filter((code) => projects.has(code)).length };
  });
  const contracts = csv('crm/contracts.csv');
  const mandatory = ['TaxId__c', 'PurchaseOrder__c', 'BillingContact__c', 'CostCentre__c'];
  const approvals = json('approvals/requests.ndjson');
  const codeOf = ({ kind, reference }: JsonRecord) =>
    (kind === 'change request' ? /CR-\d+/ : /PRJ-\d+/).exec(String(reference))?.[0];
  const unmatched = (file: string) => csv(file).filter(({ project }) => !projects.has(project)).length;
  const time = json('psa/time.ndjson');
  const expenses = json('psa/expenses.ndjson');
  const waited = (row: JsonRecord, happened: string) =>
    (instantOf(String(row['entered_at']), zoneOf(row)) - instantOf(String(row[happened]), zoneOf(row))) / day;
  const delays = [...time.map((row) => waited(row, 'started_at')), ...expenses.map((row) => waited(row, 'spent_at'))];
  const local = [
    ...files
      .filter((file) => file.startsWith('psa/'))
      .flatMap((file) => json(file).flatMap((row) => timesOf(row).map((text) => `${zoneOf(row)} ${text}`))),
    ...files
      .filter((file) => file.startsWith('erp/'))
      .flatMap((file) =>
        csv(file).flatMap((row) =>
          Object.values(row)
            .filter((field) => /^\d\d\.\d\d\.\d{4} \d\d:\d\d$/.test(field))
            .map((field) => `Europe/Berlin ${field.slice(0, 10).split('.').reverse().join('-')} ${field.slice(11)}`)
        )
      )
  ];
  const inHours = (hours: string[]) => local.filter((text) => hours.some((hour) => text.startsWith(hour))).length;

  return {
    exports: Object.fromEntries([...csvs, ...jsons].map(([file, { counts }]) => [file, counts])),
    objects: countObjects(records),
    activities: countActivities(records),
    dirt: {
      unmatched: {
        approvals: approvals.filter((row) => !(row['kind'] === 'change request' ? changes : projects).has(codeOf(row)))
          .length,
        cs: unmatched('cs/transitions.csv'),
        erp: erp.filter(({ known }) => known === 0).length,
        procurement: unmatched('procurement/purchase_requests.csv')
      },
      contradictory: erp.filter(({ known, byNumber, byCode }) => known === 2 && byNumber !== byCode).length,
      /** One code right and the other unknown: there must be none. */
      halfMatched: erp.filter(({ known }) => known === 1).length,
      late: {
        time: time.filter((row) => waited(row, 'started_at') > 7).length,
        expenses: expenses.filter((row) => waited(row, 'spent_at') > 7).length
      },
      missingFields: {
        contracts: contracts.filter((row) => mandatory.some((name) => row[name] === '')).length,
        fields: Object.fromEntries(mandatory.map((name) => [name, contracts.filter((row) => row[name] === '').length]))
      },
      repeated: inHours(doubled),
      missing: inHours(skipped)
    },
    /** Days between what happened and its entry. */
    delays,
    recorded: recordedInPlanbase(records, zoneOf)
  };
}

/** Every time in a record of the PSA, as it is written. */
function timesOf({ history = [], created_at, started_at, spent_at, entered_at }: JsonRecord): string[] {
  return [created_at, started_at, spent_at, entered_at, ...history.map(({ at }) => at)].filter(
    (text) => typeof text === 'string'
  );
}

/** Every instant at which the PSA recorded something. */
function recordedInPlanbase({ json }: Records, zoneOf: (row: JsonRecord) => string): number[] {
  return files
    .filter((file) => file.startsWith('psa/'))
    .flatMap((file) =>
      json(file).flatMap((row) =>
        timesOf({ ...row, started_at: undefined, spent_at: undefined }).map((text) => instantOf(text, zoneOf(row)))
      )
    );
}

function countObjects({ csv, json }: Records): Record<string, number> {
  const distinct = (file: string, ...columns: string[]) => {
    const records: Record<string, unknown>[] = isCsv(file) ? csv(file) : json(file);
    return new Set(records.map((row) => columns.map((column) => row[column]).join('/'))).size;
  };
  return {
    customer: distinct('crm/opportunities.csv', 'AccountId'),
    opportunity: distinct('crm/opportunities.csv', 'Id'),
    contract: distinct('crm/contracts.csv', 'Id'),
    project: distinct('psa/projects.json', 'code'),
    resource_request: distinct('psa/resource_requests.json', 'id'),
    assignment: distinct('psa/assignments.json', 'id'),
    milestone: distinct('psa/milestones.json', 'id'),
    change_request: distinct('psa/change_requests.json', 'id'),
    timesheet: distinct('psa/time.ndjson', 'timesheet'),
    expense: distinct('psa/expenses.ndjson', 'id'),
    erp_project: distinct('erp/projects.csv', 'Projekt'),
    billing_schedule: distinct('erp/billing_schedule.csv', 'Zeile'),
    invoice: distinct('erp/invoices.csv', 'Rechnung'),
    credit_note: distinct('erp/credit_notes.csv', 'Gutschrift'),
    payment: distinct('erp/payments.csv', 'Zahlung'),
    fx_rate: distinct('erp/fx_rates.csv', 'Monat', 'Von', 'Nach'),
    approval: distinct('approvals/requests.ndjson', 'id'),
    purchase_request: distinct('procurement/purchase_requests.csv', 'request_id'),
    person: distinct('hr/people.csv', 'staff_no'),
    leave: distinct('hr/leave.csv', 'id'),
    calendar: distinct('hr/calendars.json', 'office'),
    cs_transition: distinct('cs/transitions.csv', 'id')
  };
}

/** The words of the systems, and the activity that each is. */
const activityOf: Record<string, string> = {
  'StageName=Qualification': 'Opportunity qualified',
  'StageName=Proposal': 'Proposal sent',
  'StageName=Negotiation': 'Negotiation started',
  'StageName=Closed Won': 'Deal won',
  'StageName=Closed Lost': 'Deal lost',
  'Deal_Validation__c=Submitted': 'Deal submitted for validation',
  'Deal_Validation__c=Returned': 'Deal returned by deal desk',
  'Deal_Validation__c=Validated': 'Deal validated',
  'Handover__c=Released': 'Deal handed over',
  'Handover__c=Returned': 'Deal handover returned',
  'psa/projects.json created': 'Project created',
  'psa/projects.json erp_linked': 'ERP project linked',
  'psa/projects.json code_reentered': 'Project code re-entered',
  'psa/projects.json staffing_confirmed': 'Staffing confirmed',
  'psa/projects.json delivery_started': 'Delivery started',
  'psa/projects.json on_hold': 'Project put on hold',
  'psa/projects.json resumed': 'Project resumed',
  'psa/projects.json delivery_completed': 'Delivery completed',
  'psa/projects.json closed': 'Project closed',
  'psa/projects.json reopened': 'Project reopened',
  'psa/resource_requests.json requested': 'Resources requested',
  'psa/resource_requests.json picked_up': 'Staffing started',
  'psa/resource_requests.json proposed': 'Candidate proposed',
  'psa/resource_requests.json rejected': 'Candidate rejected',
  'psa/resource_requests.json confirmed': 'Resource request fulfilled',
  'psa/resource_requests.json cancelled': 'Resource request cancelled',
  'psa/milestones.json planned': 'Milestone planned',
  'psa/milestones.json reached': 'Milestone reached',
  'psa/milestones.json evidence_submitted': 'Evidence submitted',
  'psa/milestones.json evidence_bounced': 'Evidence bounced',
  'psa/milestones.json evidence_accepted': 'Evidence accepted',
  'psa/change_requests.json raised': 'Change requested',
  'psa/change_requests.json submitted': 'Change submitted for approval',
  'psa/change_requests.json approved': 'Change approved',
  'psa/change_requests.json rejected': 'Change rejected',
  'psa/change_requests.json work_started': 'Change work started',
  'psa/change_requests.json implemented': 'Change implemented',
  approved: 'Approval step approved',
  rejected: 'Approval step rejected'
};

/** One event for each filled column of a table, but for those whose name depends on what stands beside it. */
const columnEvents: Record<string, Record<string, string>> = {
  'crm/opportunities.csv': { CreatedDate: 'Opportunity created' },
  'crm/contracts.csv': { CreatedDate: 'Contract drafted', SignedDate: 'Contract signed' },
  'erp/projects.csv': {
    'Angelegt am': 'Project created in ERP',
    'Einrichtung begonnen am': 'Financial set-up started',
    'Freigegeben am': 'Financial set-up completed'
  },
  'erp/resource_plan.csv': { 'Erfasst am': 'Plan recorded in ERP' },
  'erp/billing_schedule.csv': { 'Angelegt am': 'Billing line created' },
  'erp/invoices.csv': { 'Gebucht am': 'Invoice posted', 'Versandt am': 'Invoice sent' },
  'procurement/purchase_requests.csv': {
    requested_at: 'Purchase requested',
    picked_up_at: 'Purchase picked up',
    ordered_at: 'Purchase ordered',
    delivered_at: 'Purchase delivered'
  },
  'cs/transitions.csv': {
    created_at: 'Transition prepared',
    accepted_at: 'Transition accepted',
    completed_at: 'Transition completed'
  }
};

function countActivities({ csv, json }: Records): Record<string, number> {
  const counts: Record<string, number> = {};
  const tell = (activity: string | undefined, times = 1) => {
    if (activity !== undefined && times > 0) counts[activity] = (counts[activity] ?? 0) + times;
  };
  for (const [file, columns] of Object.entries(columnEvents)) {
    const records = csv(file);
    for (const [column, activity] of Object.entries(columns))
      tell(activity, records.filter((row) => row[column] !== '').length);
  }
  const plain: Record<string, string> = {
    Amount: 'Amount changed',
    CloseDate: 'Close date changed',
    Intake_Form__c: 'Intake form completed'
  };
  for (const { Field = '', NewValue } of csv('crm/field_history.csv'))
    tell(plain[Field] ?? activityOf[`${Field}=${NewValue}`]);
  for (const file of ['projects', 'resource_requests', 'milestones', 'change_requests'].map(
    (name) => `psa/${name}.json`
  ))
    for (const { history = [] } of json(file))
      for (const { action } of history) tell(activityOf[`${file} ${action}`] ?? `unknown: ${action}`);
  tell('Assignment created', json('psa/assignments.json').length);
  tell('Time booked', json('psa/time.ndjson').length);
  tell('Expense booked', json('psa/expenses.ndjson').length);
  for (const row of csv('erp/credit_notes.csv'))
    tell(row['Vollständig'] === 'ja' ? 'Invoice credited' : 'Credit note posted');
  for (const row of csv('erp/payments.csv')) tell(row['Ausgleich'] === 'ja' ? 'Invoice paid' : 'Part payment received');
  for (const { rounds = [] } of json('approvals/requests.ndjson'))
    for (const { round, steps } of rounds) {
      tell(round === 1 ? 'Approval requested' : 'Approval resubmitted');
      tell('Approval step opened', steps.length);
      for (const { decided_at, decision } of steps) if (decided_at !== null) tell(activityOf[decision ?? '']);
    }
  return counts;
}
