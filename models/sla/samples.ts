import type { z } from 'zod';
import { steps } from '#models/lifecycle/steps.ts';
import { Policy } from './policy.ts';

/** The promises that a firm begins with: each can be changed or removed, and none calls anybody until it has a target. */
const written: z.input<typeof Policy>[] = [
  {
    id: 'deal_to_erp',
    name: 'Deal won to project in ERP',
    anchor: 'opportunity',
    reach: [steps.projectsOfOpportunity, steps.erpProject],
    start: ['Deal won'],
    // Where the ERP's own code is mistyped, the project management system still says that the two are linked.
    stop: ['Project created in ERP', 'ERP project linked'],
    cancel: ['Deal lost'],
    goal: { business: 'PT24H' },
    calendar: { function: 'project_operations' },
    warn_at: 0.75
  },
  {
    id: 'staffing_answer',
    name: 'Staffing answers a request',
    anchor: 'resource_request',
    reach: [steps.assignmentsOfRequest],
    start: ['Resources requested'],
    stop: ['Staffing started', 'Candidate proposed', 'Assignment created', 'Resource request fulfilled'],
    cancel: ['Resource request cancelled'],
    goal: { end_of_business_day: 2 },
    calendar: { function: 'resource_management' },
    warn_at: 0.75
  },
  {
    id: 'change_decision',
    name: 'Change request is decided',
    anchor: 'change_request',
    reach: [steps.approvalsOfChange],
    start: ['Change submitted for approval', 'Approval requested', 'Approval resubmitted'],
    stop: ['Change approved', 'Change rejected'],
    goal: { business: 'PT24H' },
    calendar: { function: 'approvers' },
    on_restart: 'new_cycle',
    warn_at: 0.5
  },
  {
    id: 'milestone_invoice',
    name: 'Milestone is invoiced',
    anchor: 'milestone',
    reach: [steps.billingLinesOfMilestone, steps.invoicesOfMilestone, steps.invoicesOfBillingLine],
    start: ['Evidence submitted'],
    // While the evidence is back with delivery, the clock of billing stands.
    pause: ['Evidence bounced'],
    resume: ['Evidence submitted'],
    stop: ['Invoice posted'],
    goal: { business: 'P3D' },
    calendar: { function: 'finance_operations' },
    warn_at: 0.75
  },
  {
    id: 'invoice_payment',
    name: 'Invoice is paid',
    anchor: 'invoice',
    reach: [steps.creditNotes, steps.payments],
    start: ['Invoice sent'],
    stop: ['Invoice paid'],
    cancel: ['Invoice credited', 'Invoice written off'],
    goal: { wall: 'P45D' },
    warn_at: 0.9
  }
];

export const samplePolicies: readonly Policy[] = written.map((policy) => Policy.parse(policy));
