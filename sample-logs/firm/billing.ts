import { DAY, HOUR, MINUTE, WORKDAY } from './clock.ts';
import { addDays, addWeekdays, dayOf, lastDayOf, monthsOf, onWeekday } from './dates.ts';
import { fired, type Process, type Signal, until } from './engine.ts';
import { acts, type Firm } from './firm.ts';
import { type Person } from './people.ts';
import { cents, type Project, step, today } from './project.ts';
import { pickedUp } from './queue.ts';
import { type Random } from './rng.ts';
import { type BillingLineRow, type Instant, type InvoiceRow, type MilestoneRow } from './rows.ts';
import { addLine } from './setup.ts';

const CHECK = 22 * MINUTE;
const POST = 15 * MINUTE;
/** Working time that delivery needs to complete evidence that bounced. */
const COMPLETE = 38 * HOUR;

/** A milestone: reached, its evidence submitted by delivery, checked by Finance Operations, then invoiced. */
export function* milestone(firm: Firm, project: Project, row: MilestoneRow, isReached: Signal): Process {
  const { random, deal, manager, deputies } = project;
  const worker = random.pick(project.assignments)?.person ?? manager;
  const reaching = yield* acts(firm, manager, deputies, random.logNormal(2 * HOUR, 0.5));
  step(firm, row.history, reaching, 'reached');
  firm.simulation.fire(isReached);
  yield* fired(project.isSetUp);
  row.evidenceDelivered = Math.max(1, row.evidenceRequired - (random.chance(0.2) ? 1 : 0));
  let by = yield* acts(firm, worker, [manager, ...deputies], random.logNormal(5 * HOUR, 0.5));
  step(firm, row.history, by, 'evidence_submitted');
  let checker: Person;
  for (let round = 1; ; round += 1) {
    const check = yield* pickedUp(firm, project.finance, {
      service: random.logNormal(CHECK, 0.4),
      notice: random.logNormal(1.5 * HOUR, 0.6)
    });
    yield* until(check.endsAt);
    const deck = deal.line === 'Data' ? firm.decks.bounceOfData : firm.decks.bounceOfOthers;
    if (round > 3 || !deck.draw()) {
      row.evidenceDelivered = row.evidenceRequired;
      step(firm, row.history, check.by, 'evidence_accepted');
      checker = check.by;
      break;
    }
    step(
      firm,
      row.history,
      check.by,
      'evidence_bounced',
      random.pick(['signature missing', 'acceptance protocol missing', 'hours do not match'])
    );
    by = yield* acts(firm, by, [manager, ...deputies], random.logNormal(COMPLETE, 0.4));
    step(firm, row.history, by, 'evidence_submitted');
  }
  if (firm.decks.unbilledMilestone.draw()) {
    firm.planted.unbilledMilestones.push(row.id);
    return;
  }
  const colleagues = project.finance.members.map(({ person }) => person);
  yield* acts(firm, checker, colleagues, random.logNormal(3 * HOUR, 0.5));
  const line = project.lines.find(({ reference }) => reference === row.id);
  if (line) yield* bill(firm, project, line, row.id, row.amount);
}

/** Months of time and material are billed as worked, those of a retainer as agreed. */
export function* bills(firm: Firm, project: Project, startsOn: string, endsAt: number): Process {
  const { deal, random, office } = project;
  const planned = project.assignments.reduce((sum, { row }) => sum + row.hours, 0);
  const rate = deal.amount / Math.max(1, planned);
  const lines = [...project.lines];
  for (const [i, month] of monthsOf(startsOn, office.dateAt(endsAt)).entries()) {
    yield* until(office.at(addDays(lastDayOf(month), 1), 9));
    yield* fired(project.isSetUp);
    const isFirst = i === 0;
    if (isFirst && project.startsEarly) {
      // T15: hours from before the set-up are not in the ERP's first run; some are never found again.
      if (random.chance(1 / 3)) continue;
      yield* until(office.work.add(firm.simulation.now, random.logNormal(16 * WORKDAY, 0.2)));
    }
    if (lines.length === 0) lines.push(...project.lines);
    const amount =
      deal.billingModel === 'T&M' ? cents((project.worked.get(month) ?? 0) * rate) : (lines[i]?.amount ?? 0);
    if (amount <= 0) continue;
    firm.simulation.start(billMonth(firm, project, lines[i], amount));
  }
}

function* billMonth(firm: Firm, project: Project, line: BillingLineRow | undefined, amount: number): Process {
  yield* until(project.office.work.add(firm.simulation.now, project.random.logNormal(10 * HOUR, 0.5)));
  const plannedDate = addWeekdays(today(firm, project.office), 3);
  // A month that was not planned gets a line of its own when it is billed.
  yield* bill(firm, project, line ?? { reference: '', plannedDate, amount }, '', amount);
}

/** An invoice is posted and sent, then paid; a few are taken back, in part or as a whole and then written again. */
export function* bill(
  firm: Firm,
  project: Project,
  planned: BillingLineRow | { reference: string; plannedDate: string; amount: number },
  milestoneId: string,
  amount: number
): Process {
  const { random, deal } = project;
  const work = yield* pickedUp(firm, project.finance, { service: random.logNormal(POST, 0.4) });
  yield* until(work.endsAt);
  const line = 'id' in planned ? planned : addLine(firm, project, planned, work.by);
  const post = function* (): Process<InvoiceRow> {
    const invoice = firm.records.add('erp/invoices', {
      id: firm.ids.next('RE-', 6),
      erpProject: project.erp?.number ?? '',
      billingLine: line.id,
      milestone: milestoneId,
      amount,
      currency: deal.currency,
      postedAt: firm.simulation.now,
      postedBy: work.by.staff,
      sentAt: null,
      dueDate: addDays(dayOf(firm.simulation.now), 30)
    });
    yield* until(work.by.work.add(firm.simulation.now, random.logNormal(2 * HOUR, 0.6)));
    invoice.sentAt = firm.simulation.now;
    return invoice;
  };
  const invoice = yield* post();
  if (!firm.decks.creditNote.draw()) {
    firm.simulation.start(payment(firm, project, invoice, amount));
    return;
  }
  const isFull = random.chance(0.4);
  const credit = isFull ? amount : cents(amount * random.between(0.05, 0.2));
  yield* until(project.office.work.add(firm.simulation.now, random.logNormal(6 * WORKDAY, 0.4)));
  firm.records.add('erp/credit_notes', {
    id: firm.ids.next('GS-', 5, 2000),
    invoice: invoice.id,
    amount: credit,
    currency: deal.currency,
    reason: isFull
      ? random.pick(['wrong amount', 'wrong recipient'])
      : random.pick(['wrong amount', 'missing evidence', 'goodwill']),
    postedAt: firm.simulation.now,
    postedBy: work.by.staff,
    isFull
  });
  if (!isFull) firm.simulation.start(payment(firm, project, invoice, cents(amount - credit)));
  else {
    yield* until(work.by.work.add(firm.simulation.now, random.logNormal(4 * HOUR, 0.4)));
    firm.simulation.start(payment(firm, project, yield* post(), amount));
  }
}

/** Money comes some days around the due date; one in eight customers is late, some pay in two parts. */
function* payment(firm: Firm, project: Project, invoice: InvoiceRow, amount: number): Process {
  const { random } = project;
  const days = random.chance(0.12) ? random.logNormal(43, 0.1) : random.logNormal(31, 0.16);
  const receive = (part: number, isFinal: boolean): void => {
    firm.records.add('erp/payments', {
      id: firm.ids.next('ZE-', 6),
      invoice: invoice.id,
      amount: part,
      currency: invoice.currency,
      receivedAt: firm.simulation.now,
      isFinal
    });
  };
  yield* until(statement(firm, random, firm.simulation.now + days * DAY));
  const first = firm.decks.partPayment.draw() ? cents(amount * random.between(0.4, 0.7)) : amount;
  receive(first, first === amount);
  if (first === amount) return;
  yield* until(statement(firm, random, firm.simulation.now + random.logNormal(12, 0.3) * DAY));
  receive(cents(amount - first), true);
}

/** When statements of the bank come in, UTC; the first payments of a day are spread over all of it. */
const statements = [14, 10, 17, 8, 12, 19, 15.5, 6.5, 13, 9, 16, 11, 18] as const;

/** The bank's statements come on weekdays, whatever the offices' holidays; not at Christmas and New Year. */
function statement({ payments }: Firm, random: Random, instant: Instant): Instant {
  let date = onWeekday(dayOf(instant));
  while (['12-25', '12-26', '01-01'].includes(date.slice(5))) date = addWeekdays(date, 1);
  const number = payments.get(date) ?? 0;
  payments.set(date, number + 1);
  const hour = statements[number % statements.length] ?? 12;
  return Date.parse(`${date}T00:00:00Z`) + hour * HOUR + random.between(0, 15) * MINUTE;
}
