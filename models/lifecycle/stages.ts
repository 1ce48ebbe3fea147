import type { z } from 'zod';
import type { Stage } from './schema.ts';
import { steps } from './steps.ts';

/**
 * deal validation → project initiation → staffing confirmation → financial set-up → delivery execution ⇄ change control
 * → billing readiness → closure → post-project transition
 */
export const stages: z.input<typeof Stage>[] = [
  {
    id: 'deal_validation',
    name: 'Deal validation',
    anchor: 'opportunity',
    reach: [steps.contractsOfOpportunity],
    owner: 'deal_desk',
    record: 'crm',
    enter: ['Deal submitted for validation', 'Deal won'],
    leave: ['Deal handed over', 'Deal lost'],
    next: ['project_initiation'],
    required: [
      { id: 'contract_tax_id', object: 'contract', attribute: 'tax_id', severity: 'high' },
      { id: 'contract_purchase_order', object: 'contract', attribute: 'purchase_order', severity: 'high' },
      { id: 'contract_billing_contact', object: 'contract', attribute: 'billing_contact' },
      { id: 'contract_cost_centre', object: 'contract', attribute: 'cost_centre' }
    ],
    expected: [
      'Contract drafted',
      'Contract signed',
      'Deal submitted for validation',
      'Deal validated',
      'Intake form completed',
      'Deal won',
      'Deal handed over'
    ],
    progress: ['Deal submitted for validation', 'Deal validated', 'Contract signed', 'Deal won'],
    repeatable: ['Amount changed', 'Close date changed'],
    goal: { business: 'P2D' }
  },
  {
    id: 'project_initiation',
    name: 'Project initiation',
    anchor: 'project',
    reach: [steps.opportunityOfProject, steps.erpProject],
    owner: 'project_operations',
    record: 'psa',
    enter: ['Deal handed over', 'Project created'],
    leave: ['Resources requested'],
    next: ['staffing_confirmation'],
    required: [
      { id: 'project_manager', object: 'project', attribute: 'manager' },
      { id: 'project_budget', object: 'project', attribute: 'budget', severity: 'high' },
      { id: 'project_legal_entity', object: 'project', attribute: 'legal_entity', severity: 'high' },
      { id: 'project_planned_start', object: 'project', attribute: 'planned_start', severity: 'low' }
    ],
    expected: [
      'Project created',
      'Project created in ERP',
      'ERP project linked',
      'Milestone planned',
      'Resources requested'
    ],
    progress: ['Project created', 'Project created in ERP', 'Milestone planned'],
    repeatable: ['Milestone planned'],
    goal: { business: 'P3D' }
  },
  {
    id: 'staffing_confirmation',
    name: 'Staffing confirmation',
    anchor: 'project',
    reach: [steps.resourceRequests, steps.assignments],
    owner: 'resource_management',
    record: 'psa',
    enter: ['Resources requested'],
    leave: ['Staffing confirmed'],
    next: ['financial_setup'],
    expected: [
      'Resources requested',
      'Staffing started',
      'Candidate proposed',
      'Resource request fulfilled',
      'Assignment created',
      'Staffing confirmed'
    ],
    progress: ['Staffing started', 'Candidate proposed', 'Resource request fulfilled', 'Assignment created'],
    // A project has several requests; each is judged on its own where rework is judged per anchor object.
    repeatable: ['Assignment created'],
    goal: { business: 'P7D' }
  },
  {
    id: 'financial_setup',
    name: 'Financial set-up',
    anchor: 'project',
    reach: [steps.erpProject, steps.assignments],
    owner: 'finance_operations',
    record: 'erp',
    enter: ['Staffing confirmed'],
    leave: ['Financial set-up completed'],
    next: ['delivery_execution'],
    expected: ['Financial set-up started', 'Financial set-up completed', 'Plan recorded in ERP'],
    progress: ['Financial set-up started'],
    repeatable: ['Plan recorded in ERP'],
    goal: { business: 'P3D' }
  },
  {
    id: 'delivery_execution',
    name: 'Delivery execution',
    anchor: 'project',
    reach: [steps.erpProject, steps.milestones, steps.expenses, steps.purchaseRequests],
    owner: 'delivery',
    record: 'psa',
    enter: ['Financial set-up completed', 'Delivery started', 'Project reopened'],
    // A project that was opened again is closed again without a second completion.
    leave: ['Delivery completed', 'Project closed'],
    next: ['change_control', 'billing_readiness', 'closure'],
    expected: ['Delivery started', 'Time booked', 'Milestone reached', 'Delivery completed'],
    progress: ['Delivery started', 'Time booked', 'Milestone reached', 'Purchase delivered'],
    repeatable: ['Time booked', 'Expense booked'],
    waits: [{ from: ['Project put on hold'], until: ['Project resumed'], why: 'the project is on hold' }]
  },
  {
    id: 'change_control',
    name: 'Change control',
    anchor: 'change_request',
    reach: [steps.approvalsOfChange, steps.billingLinesOfChange],
    owner: 'approvers',
    record: 'approvals',
    enter: ['Change submitted for approval', 'Approval requested', 'Approval resubmitted'],
    leave: ['Change approved', 'Change rejected'],
    next: ['delivery_execution'],
    required: [
      { id: 'change_amount', object: 'change_request', attribute: 'amount' },
      { id: 'change_reason', object: 'change_request', attribute: 'reason', severity: 'low' }
    ],
    expected: [
      'Change requested',
      'Change submitted for approval',
      'Approval requested',
      'Approval step opened',
      'Approval step approved',
      'Change approved',
      'Billing line created'
    ],
    progress: ['Approval step approved', 'Approval step rejected', 'Approval resubmitted'],
    // One approval has several steps.
    repeatable: ['Approval step opened', 'Approval step approved'],
    goal: { business: 'P3D' }
  },
  {
    id: 'billing_readiness',
    name: 'Billing readiness',
    anchor: 'milestone',
    reach: [steps.billingLinesOfMilestone, steps.invoicesOfMilestone, steps.invoicesOfBillingLine],
    owner: 'finance_operations',
    record: 'erp',
    enter: ['Milestone reached'],
    leave: ['Invoice posted'],
    next: ['closure'],
    required: [{ id: 'milestone_amount', object: 'milestone', attribute: 'amount', severity: 'high' }],
    expected: [
      'Milestone reached',
      'Evidence submitted',
      'Evidence accepted',
      'Billing line created',
      'Invoice posted'
    ],
    progress: ['Evidence submitted', 'Evidence bounced', 'Evidence accepted', 'Invoice posted'],
    repeatable: ['Billing line created'],
    goal: { business: 'P5D' }
  },
  {
    id: 'closure',
    name: 'Closure',
    anchor: 'project',
    reach: [steps.erpProject, steps.invoices, steps.creditNotes, steps.payments],
    owner: 'project_operations',
    record: 'psa',
    enter: ['Delivery completed'],
    leave: ['Project closed'],
    next: ['post_project_transition'],
    expected: ['Invoice sent', 'Invoice paid', 'Project closed'],
    progress: ['Invoice posted', 'Invoice sent', 'Part payment received', 'Invoice paid', 'Invoice credited'],
    repeatable: ['Invoice posted', 'Invoice sent', 'Part payment received', 'Invoice paid'],
    waits: [
      {
        from: ['Invoice sent'],
        until: ['Invoice paid', 'Invoice credited', 'Invoice written off'],
        why: 'the term of payment runs'
      }
    ],
    goal: { business: 'P20D' }
  },
  {
    id: 'post_project_transition',
    name: 'Post-project transition',
    anchor: 'project',
    reach: [steps.transitions],
    owner: 'customer_success',
    record: 'customer_success',
    enter: ['Transition prepared', 'Project closed'],
    leave: ['Transition completed'],
    expected: ['Transition prepared', 'Transition accepted', 'Transition completed'],
    progress: ['Transition prepared', 'Transition accepted'],
    goal: { business: 'P10D' }
  }
];
