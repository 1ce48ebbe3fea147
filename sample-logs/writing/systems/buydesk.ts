import type { Instant, PurchaseRow } from '../../firm/rows.ts';
import type { CsvLayout } from '../layout.ts';
import { isoUtc } from '../times.ts';

const timeOrNothing = (at: Instant | null) => (at === null ? null : isoUtc(at));

export const purchaseRequests: CsvLayout<PurchaseRow> = {
  file: 'procurement/purchase_requests.csv',
  format: 'csv',
  delimiter: ',',
  key: ({ id }) => id,
  breaks: { id: 'request_id', time: 'requested_at', amount: 'amount' },
  columns: [
    ['request_id', ({ id }) => id],
    ['project', ({ project }) => project],
    ['kind', ({ kind }) => kind],
    ['amount', ({ amount }) => amount],
    ['currency', ({ currency }) => currency],
    ['requested_at', ({ requestedAt }) => isoUtc(requestedAt)],
    ['requested_by', ({ requestedBy }) => requestedBy],
    ['picked_up_at', ({ pickedUpAt }) => timeOrNothing(pickedUpAt)],
    ['picked_up_by', ({ pickedUpBy }) => pickedUpBy],
    ['ordered_at', ({ orderedAt }) => timeOrNothing(orderedAt)],
    ['ordered_by', ({ orderedBy }) => orderedBy],
    ['delivered_at', ({ deliveredAt }) => timeOrNothing(deliveredAt)]
  ]
};
