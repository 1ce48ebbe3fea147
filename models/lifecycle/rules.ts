import type { z } from 'zod';
import type { StatedRule } from './schema.ts';
import { steps } from './steps.ts';

/** What must hold whatever the path. Required fields are rules too, and stand with their stage. */
export const rules: z.input<typeof StatedRule>[] = [
  {
    id: 'validation_before_handover',
    kind: 'must_precede',
    name: 'A deal is validated before it is handed over',
    owner: 'sales',
    anchor: 'opportunity',
    before: ['Deal validated'],
    after: ['Deal handed over']
  },
  {
    id: 'setup_before_delivery',
    kind: 'must_precede',
    name: 'Financial set-up is complete before hours are booked',
    owner: 'delivery',
    severity: 'high',
    anchor: 'project',
    reach: [steps.erpProject],
    before: ['Financial set-up completed'],
    after: ['Time booked']
  },
  {
    id: 'approval_before_change_work',
    kind: 'must_precede',
    name: 'A change is approved before work on it starts',
    owner: 'delivery',
    severity: 'high',
    anchor: 'change_request',
    before: ['Change approved'],
    after: ['Change work started']
  },
  {
    id: 'evidence_before_invoice',
    kind: 'must_precede',
    name: 'Evidence is accepted before a milestone is invoiced',
    owner: 'finance_operations',
    anchor: 'milestone',
    reach: [steps.billingLinesOfMilestone, steps.invoicesOfMilestone, steps.invoicesOfBillingLine],
    before: ['Evidence accepted'],
    after: ['Invoice posted']
  },
  {
    id: 'transition_to_cs',
    kind: 'must_happen',
    name: 'A closed project goes over to customer success',
    owner: 'delivery',
    anchor: 'project',
    reach: [steps.transitions],
    once: ['Project closed'],
    then: ['Transition prepared', 'Transition accepted'],
    within: { business: 'P20D' }
  },
  {
    id: 'accepted_milestone_invoiced',
    kind: 'must_happen',
    name: 'An accepted milestone is invoiced',
    owner: 'finance_operations',
    severity: 'high',
    anchor: 'milestone',
    reach: [steps.billingLinesOfMilestone, steps.invoicesOfMilestone, steps.invoicesOfBillingLine],
    once: ['Evidence accepted'],
    then: ['Invoice posted'],
    within: { business: 'P5D' }
  },
  {
    id: 'approved_change_has_billing_line',
    kind: 'must_happen',
    name: 'An approved change has a billing line',
    owner: 'finance_operations',
    severity: 'high',
    anchor: 'change_request',
    reach: [steps.billingLinesOfChange],
    once: ['Change approved'],
    then: ['Billing line created'],
    within: { business: 'P10D' }
  },
  {
    id: 'deal_four_eyes',
    kind: 'two_people',
    name: 'Who submits a deal does not validate it',
    owner: 'deal_desk',
    anchor: 'opportunity',
    first: ['Deal submitted for validation'],
    second: ['Deal validated']
  },
  {
    id: 'change_four_eyes',
    kind: 'two_people',
    name: 'Who asks for a change does not approve it',
    owner: 'approvers',
    severity: 'high',
    anchor: 'change_request',
    reach: [steps.approvalsOfChange],
    first: ['Change submitted for approval', 'Approval requested', 'Approval resubmitted'],
    second: ['Approval step approved']
  }
];
