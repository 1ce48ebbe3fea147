import type { ExportName, Exports } from '../firm/rows.ts';
import type { Layout } from './layout.ts';
import { transitions } from './systems/aftercare.ts';
import { purchaseRequests } from './systems/buydesk.ts';
import {
  billingSchedule,
  creditNotes,
  erpProjects,
  fxRates,
  invoices,
  payments,
  resourcePlan
} from './systems/ledgerline.ts';
import { contracts, fieldHistory, opportunities } from './systems/northforce.ts';
import { calendars, leave, people } from './systems/peopledesk.ts';
import {
  assignments,
  changeRequests,
  expenses,
  milestones,
  projects,
  resourceRequests,
  time
} from './systems/planbase.ts';
import { approvals } from './systems/signoff.ts';

/** The file of every export, in the order in which they are written. */
export const layouts: { readonly [Name in ExportName]: Layout<Exports[Name]> } = {
  'crm/opportunities': opportunities,
  'crm/field_history': fieldHistory,
  'crm/contracts': contracts,
  'psa/projects': projects,
  'psa/resource_requests': resourceRequests,
  'psa/assignments': assignments,
  'psa/milestones': milestones,
  'psa/change_requests': changeRequests,
  'psa/time': time,
  'psa/expenses': expenses,
  'erp/projects': erpProjects,
  'erp/resource_plan': resourcePlan,
  'erp/billing_schedule': billingSchedule,
  'erp/invoices': invoices,
  'erp/credit_notes': creditNotes,
  'erp/payments': payments,
  'erp/fx_rates': fxRates,
  'approvals/requests': approvals,
  'procurement/purchase_requests': purchaseRequests,
  'hr/people': people,
  'hr/leave': leave,
  'hr/calendars': calendars,
  'cs/transitions': transitions
};

export const exportNames = Object.keys(layouts) as ExportName[];
