import { parseSystem, type SystemMappingInput } from '#ingest/mapping/record-mapping.ts';

const transition = { type: 'cs_transition', id: 'id' };

/** Aftercare, customer success: what happens with a customer when the project is over. */
export const aftercare = parseSystem({
  system: 'Aftercare',
  version: '1',
  streams: [
    {
      name: 'transitions',
      file: 'cs/transitions.csv',
      format: 'csv',
      delimiter: ',',
      id: 'id',
      required: ['created_at'],
      objects: [
        {
          ...transition,
          attributes: {
            due_date: { field: 'due_date', type: 'date' },
            renewal_date: { field: 'renewal_date', type: 'date' }
          }
        }
      ],
      events: [
        { activity: 'Transition prepared', at: 'created_at', by: 'created_by', objects: [transition] },
        { activity: 'Transition accepted', at: 'accepted_at', by: 'accepted_by', objects: [transition] },
        { activity: 'Transition completed', at: 'completed_at', by: 'completed_by', objects: [transition] }
      ],
      references: [{ from: transition, qualifier: 'for', to: 'project', codes: ['project'] }]
    }
  ]
} satisfies SystemMappingInput);
