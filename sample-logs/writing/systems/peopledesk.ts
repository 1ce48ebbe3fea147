import type { CalendarRow, LeaveRow, PersonRow } from '../../firm/rows.ts';
import type { CsvLayout, JsonLayout } from '../layout.ts';

export const people: CsvLayout<PersonRow> = {
  file: 'hr/people.csv',
  format: 'csv',
  delimiter: ',',
  key: ({ staff, from }) => `${staff}/${from}`,
  breaks: { id: 'staff_no', time: 'valid_from' },
  columns: [
    ['staff_no', ({ staff }) => staff],
    ['name', ({ name }) => name],
    ['team', ({ team }) => team],
    ['department', ({ department }) => department],
    ['role', ({ role }) => role],
    ['office', ({ office }) => office],
    ['zone', ({ zone }) => zone],
    ['integration', ({ isIntegration }) => String(isIntegration)],
    ['manager', ({ manager }) => manager],
    ['valid_from', ({ from }) => from],
    ['valid_to', ({ to }) => to]
  ]
};

export const leave: CsvLayout<LeaveRow> = {
  file: 'hr/leave.csv',
  format: 'csv',
  delimiter: ',',
  key: ({ id }) => id,
  breaks: {},
  columns: [
    ['id', ({ id }) => id],
    ['staff_no', ({ staff }) => staff],
    ['from', ({ from }) => from],
    ['to', ({ to }) => to],
    ['kind', ({ kind }) => kind]
  ]
};

export const calendars: JsonLayout<CalendarRow> = {
  file: 'hr/calendars.json',
  format: 'json',
  key: ({ office }) => office,
  breaks: {},
  columns: [
    ['office', ({ office }) => office],
    ['zone', ({ zone }) => zone],
    ['hours', ({ hours }) => hours],
    ['holidays', ({ holidays }) => holidays]
  ]
};
