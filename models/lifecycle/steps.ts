import type { Step } from './traversal.ts';

/** The links of the canonical log, written short: the sources that point at an object, or the target it points at. */
const pointingAt = (from: string, qualifier: string, to: string): Step => ({ from, qualifier, direction: 'in', to });
const pointedAtBy = (from: string, qualifier: string, to: string): Step => ({ from, qualifier, direction: 'out', to });

export const steps = {
  opportunityOfProject: pointedAtBy('project', 'for', 'opportunity'),
  contractOfProject: pointedAtBy('project', 'for', 'contract'),
  projectsOfOpportunity: pointingAt('opportunity', 'for', 'project'),
  contractsOfOpportunity: pointingAt('opportunity', 'for', 'contract'),
  erpProject: pointingAt('project', 'same_as', 'erp_project'),
  resourceRequests: pointingAt('project', 'part_of', 'resource_request'),
  assignments: pointingAt('project', 'part_of', 'assignment'),
  assignmentsOfRequest: pointingAt('resource_request', 'for', 'assignment'),
  milestones: pointingAt('project', 'part_of', 'milestone'),
  changeRequests: pointingAt('project', 'part_of', 'change_request'),
  expenses: pointingAt('project', 'part_of', 'expense'),
  purchaseRequests: pointingAt('project', 'for', 'purchase_request'),
  transitions: pointingAt('project', 'for', 'cs_transition'),
  approvalsOfProject: pointingAt('project', 'for', 'approval'),
  approvalsOfChange: pointingAt('change_request', 'for', 'approval'),
  billingLines: pointingAt('erp_project', 'part_of', 'billing_schedule'),
  billingLinesOfMilestone: pointingAt('milestone', 'for', 'billing_schedule'),
  billingLinesOfChange: pointingAt('change_request', 'for', 'billing_schedule'),
  invoices: pointingAt('erp_project', 'part_of', 'invoice'),
  invoicesOfBillingLine: pointingAt('billing_schedule', 'for', 'invoice'),
  invoicesOfMilestone: pointingAt('milestone', 'for', 'invoice'),
  creditNotes: pointingAt('invoice', 'for', 'credit_note'),
  payments: pointingAt('invoice', 'for', 'payment')
} as const;
