import type { ApprovalRow } from '../../firm/rows.ts';
import type { JsonLayout } from '../layout.ts';

export const approvals: JsonLayout<ApprovalRow> = {
  file: 'approvals/requests.ndjson',
  format: 'ndjson',
  key: ({ id }) => id,
  // Its times are milliseconds: no text of a date that could be impossible.
  breaks: { id: 'id', amount: 'amount' },
  columns: [
    ['id', ({ id }) => id],
    ['reference', ({ reference }) => reference],
    ['kind', ({ kind }) => kind],
    ['requester', ({ requester }) => requester],
    ['amount', ({ amount }) => amount],
    ['currency', ({ currency }) => currency],
    [
      'rounds',
      ({ rounds }) =>
        rounds.map(({ round, submittedAt, steps }) => ({
          round,
          submitted_at: submittedAt,
          steps: steps.map(({ step, activatedAt, approver, delegate, decidedAt, decision }) => ({
            step,
            activated_at: activatedAt,
            approver,
            delegate,
            decided_at: decidedAt,
            decision
          }))
        }))
    ]
  ]
};
