import type { Instant, TransitionRow } from '../../firm/rows.ts';
import type { CsvLayout } from '../layout.ts';
import { isoUtc } from '../times.ts';

const timeOrNothing = (at: Instant | null) => (at === null ? null : isoUtc(at));

export const transitions: CsvLayout<TransitionRow> = {
  file: 'cs/transitions.csv',
  format: 'csv',
  delimiter: ',',
  key: ({ id }) => id,
  breaks: { id: 'id', time: 'created_at' },
  columns: [
    ['id', ({ id }) => id],
    ['project', ({ project }) => project],
    ['created_at', ({ createdAt }) => isoUtc(createdAt)],
    ['created_by', ({ createdBy }) => createdBy],
    ['accepted_at', ({ acceptedAt }) => timeOrNothing(acceptedAt)],
    ['accepted_by', ({ acceptedBy }) => acceptedBy],
    ['completed_at', ({ completedAt }) => timeOrNothing(completedAt)],
    ['completed_by', ({ completedBy }) => completedBy],
    ['due_date', ({ dueDate }) => dueDate],
    ['renewal_date', ({ renewalDate }) => renewalDate]
  ]
};
