import { parseSystem, type SystemMappingInput } from '#ingest/mapping/record-mapping.ts';

const request = { type: 'purchase_request', id: 'request_id' };

/** Buydesk, procurement: subcontractors and licences, from the request to the delivery. */
export const buydesk = parseSystem({
  system: 'Buydesk',
  version: '1',
  streams: [
    {
      name: 'purchase_requests',
      file: 'procurement/purchase_requests.csv',
      format: 'csv',
      delimiter: ',',
      id: 'request_id',
      required: ['amount', 'requested_at'],
      objects: [
        {
          ...request,
          attributes: { kind: 'kind', amount: { field: 'amount', type: 'number' }, currency: 'currency' }
        }
      ],
      events: [
        { activity: 'Purchase requested', at: 'requested_at', by: 'requested_by', objects: [request] },
        { activity: 'Purchase picked up', at: 'picked_up_at', by: 'picked_up_by', objects: [request] },
        { activity: 'Purchase ordered', at: 'ordered_at', by: 'ordered_by', objects: [request] },
        { activity: 'Purchase delivered', at: 'delivered_at', objects: [request] }
      ],
      references: [{ from: request, qualifier: 'for', to: 'project', codes: ['project'] }]
    }
  ]
} satisfies SystemMappingInput);
