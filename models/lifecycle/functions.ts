import type { z } from 'zod';
import type { OrganisationFunction } from './schema.ts';

/** What departments do for a project. A firm's own names of them are in its setup. */
export const functions: z.input<typeof OrganisationFunction>[] = [
  { id: 'sales', name: 'Sales' },
  { id: 'deal_desk', name: 'Deal Desk' },
  { id: 'project_operations', name: 'Project Operations' },
  { id: 'resource_management', name: 'Resource Management' },
  { id: 'procurement', name: 'Procurement' },
  { id: 'delivery', name: 'Delivery' },
  { id: 'finance_operations', name: 'Finance Operations' },
  { id: 'approvers', name: 'Approvers' },
  { id: 'customer_success', name: 'Customer Success' },
  { id: 'integration', name: 'Integration', kind: 'software' },
  { id: 'customer', name: 'Customer', kind: 'outside' }
];
