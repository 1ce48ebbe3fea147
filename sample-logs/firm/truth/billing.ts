import { type MilestoneRow } from '../rows.ts';
import { amounts } from './delivery.ts';
import { type Facts, firstOf, median, shareOf } from './facts.ts';
import { businessHours, type Wait } from './waits.ts';

export type BillingTruth = ReturnType<typeof billingTruth>;

/** What was planted between the work and the money. */
export function billingTruth(facts: Facts, waits: readonly Wait[]) {
  return { T4: bounces(facts, waits), T16: leakage(facts) };
}

function bounces(facts: Facts, waits: readonly Wait[]) {
  const rows = facts.records.all('psa/milestones');
  const of = (isLine: boolean) => {
    const milestones = rows.filter(({ project }) => (facts.project(project).serviceLine === 'Data') === isLine);
    const decisions = milestones.flatMap(({ history }) =>
      history.filter(({ action }) => action === 'evidence_bounced' || action === 'evidence_accepted')
    );
    const decided = milestones.filter(({ history }) => firstOf(history, 'evidence_accepted') !== undefined);
    const bouncesOf = ({ history }: MilestoneRow): number =>
      history.filter(({ action }) => action === 'evidence_bounced').length;
    const bounced = decided.filter((row) => bouncesOf(row) > 0);
    const hours = waits
      .filter(
        ({ handoff, project, pickedUpAt }) =>
          handoff === 'milestone_to_invoice' && pickedUpAt !== undefined && (project.serviceLine === 'Data') === isLine
      )
      .map(businessHours);
    return {
      submissionsBounced: shareOf(decisions, ({ action }) => action === 'evidence_bounced'),
      firstTimeRight: shareOf(decided, (row) => bouncesOf(row) === 0),
      pingPong: shareOf(decided, (row) => bouncesOf(row) >= 2),
      heldUp: amounts(bounced),
      medianBusinessHours: median(hours)
    };
  };
  const unbilledNow = rows.filter(
    ({ project, history }) =>
      facts.project(project).serviceLine === 'Data' && history.at(-1)?.action === 'evidence_bounced'
  );
  return {
    where: 'first-time-right and ping-pong at milestone_to_invoice; rework by redo; money unbilled',
    serviceLine: 'Data',
    planted: of(true),
    others: of(false),
    bouncedAtNow: { n: unbilledNow.length, amounts: amounts(unbilledNow), milestones: unbilledNow.map(({ id }) => id) }
  };
}

function leakage(facts: Facts) {
  const { records, firm } = facts;
  const { planted } = firm;
  const unbilled = new Set(planted.unbilledMilestones);
  const accepted = records
    .all('psa/milestones')
    .filter(({ history }) => firstOf(history, 'evidence_accepted') !== undefined);
  const forgotten = new Set(planted.unbilledChanges);
  const approved = records
    .all('psa/change_requests')
    .filter(({ history }) => firstOf(history, 'approved') !== undefined);
  return {
    where: 'value controls: accepted milestones never billed, approved changes without a billing line',
    milestones: {
      unbilled: shareOf(accepted, ({ id }) => unbilled.has(id)),
      amounts: amounts(accepted.filter(({ id }) => unbilled.has(id))),
      ids: [...unbilled]
    },
    changes: {
      withoutLine: shareOf(approved, ({ id }) => forgotten.has(id)),
      amounts: amounts(approved.filter(({ id }) => forgotten.has(id))),
      ids: [...forgotten]
    }
  };
}
