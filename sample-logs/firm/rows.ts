/**
 * What the seven systems hold, before any of them writes it out: one interface a record, instants in milliseconds UTC,
 * people as staff numbers (`E0123`). The writers turn these into each system's own shape, clock and spelling; dirt is
 * added there and nowhere else.
 */
export type Instant = number;
export type Staff = string;
export type Region = 'EMEA' | 'AMER' | 'APAC';
export type ServiceLine = 'Cloud' | 'Data' | 'Security' | 'Managed Services';
export type Currency = 'EUR' | 'USD';

/** A step that some record went through. `note` is free text. */
export interface Step<Action extends string> {
  at: Instant;
  by: Staff;
  action: Action;
  note?: string;
}

// ── Northforce (CRM) ────────────────────────────────────────────────────────────────────────────────────────────────
export interface OpportunityRow {
  id: string; // 006…
  name: string;
  accountId: string; // 001…
  accountName: string;
  region: Region;
  legalEntity: string;
  serviceLine: ServiceLine;
  amount: number;
  currency: Currency;
  owner: Staff;
  /** The sales team that owns it, as the CRM calls it. */
  accountTeam: string;
  createdAt: Instant;
  createdBy: Staff;
  /** yyyy-MM-dd */
  closeDate: string;
}

/** One changed field. Fields: see `opportunityFields`. */
export interface FieldChangeRow {
  id: string; // 017…
  opportunity: string;
  field: 'StageName' | 'Amount' | 'CloseDate' | 'Deal_Validation__c' | 'Handover__c' | 'Intake_Form__c';
  oldValue: string;
  newValue: string;
  at: Instant;
  by: Staff;
}
export const opportunityFields = {
  StageName: ['Prospecting', 'Qualification', 'Proposal', 'Negotiation', 'Closed Won', 'Closed Lost'],
  /** Submitted by sales; Returned or Validated by the deal desk. */
  Deal_Validation__c: ['Submitted', 'Returned', 'Validated'],
  /** Released by sales, Returned by project operations (then Released again). Picked up: the project exists in the PSA. */
  Handover__c: ['Released', 'Returned'],
  Intake_Form__c: ['v1', 'v2']
} as const;

export interface ContractRow {
  id: string; // 800…
  opportunity: string;
  value: number;
  currency: Currency;
  billingModel: 'T&M' | 'fixed' | 'milestone' | 'retainer';
  draftedAt: Instant;
  draftedBy: Staff;
  signedAt: Instant | null;
  signedBy: Staff | null;
  /** Mandatory set-up fields: empty where they are missing. */
  taxId: string;
  purchaseOrder: string;
  billingContact: string;
  costCentre: string;
}

// ── Planbase (PSA) ──────────────────────────────────────────────────────────────────────────────────────────────────
export interface ProjectRow {
  code: string; // PRJ-1042
  opportunity: string;
  contract: string;
  name: string;
  region: Region;
  legalEntity: string;
  serviceLine: ServiceLine;
  /** Whose local time its instants are written in, as of every PSA record. */
  office: string;
  manager: Staff;
  budget: number;
  currency: Currency;
  plannedStart: string; // yyyy-MM-dd
  plannedEnd: string;
  folderColour: string;
  history: Step<
    | 'created' // by project operations: picks the deal up
    | 'erp_linked' // by the integration user, seconds after the ERP made its record
    | 'code_reentered' // by project operations: a touch
    | 'staffing_confirmed' // by resource management: releases the project to financial set-up
    | 'delivery_started'
    | 'on_hold'
    | 'resumed'
    | 'delivery_completed' // by the manager: releases it to customer success
    | 'closed'
    | 'reopened'
  >[];
}

export interface ResourceRequestRow {
  id: string; // RR-…
  project: string;
  office: string;
  role: string;
  skill: string;
  hours: number;
  /** requested (delivery, the release) → picked_up (resource management) → proposed → rejected (delivery, back) | confirmed */
  history: Step<'requested' | 'picked_up' | 'proposed' | 'rejected' | 'confirmed' | 'cancelled'>[];
}

export interface AssignmentRow {
  id: string; // ASG-…
  project: string;
  request: string;
  office: string;
  person: Staff;
  hours: number;
  from: string; // yyyy-MM-dd
  to: string;
  createdAt: Instant;
  /** A resource manager or the integration user. */
  createdBy: Staff;
}

export interface MilestoneRow {
  id: string; // MS-…
  project: string;
  office: string;
  name: string;
  amount: number;
  currency: Currency;
  plannedDate: string;
  evidenceRequired: number;
  evidenceDelivered: number;
  /** evidence_submitted (delivery, the release) → evidence_bounced (billing, back) | evidence_accepted (billing) → invoice */
  history: Step<'planned' | 'reached' | 'evidence_submitted' | 'evidence_bounced' | 'evidence_accepted'>[];
}

export interface ChangeRequestRow {
  id: string; // CR-…
  project: string;
  office: string;
  type: 'scope' | 'schedule' | 'rate';
  amount: number;
  currency: Currency;
  reason: string;
  /** submitted (delivery, the release); the decision falls in Signoff; approved and rejected are mirrored by the integration user. */
  history: Step<'raised' | 'submitted' | 'approved' | 'rejected' | 'work_started' | 'implemented'>[];
}

export interface TimeRow {
  id: string; // TE-…
  /** The person's week: TS-E0123-2026-W14 */
  timesheet: string;
  project: string;
  /** Hours on a change name it. */
  changeRequest: string | null;
  office: string;
  person: Staff;
  startedAt: Instant;
  hours: number;
  billable: boolean;
  enteredAt: Instant;
}

export interface ExpenseRow {
  id: string; // EX-…
  project: string;
  office: string;
  person: Staff;
  spentAt: Instant;
  cost: number;
  currency: Currency;
  billable: boolean;
  enteredAt: Instant;
}

// ── Ledgerline (ERP) ────────────────────────────────────────────────────────────────────────────────────────────────
export interface ErpProjectRow {
  number: string; // 10.1042.GmbH
  psaCode: string; // PRJ-1042, typed by hand
  legalEntity: string;
  createdAt: Instant;
  createdBy: Staff;
  /** Finance operations begins (the pick-up) and ends the financial set-up. */
  setupStartedAt: Instant | null;
  setupStartedBy: Staff | null;
  setupCompletedAt: Instant | null;
  setupCompletedBy: Staff | null;
}

export interface ResourcePlanRow {
  id: string; // natural key: assignment and month
  erpProject: string;
  assignment: string;
  person: Staff;
  month: string; // yyyy-MM
  hoursPerWeek: number;
  enteredAt: Instant;
  enteredBy: Staff;
}

export interface BillingLineRow {
  id: string; // BL-…
  erpProject: string;
  /** MS-… or CR-…, empty for time and material. */
  reference: string;
  plannedDate: string;
  amount: number;
  currency: Currency;
  createdAt: Instant;
  createdBy: Staff;
}

export interface InvoiceRow {
  id: string; // RE-…
  erpProject: string;
  billingLine: string;
  /** The milestone it bills; empty for time and material. */
  milestone: string;
  amount: number;
  currency: Currency;
  postedAt: Instant;
  postedBy: Staff;
  sentAt: Instant | null;
  dueDate: string;
}

export interface CreditNoteRow {
  id: string; // GS-…
  invoice: string;
  amount: number;
  currency: Currency;
  reason: 'wrong amount' | 'wrong recipient' | 'missing evidence' | 'goodwill';
  postedAt: Instant;
  postedBy: Staff;
  /** Whether it takes the whole invoice back. */
  isFull: boolean;
}

export interface PaymentRow {
  id: string; // ZE-…
  invoice: string;
  amount: number;
  currency: Currency;
  receivedAt: Instant;
  /** Whether nothing is left open after it. */
  isFinal: boolean;
}

export interface FxRateRow {
  month: string; // yyyy-MM
  from: Currency;
  to: Currency;
  rate: number;
}

// ── Signoff (approvals) ─────────────────────────────────────────────────────────────────────────────────────────────
export interface ApprovalRow {
  id: string; // APR-…
  /** Free text that names the project, and the change request where it is one: "CR-00231 / PRJ-1042: more interfaces". */
  reference: string;
  kind: 'project budget' | 'change request' | 'discount' | 'write-off';
  requester: Staff;
  amount: number;
  currency: Currency;
  rounds: {
    round: number; // from 1
    submittedAt: Instant;
    steps: {
      step: 'line manager' | 'finance director' | 'legal';
      /** The moment it could be acted on. */
      activatedAt: Instant;
      approver: Staff;
      /** Who acted for the approver. */
      delegate: Staff | null;
      decidedAt: Instant | null;
      decision: 'approved' | 'rejected' | null;
    }[];
  }[];
}

// ── Buydesk (procurement) ───────────────────────────────────────────────────────────────────────────────────────────
export interface PurchaseRow {
  id: string; // PR-…
  project: string; // PSA code
  kind: 'subcontractor' | 'licence';
  amount: number;
  currency: Currency;
  requestedAt: Instant; // by delivery: the release
  requestedBy: Staff;
  pickedUpAt: Instant | null;
  pickedUpBy: Staff | null;
  orderedAt: Instant | null;
  orderedBy: Staff | null;
  deliveredAt: Instant | null;
}

// ── Peopledesk (HR) ─────────────────────────────────────────────────────────────────────────────────────────────────
export interface PersonRow {
  staff: Staff;
  name: string;
  team: string;
  department: Department;
  role: string;
  office: string;
  zone: string;
  isIntegration: boolean;
  manager: Staff | null;
  from: string; // yyyy-MM-dd, the first day in this team
  to: string | null; // the last day
}
export type Department =
  | 'Sales'
  | 'Deal Desk'
  | 'Project Operations'
  | 'Resource Management'
  | 'Procurement'
  | 'Delivery'
  | 'Finance Operations'
  | 'Approvers'
  | 'Customer Success'
  | 'Integration';

export interface LeaveRow {
  id: string; // LV-…
  staff: Staff;
  from: string;
  to: string;
  kind: 'holiday' | 'sick' | 'other';
}

export interface CalendarRow {
  office: string;
  zone: string;
  /** Working hours of each weekday, local; a day without work has none. */
  hours: Record<'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun', [string, string][]>;
  holidays: string[];
}

// ── Aftercare (customer success) ────────────────────────────────────────────────────────────────────────────────────
export interface TransitionRow {
  id: string; // CST-…
  project: string; // PSA code
  createdAt: Instant;
  createdBy: Staff;
  acceptedAt: Instant | null;
  acceptedBy: Staff | null;
  completedAt: Instant | null;
  completedBy: Staff | null;
  dueDate: string;
  renewalDate: string | null;
}

/** Every export with its record. `emit` takes one record; nothing is held back for order. */
export interface Exports {
  'crm/opportunities': OpportunityRow;
  'crm/field_history': FieldChangeRow;
  'crm/contracts': ContractRow;
  'psa/projects': ProjectRow;
  'psa/resource_requests': ResourceRequestRow;
  'psa/assignments': AssignmentRow;
  'psa/milestones': MilestoneRow;
  'psa/change_requests': ChangeRequestRow;
  'psa/time': TimeRow;
  'psa/expenses': ExpenseRow;
  'erp/projects': ErpProjectRow;
  'erp/resource_plan': ResourcePlanRow;
  'erp/billing_schedule': BillingLineRow;
  'erp/invoices': InvoiceRow;
  'erp/credit_notes': CreditNoteRow;
  'erp/payments': PaymentRow;
  'erp/fx_rates': FxRateRow;
  'approvals/requests': ApprovalRow;
  'procurement/purchase_requests': PurchaseRow;
  'hr/people': PersonRow;
  'hr/leave': LeaveRow;
  'hr/calendars': CalendarRow;
  'cs/transitions': TransitionRow;
}
export type ExportName = keyof Exports;
export type Emit = <Name extends ExportName>(name: Name, row: Exports[Name]) => void;
