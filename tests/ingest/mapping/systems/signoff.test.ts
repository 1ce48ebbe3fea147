import { describe, expect, it } from 'vitest';
import { kinds, ndjson, pick, readStream, told } from '../../staged.ts';

const at = (time: string) => Date.parse(`2025-07-01T${time}Z`);
const step = (
  name: string,
  from: string,
  to: string | null,
  decision: string | null,
  delegate: string | null = null
) => ({
  step: name,
  activated_at: at(from),
  approver: `E-${name}`,
  delegate,
  decided_at: to === null ? null : at(to),
  decision
});
const request = {
  id: 'APR-1',
  reference: 'CR-00231 / PRJ-1042: more interfaces',
  kind: 'change request',
  requester: 'E1',
  amount: 5000,
  currency: 'EUR'
};
const first = {
  round: 1,
  submitted_at: at('08:00:00'),
  steps: [
    step('line manager', '08:00:00', '09:00:00', 'approved'),
    step('legal', '09:00:00', '10:00:00', 'rejected', 'E9')
  ]
};

describe('Signoff', () => {
  it('walks rounds and steps in their order, also where times tie', async () => {
    const second = { round: 2, submitted_at: at('11:00:00'), steps: [step('legal', '11:00:00', null, null)] };
    const staged = await readStream('signoff/requests', ndjson({ ...request, rounds: [first, second] }));
    expect(told(staged)).toMatchObject({
      events: [
        '0 Approval requested @2025-07-01 08:00:00 by E1 → approval APR-1 {"round":1}',
        '1 Approval step opened @2025-07-01 08:00:00 by - → approval APR-1 {"approver":"E-line manager","round":1,"step":"line manager"}',
        '2 Approval step approved @2025-07-01 09:00:00 by E-line manager → approval APR-1 {"approver":"E-line manager","round":1,"step":"line manager"}',
        '3 Approval step opened @2025-07-01 09:00:00 by - → approval APR-1 {"approver":"E-legal","round":1,"step":"legal"}',
        '4 Approval step rejected @2025-07-01 10:00:00 by E9 → approval APR-1 {"approver":"E-legal","delegate":"E9","round":1,"step":"legal"}',
        '5 Approval resubmitted @2025-07-01 11:00:00 by E1 → approval APR-1 {"round":2}',
        '6 Approval step opened @2025-07-01 11:00:00 by - → approval APR-1 {"approver":"E-legal","round":2,"step":"legal"}'
      ],
      objects: [
        'approval APR-1 {"amount":5000,"currency":"EUR","kind":"change request","reference":"CR-00231 / PRJ-1042: more interfaces","requester":"E1"}'
      ],
      references: ['approval APR-1 --for--> change_request CR-00231 ("CR-00231 / PRJ-1042: more interfaces")'],
      quarantine: []
    });
    expect(kinds(staged)).toEqual([]);
  });

  it('keeps the place of an event when an earlier step is decided later', async () => {
    const open = [step('line manager', '08:00:00', null, null), step('legal', '08:00:00', '10:00:00', 'approved')];
    const decided = [step('line manager', '08:00:00', '11:00:00', 'approved'), open[1]];
    const refs = async (steps: unknown) =>
      pick(
        (await readStream('signoff/requests', ndjson({ ...request, rounds: [{ ...first, steps }] }))).event,
        'source_ref',
        'activity'
      );
    const [before, after] = [await refs(open), await refs(decided)];
    expect(after).toEqual(expect.arrayContaining(before));
    expect(after).toHaveLength(before.length + 1);
  });

  it('takes every code of the free text, and says where there is none', async () => {
    const references = async (kind: string, reference: string) =>
      told(await readStream('signoff/requests', ndjson({ ...request, kind, reference, rounds: [first] }))).references;
    expect(await references('project budget', 'PRJ-1042, formerly PRJ-7')).toEqual([
      'approval APR-1 --for--> project PRJ-1042 ("PRJ-1042, formerly PRJ-7")',
      'approval APR-1 --for--> project PRJ-7 ("PRJ-1042, formerly PRJ-7")'
    ]);
    expect(await references('discount', 'for Bosch')).toEqual(['approval APR-1 --for--> project ? ("for Bosch")']);
    expect(await references('write-off', '')).toEqual(['approval APR-1 --for--> project ? ("")']);
    expect(await references('change request', 'PRJ-1')).toEqual(['approval APR-1 --for--> change_request ? ("PRJ-1")']);
  });

  it('takes no step that was decided in no way', async () => {
    const steps = [step('legal', '08:00:00', '09:00:00', null)];
    const staged = await readStream('signoff/requests', ndjson({ ...request, rounds: [{ ...first, steps }] }));
    expect(told(staged).quarantine).toEqual(['record 1, rounds.steps.decision: no rounds.steps.decision']);
  });
});
