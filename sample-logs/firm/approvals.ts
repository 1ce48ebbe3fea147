import { HOUR, MINUTE, WORKDAY } from './clock.ts';
import { addDays } from './dates.ts';
import { type Process, until } from './engine.ts';
import { acts, type Firm } from './firm.ts';
import { directorsLeave, regions } from './organisation.ts';
import { positionAt, type Person } from './people.ts';
import { type Project, today } from './project.ts';
import { type ApprovalRow, type Instant } from './rows.ts';

type Step = ApprovalRow['rounds'][number]['steps'][number];

/** Amounts above which the finance director has to agree as well. */
const directorAbove: Record<ApprovalRow['kind'], number> = {
  'project budget': 75_000,
  'change request': 5_000,
  discount: 2_500,
  'write-off': 0
};
const REJECTED = 0.1;
const GIVEN_UP = 0.25;

export interface Request {
  kind: ApprovalRow['kind'];
  amount: number;
  /** Why, in the words of who asks. */
  text: string;
  requester: Person;
  change?: string;
  /** T5: who asks approves it too. */
  isOwn?: boolean;
}

export function openApproval(
  firm: Firm,
  project: Project,
  { kind, amount, text, requester, change }: Request
): ApprovalRow {
  const { code } = project.row;
  return firm.records.add('approvals/requests', {
    id: firm.ids.next('APR-', 6),
    reference: change ? `${change} / ${code}: ${text}` : `${code}: ${text}`,
    kind,
    requester: requester.staff,
    amount,
    currency: project.deal.currency,
    rounds: []
  });
}

/** One step after the other, and a second round after a rejection. */
export function* approval(firm: Firm, project: Project, request: Request): Process<'approved' | 'rejected'> {
  const { random } = project;
  const row = openApproval(firm, project, request);
  const steps: Step['step'][] = ['line manager'];
  if (request.amount > directorAbove[request.kind]) steps.push('finance director');
  if (random.chance(0.1)) steps.push('legal');
  for (let round = 1; ; round += 1) {
    const rejects = random.chance(round === 1 ? REJECTED : 0.02) ? random.pick(steps) : undefined;
    const opened: Step[] = [];
    row.rounds.push({ round, submittedAt: firm.simulation.now, steps: opened });
    let isRejected = false;
    for (const step of steps) {
      isRejected = step === rejects;
      yield* decide(firm, project, request, opened, step, isRejected ? 'rejected' : 'approved');
      if (isRejected) break;
    }
    if (!isRejected) return 'approved';
    if (request.kind !== 'project budget' && random.chance(GIVEN_UP)) return 'rejected';
    yield* acts(firm, request.requester, [], random.logNormal(7 * HOUR, 0.5));
  }
}

function* decide(
  firm: Firm,
  project: Project,
  { requester, isOwn }: Request,
  opened: Step[],
  step: Step['step'],
  decision: 'approved' | 'rejected'
): Process {
  const approver = isOwn && step === 'line manager' ? requester : approverOf(firm, project, step, requester);
  const activatedAt = firm.simulation.now;
  const entry: Step = { step, activatedAt, approver: approver.staff, delegate: null, decidedAt: null, decision: null };
  opened.push(entry);
  const needs = Math.max(20 * MINUTE, project.random.logNormal((step === 'legal' ? 6 : 4) * HOUR, 0.55));
  let at = approver.work.add(activatedAt, needs);
  if (isAwayBetween(approver, activatedAt, at, needs) && !hasNoDelegate(firm, approver, activatedAt, at)) {
    for (const delegate of peers(firm, project, step)) {
      if (delegate === approver || delegate === requester) continue;
      const sooner = delegate.work.add(activatedAt, needs);
      if (sooner < at) [at, entry.delegate] = [sooner, delegate.staff];
    }
  }
  yield* until(at);
  entry.decidedAt = firm.simulation.now;
  entry.decision = decision;
}

const isAwayBetween = ({ office }: Person, from: Instant, to: Instant, needs: number): boolean =>
  to === Infinity || office.work.between(from, to) - needs >= WORKDAY;

/** T3: nobody acts for the finance director of EMEA during three weeks. */
function hasNoDelegate({ organisation }: Firm, approver: Person, from: Instant, to: Instant): boolean {
  if (approver !== organisation.approvers.EMEA.director || to === Infinity) return false;
  const { office } = approver;
  return office.dateAt(from) <= directorsLeave.to && office.dateAt(to) > directorsLeave.to;
}

function approverOf(firm: Firm, project: Project, step: Step['step'], requester: Person): Person {
  const approvers = firm.organisation.approvers[project.deal.region];
  if (step === 'finance director') return approvers.director;
  if (step === 'legal') return approvers.legal;
  const date = today(firm, project.office);
  // Nothing new goes to somebody who is about to leave.
  const there = approvers.lineManagers.filter(
    (person) => positionAt(person, date) && positionAt(person, addDays(date, 21)) && person !== requester
  );
  return there[Number(project.row.code.slice(4)) % there.length] as Person;
}

function peers({ organisation }: Firm, { deal }: Project, step: Step['step']): Person[] {
  const { lineManagers } = organisation.approvers[deal.region];
  if (step === 'line manager') return lineManagers;
  return regions.map((region) => organisation.approvers[region][step === 'legal' ? 'legal' : 'director']);
}
