import type { z } from 'zod';
import type { Handoff } from './schema.ts';
import { steps } from './steps.ts';

/** Where work goes from one function to another: the ledger and the scorecard are made of these, in this order. */
export const handoffs: z.input<typeof Handoff>[] = [
  {
    id: 'sales_to_delivery',
    name: 'Sales to delivery',
    from: 'sales',
    to: 'project_operations',
    anchor: 'opportunity',
    reach: [steps.projectsOfOpportunity],
    stage: 'project_initiation',
    release: ['Deal handed over'],
    pick_up: ['Project created'],
    returns: ['Deal handover returned'],
    cancel: ['Deal lost'],
    goal: { business: 'P2D' }
  },
  {
    id: 'delivery_to_staffing',
    name: 'Delivery to staffing',
    from: 'delivery',
    to: 'resource_management',
    anchor: 'resource_request',
    reach: [steps.assignmentsOfRequest],
    stage: 'staffing_confirmation',
    release: ['Resources requested'],
    // Whoever proposes somebody, or assigns them, has taken the request up.
    pick_up: ['Staffing started', 'Candidate proposed', 'Assignment created'],
    refusals: ['Candidate rejected'],
    accept: ['Resource request fulfilled'],
    settles: ['Resource request fulfilled'],
    cancel: ['Resource request cancelled'],
    goal: { business: 'P2D' }
  },
  {
    id: 'staffing_to_finance_setup',
    name: 'Staffing to financial set-up',
    from: 'resource_management',
    to: 'finance_operations',
    anchor: 'project',
    reach: [steps.erpProject],
    stage: 'financial_setup',
    release: ['Staffing confirmed'],
    pick_up: ['Financial set-up started'],
    accept: ['Financial set-up completed'],
    settles: ['Financial set-up completed'],
    goal: { business: 'P1D' }
  },
  {
    id: 'delivery_to_change_approval',
    name: 'Delivery to change approval',
    from: 'delivery',
    to: 'approvers',
    anchor: 'change_request',
    reach: [steps.approvalsOfChange],
    stage: 'change_control',
    release: ['Change submitted for approval', 'Approval requested', 'Approval resubmitted'],
    pick_up: ['Approval step approved', 'Approval step rejected'],
    returns: ['Approval step rejected'],
    // Mirrored from the approval system by software, hence no pick-up.
    accept: ['Change approved'],
    settles: ['Change approved'],
    cancel: ['Change rejected'],
    goal: { business: 'P3D' }
  },
  {
    id: 'delivery_to_procurement',
    name: 'Delivery to procurement',
    from: 'delivery',
    to: 'procurement',
    anchor: 'purchase_request',
    stage: 'delivery_execution',
    release: ['Purchase requested'],
    pick_up: ['Purchase picked up'],
    accept: ['Purchase ordered'],
    settles: ['Purchase ordered', 'Purchase delivered'],
    goal: { business: 'P2D' }
  },
  {
    id: 'plan_to_erp',
    name: 'Plan to ERP',
    from: 'resource_management',
    to: 'finance_operations',
    anchor: 'assignment',
    stage: 'financial_setup',
    release: ['Assignment created'],
    pick_up: ['Plan recorded in ERP'],
    goal: { business: 'P3D' }
  },
  {
    id: 'milestone_to_invoice',
    name: 'Milestone to invoice',
    from: 'delivery',
    to: 'finance_operations',
    anchor: 'milestone',
    reach: [steps.billingLinesOfMilestone, steps.invoicesOfMilestone, steps.invoicesOfBillingLine],
    stage: 'billing_readiness',
    release: ['Evidence submitted'],
    pick_up: ['Invoice posted'],
    returns: ['Evidence bounced'],
    accept: ['Evidence accepted'],
    corrections: ['Invoice credited', 'Credit note posted'],
    billing: true,
    goal: { business: 'P3D' }
  },
  {
    id: 'invoice_to_cash',
    name: 'Invoice to cash',
    from: 'finance_operations',
    to: 'customer',
    anchor: 'invoice',
    reach: [steps.creditNotes, steps.payments],
    stage: 'closure',
    release: ['Invoice sent'],
    pick_up: ['Invoice paid'],
    cancel: ['Invoice credited', 'Invoice written off'],
    billing: true,
    goal: { wall: 'P30D' }
  },
  {
    id: 'closure_to_cs',
    name: 'Closure to customer success',
    from: 'delivery',
    to: 'customer_success',
    anchor: 'project',
    reach: [steps.transitions],
    stage: 'post_project_transition',
    release: ['Delivery completed'],
    pick_up: ['Transition accepted'],
    accept: ['Transition completed'],
    settles: ['Transition completed'],
    goal: { business: 'P5D' }
  }
];
