import { parseSystem, type SystemMappingInput } from '#ingest/mapping/record-mapping.ts';

const date = (field: string) => ({ field, type: 'date' }) as const;

/** Peopledesk, HR: who belongs to which team from when on, leave, and the calendars of the offices. */
export const peopledesk = parseSystem({
  system: 'Peopledesk',
  version: '1',
  streams: [
    {
      name: 'people',
      file: 'hr/people.csv',
      format: 'csv',
      delimiter: ',',
      times: { zone: { field: 'zone' } },
      id: ['staff_no', 'valid_from'],
      required: ['team', 'zone'],
      objects: [{ type: 'person', id: 'staff_no' }],
      changes: [
        {
          type: 'person',
          id: 'staff_no',
          at: 'valid_from',
          attributes: {
            name: 'name',
            team: 'team',
            department: 'department',
            role: 'role',
            office: 'office',
            zone: 'zone',
            integration: { field: 'integration', type: 'boolean' },
            manager: 'manager',
            valid_to: date('valid_to')
          }
        }
      ]
    },
    {
      name: 'leave',
      file: 'hr/leave.csv',
      format: 'csv',
      delimiter: ',',
      id: 'id',
      required: ['staff_no', 'from', 'to'],
      objects: [{ type: 'leave', id: 'id', attributes: { from: date('from'), to: date('to'), kind: 'kind' } }],
      links: [{ from: { type: 'leave', id: 'id' }, qualifier: 'of', to: { type: 'person', id: 'staff_no' } }]
    },
    {
      name: 'calendars',
      file: 'hr/calendars.json',
      format: 'json',
      id: 'office',
      required: ['zone', 'hours'],
      objects: [
        {
          type: 'calendar',
          id: 'office',
          attributes: {
            zone: 'zone',
            hours: { field: 'hours', type: 'json' },
            holidays: { field: 'holidays', type: 'json' }
          }
        }
      ]
    }
  ]
} satisfies SystemMappingInput);
