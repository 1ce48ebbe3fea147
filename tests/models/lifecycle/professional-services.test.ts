import { describe, expect, test } from 'vitest';
import { professionalServices as lifecycle } from '#models/lifecycle/professional-services.ts';
import { repeatableActivities, rulesOf } from '#models/lifecycle/schema.ts';
import { steps } from '#models/lifecycle/steps.ts';
import { stepInWords, typesReached } from '#models/lifecycle/traversal.ts';
import { endInWords } from '#models/lifecycle/view-definition.ts';

/** Every activity of the canonical log, by system. A name that only one side knows would find nothing. */
const activities = `
Opportunity created, Opportunity qualified, Proposal sent, Negotiation started, Deal won, Deal lost, Amount changed,
Close date changed, Deal submitted for validation, Deal returned by deal desk, Deal validated, Deal handed over,
Deal handover returned, Intake form completed, Contract drafted, Contract signed,
Project created, ERP project linked, Project code re-entered, Staffing confirmed, Delivery started, Project put on hold,
Project resumed, Delivery completed, Project closed, Project reopened, Resources requested, Staffing started,
Candidate proposed, Candidate rejected, Resource request fulfilled, Resource request cancelled, Assignment created,
Milestone planned, Milestone reached, Evidence submitted, Evidence bounced, Evidence accepted, Change requested,
Change submitted for approval, Change approved, Change rejected, Change work started, Change implemented, Time booked,
Expense booked,
Project created in ERP, Financial set-up started, Financial set-up completed, Plan recorded in ERP, Billing line created,
Invoice posted, Invoice sent, Invoice credited, Credit note posted, Invoice paid, Part payment received,
Invoice written off,
Approval requested, Approval resubmitted, Approval step opened, Approval step approved, Approval step rejected,
Purchase requested, Purchase picked up, Purchase ordered, Purchase delivered,
Transition prepared, Transition accepted, Transition completed`
  .split(/,\s+/)
  .map((name) => name.trim());

/** The links of the canonical log. */
const links = `
opportunity of customer; contract for opportunity; project for opportunity; project for contract;
resource_request part_of project; assignment part_of project; milestone part_of project; change_request part_of project;
assignment for resource_request; assignment of person; expense part_of project; erp_project same_as project;
billing_schedule part_of erp_project; billing_schedule for milestone; billing_schedule for change_request;
invoice part_of erp_project; invoice for billing_schedule; invoice for milestone; credit_note for invoice;
payment for invoice; approval for change_request; approval for project; purchase_request for project;
cs_transition for project`
  .split(/;\s+/)
  .map((link) => link.trim());

describe('the professional-services lifecycle', () => {
  test('has its stages in order, and goes from each to the next', () => {
    expect(lifecycle.stages.map(({ id, next }) => [id, next])).toEqual([
      ['deal_validation', ['project_initiation']],
      ['project_initiation', ['staffing_confirmation']],
      ['staffing_confirmation', ['financial_setup']],
      ['financial_setup', ['delivery_execution']],
      ['delivery_execution', ['change_control', 'billing_readiness', 'closure']],
      ['change_control', ['delivery_execution']],
      ['billing_readiness', ['closure']],
      ['closure', ['post_project_transition']],
      ['post_project_transition', []]
    ]);
  });

  test('has the nine handoffs with their anchors', () => {
    expect(lifecycle.handoffs.map(({ id, anchor, billing }) => [id, anchor, billing])).toEqual([
      ['sales_to_delivery', 'opportunity', false],
      ['delivery_to_staffing', 'resource_request', false],
      ['staffing_to_finance_setup', 'project', false],
      ['delivery_to_change_approval', 'change_request', false],
      ['delivery_to_procurement', 'purchase_request', false],
      ['plan_to_erp', 'assignment', false],
      ['milestone_to_invoice', 'milestone', true],
      ['invoice_to_cash', 'invoice', true],
      ['closure_to_cs', 'project', false]
    ]);
  });

  test('speaks of no activity that the canonical log does not hold', () => {
    const spoken = namesIn(lifecycle);
    expect(spoken.filter((name) => !activities.includes(name))).toEqual([]);
    // What comes before a deal's validation, and three corrections, are part of no stage.
    expect(activities.filter((name) => !spoken.includes(name))).toEqual([
      'Opportunity created',
      'Opportunity qualified',
      'Proposal sent',
      'Negotiation started',
      'Deal returned by deal desk',
      'Project code re-entered',
      'Credit note posted'
    ]);
  });

  test('follows no link that the canonical log does not hold', () => {
    const followed = Object.values(steps).map(({ from, qualifier, direction, to }) =>
      direction === 'out' ? `${from} ${qualifier} ${to}` : `${to} ${qualifier} ${from}`
    );
    expect(followed.filter((link) => !links.includes(link))).toEqual([]);
  });

  test('gives every rule an id of its own, required fields among them', () => {
    const rules = rulesOf(lifecycle);
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
    expect(Object.groupBy(rules, ({ kind }) => kind).required_field?.map(({ id }) => id)).toContain('contract_tax_id');
    expect(rules.find(({ id }) => id === 'contract_tax_id')).toMatchObject({
      stage: 'deal_validation',
      owner: 'deal_desk',
      anchor: 'opportunity',
      object: 'contract',
      attribute: 'tax_id',
      name: 'contract has tax id at deal validation'
    });
  });

  test('names what is no rework when done again', () => {
    expect(repeatableActivities(lifecycle)).toContain('Time booked');
    expect(repeatableActivities(lifecycle)).not.toContain('Evidence submitted');
  });

  test('shows a project with all that hangs on it, and its end in words', () => {
    const [project, ...others] = lifecycle.views;
    expect(others.map(({ id }) => id)).toEqual(['opportunity', 'change_request', 'milestone', 'invoice']);
    const { steps, end } = project?.definition ?? { steps: [], end: undefined };
    expect(typesReached('project', steps).toSorted()).toEqual([
      'approval',
      'assignment',
      'billing_schedule',
      'change_request',
      'contract',
      'credit_note',
      'cs_transition',
      'erp_project',
      'expense',
      'invoice',
      'milestone',
      'opportunity',
      'payment',
      'project',
      'purchase_request',
      'resource_request'
    ]);
    expect(steps.slice(0, 3).map(stepInWords)).toEqual([
      'project → opportunity (for)',
      'project → contract (for)',
      'project ← erp_project (same_as)'
    ]);
    expect(end && endInWords(end)).toBe(
      'Project closed (until Project reopened), and for every invoice Invoice paid, Invoice credited or Invoice written off'
    );
  });
});

const listed = new Set(
  'enter leave expected progress repeatable from until release pick_up returns refusals accept cancel before after once then first second reached undone_by'.split(
    ' '
  )
);

/** Every activity that any list of activities in the lifecycle names. */
function namesIn(part: unknown): string[] {
  if (typeof part !== 'object' || part === null) return [];
  return [
    ...new Set(
      Object.entries(part).flatMap(([key, value]: [string, unknown]) =>
        listed.has(key) && Array.isArray(value) ? (value as string[]) : namesIn(value)
      )
    )
  ];
}
