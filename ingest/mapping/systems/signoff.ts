import { parseSystem, type SystemMappingInput } from '#ingest/mapping/record-mapping.ts';

const approval = { type: 'approval', id: 'id' };
const step = {
  step: 'rounds.steps.step',
  round: { field: 'rounds.round', type: 'number' },
  approver: 'rounds.steps.approver'
} as const;
const decided = {
  in: 'rounds.steps',
  at: 'rounds.steps.decided_at',
  by: ['rounds.steps.delegate', 'rounds.steps.approver'],
  objects: [approval],
  attributes: { ...step, delegate: 'rounds.steps.delegate' }
};

/** Signoff, approvals: rounds of steps, each with its approver; what a request is about is free text. */
export const signoff = parseSystem({
  system: 'Signoff',
  version: '1',
  streams: [
    {
      name: 'requests',
      file: 'approvals/requests.ndjson',
      format: 'ndjson',
      times: { format: 'epoch_ms' },
      id: 'id',
      lists: ['rounds', 'rounds.steps'],
      required: [
        'kind',
        'rounds',
        'rounds.round',
        'rounds.submitted_at',
        'rounds.steps.step',
        'rounds.steps.activated_at'
      ],
      objects: [
        {
          ...approval,
          attributes: {
            kind: 'kind',
            amount: { field: 'amount', type: 'number' },
            currency: 'currency',
            requester: 'requester',
            reference: 'reference'
          }
        }
      ],
      events: [
        {
          in: 'rounds',
          activity: { by: 'rounds.round', is: { 1: 'Approval requested' }, otherwise: 'Approval resubmitted' },
          at: 'rounds.submitted_at',
          by: 'requester',
          objects: [approval],
          attributes: { round: { field: 'rounds.round', type: 'number' } }
        },
        {
          in: 'rounds.steps',
          activity: 'Approval step opened',
          at: 'rounds.steps.activated_at',
          objects: [approval],
          attributes: step
        },
        {
          ...decided,
          activity: {
            by: 'rounds.steps.decision',
            is: { approved: 'Approval step approved', rejected: 'Approval step rejected' }
          }
        }
      ],
      references: [
        {
          from: approval,
          qualifier: 'for',
          to: 'change_request',
          codes: [{ field: 'reference', pattern: 'CR-\\d+' }],
          when: [{ field: 'kind', is: 'change request' }]
        },
        {
          from: approval,
          qualifier: 'for',
          to: 'project',
          codes: [{ field: 'reference', pattern: 'PRJ-\\d+' }],
          when: [{ field: 'kind', is_not: 'change request' }]
        }
      ]
    }
  ]
} satisfies SystemMappingInput);
