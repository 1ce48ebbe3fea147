import type { z } from 'zod';
import { steps } from './steps.ts';
import type { ViewDefinition } from './view-definition.ts';

interface ObjectView {
  id: string;
  definition: z.input<typeof ViewDefinition>;
}

/** An invoice is done with when it is paid, taken back or given up. */
const settled = ['Invoice paid', 'Invoice credited', 'Invoice written off'];

/**
 * The case views of the lifecycle, in the order in which they are shown.
 *
 * A project is closed when delivery has closed it and every invoice is settled. A missing transition to customer
 * success keeps nothing open: it is an exception (rule `transition_to_cs`).
 */
export const views: ObjectView[] = [
  {
    id: 'project',
    definition: {
      leading: 'project',
      steps: [
        steps.opportunityOfProject,
        steps.contractOfProject,
        steps.erpProject,
        steps.resourceRequests,
        steps.assignments,
        steps.milestones,
        steps.changeRequests,
        steps.expenses,
        steps.purchaseRequests,
        steps.transitions,
        steps.approvalsOfProject,
        steps.assignmentsOfRequest,
        steps.approvalsOfChange,
        steps.billingLines,
        steps.billingLinesOfMilestone,
        steps.billingLinesOfChange,
        steps.invoices,
        steps.invoicesOfMilestone,
        steps.invoicesOfBillingLine,
        steps.creditNotes,
        steps.payments
      ],
      end: {
        all: [
          { reached: ['Project closed'], undone_by: ['Project reopened'] },
          { every: 'invoice', reached: settled }
        ]
      }
    }
  },
  {
    id: 'opportunity',
    definition: {
      leading: 'opportunity',
      steps: [steps.contractsOfOpportunity],
      end: { all: [{ reached: ['Deal handed over', 'Deal lost'], undone_by: ['Deal handover returned'] }] }
    }
  },
  {
    id: 'change_request',
    definition: {
      leading: 'change_request',
      steps: [steps.approvalsOfChange, steps.billingLinesOfChange],
      end: {
        all: [
          {
            reached: ['Change implemented', 'Change rejected'],
            undone_by: ['Change submitted for approval', 'Approval resubmitted']
          }
        ]
      }
    }
  },
  {
    id: 'milestone',
    definition: {
      leading: 'milestone',
      steps: [
        steps.billingLinesOfMilestone,
        steps.invoicesOfMilestone,
        steps.invoicesOfBillingLine,
        steps.creditNotes,
        steps.payments
      ],
      end: { all: [{ reached: ['Invoice posted'] }, { every: 'invoice', reached: settled }] }
    }
  },
  {
    id: 'invoice',
    definition: {
      leading: 'invoice',
      steps: [steps.creditNotes, steps.payments],
      end: { all: [{ reached: settled }] }
    }
  }
];
