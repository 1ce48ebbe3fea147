import { HOUR, MINUTE } from './clock.ts';
import { addDays, dayOf, onWeekday } from './dates.ts';
import { type Process, until } from './engine.ts';
import { acts, type Firm } from './firm.ts';
import { type Deal } from './market.ts';
import { type Person } from './people.ts';
import { openProject } from './initiation.ts';
import { pickedUp } from './queue.ts';
import { type ContractRow, type FieldChangeRow, type OpportunityRow } from './rows.ts';

/** From this day the intake form asks for what project operations of EMEA used to ask back for (T9). */
export const NEW_FORM_SINCE = '2025-10-01';
/** Deals over this amount jump the queue of project operations (T6). */
export const PULLED_FORWARD_ABOVE = 250_000;
/** The account team that leaves mandatory fields empty (T11), without the cell's number. */
export const CARELESS_TEAM = 'Sales AMER West';

/** Sales: from the first call to the deal won or lost; when won, through the deal desk to project operations. */
export function* opportunity(firm: Firm, deal: Deal): Process {
  const { random, office, owner, team } = deal;
  const row = firm.records.add('crm/opportunities', {
    id: firm.ids.salesforce('006', 'opportunity'),
    name: `${deal.customer.name} ${deal.line} ${random.pick(['rollout', 'programme', 'upgrade', 'assessment', 'platform', 'migration'])}`,
    accountId: deal.customer.id,
    accountName: deal.customer.name,
    region: deal.region,
    legalEntity: deal.entity,
    serviceLine: deal.line,
    amount: deal.amount,
    currency: deal.currency,
    owner: owner.staff,
    accountTeam: team.team,
    createdAt: firm.simulation.now,
    createdBy: owner.staff,
    closeDate: onWeekday(addDays(dayOf(deal.endsAt), random.whole(-12, 12)))
  });
  const set = (field: FieldChangeRow['field'], newValue: string, oldValue: string, by: Person = owner): void => {
    firm.records.add('crm/field_history', {
      id: firm.ids.salesforce('017', 'change'),
      opportunity: row.id,
      field,
      oldValue,
      newValue,
      at: firm.simulation.now,
      by: by.staff
    });
  };
  const span = deal.endsAt - deal.createdAt;
  const at = function* (fraction: number): Process {
    yield* until(office.work.next(deal.createdAt + fraction * span));
  };

  const stages = ['Qualification', 'Proposal', 'Negotiation'];
  const reached = deal.isWon ? 3 : random.pick([1, 2, 2, 3]);
  let stage = 'Prospecting';
  let contract: ContractRow | undefined;
  for (const [i, next] of stages.slice(0, reached).entries()) {
    yield* at(0.08 + 0.3 * i + random.between(0, 0.15));
    set('StageName', next, stage);
    stage = next;
    if (i === 1 && random.chance(0.25)) {
      yield* at(0.08 + 0.3 * i + 0.18);
      const before = Math.round((deal.amount * random.between(0.7, 1.25)) / 500) * 500;
      set('Amount', String(deal.amount), String(before));
    }
    if (i === 2 && random.chance(0.3)) {
      yield* at(0.87);
      const date = onWeekday(addDays(dayOf(deal.endsAt), random.whole(0, 5)));
      set('CloseDate', date, row.closeDate);
      row.closeDate = date;
    }
  }
  if (deal.isWon) {
    yield* at(0.92);
    contract = draft(firm, deal, row);
    yield* at(0.97);
    contract.signedAt = firm.simulation.now;
    contract.signedBy = owner.staff;
  }
  yield* until(deal.endsAt);
  set('StageName', deal.isWon ? 'Closed Won' : 'Closed Lost', stage);
  if (contract) yield* handOver(firm, deal, row, contract, set);
}

function draft(firm: Firm, deal: Deal, { id }: OpportunityRow): ContractRow {
  const { random } = deal;
  return firm.records.add('crm/contracts', {
    id: firm.ids.salesforce('800', 'contract'),
    opportunity: id,
    value: deal.amount,
    currency: deal.currency,
    billingModel: deal.billingModel,
    draftedAt: firm.simulation.now,
    draftedBy: deal.owner.staff,
    signedAt: null,
    signedBy: null,
    taxId:
      deal.currency === 'EUR'
        ? `DE${random.whole(100_000_000, 999_999_999)}`
        : `${random.whole(10, 98)}-${random.whole(1_000_000, 9_999_999)}`,
    purchaseOrder: `45${String(random.whole(0, 99_999_999)).padStart(8, '0')}`,
    billingContact: `accounts.payable@${deal.customer.name.toLowerCase().replace(/[^a-z]+/g, '-')}.example`,
    costCentre: `CC-${random.whole(1000, 9899)}`
  });
}

type Set = (field: FieldChangeRow['field'], newValue: string, oldValue: string, by?: Person) => void;

function* handOver(firm: Firm, deal: Deal, row: OpportunityRow, contract: ContractRow, set: Set): Process {
  const { random, owner, region, team, office } = deal;
  const { decks } = firm;
  const isCareless = team.team.startsWith(CARELESS_TEAM);
  const isIncomplete = (isCareless ? decks.incompleteDeal : decks.incompleteElsewhere).draw();
  const staysIncomplete = isIncomplete && isCareless && decks.staysIncomplete.draw();
  const open = isIncomplete ? emptyFields(deal, contract) : undefined;

  let by = yield* acts(firm, owner, team.people, random.logNormal(25 * MINUTE, 0.5));
  set('Deal_Validation__c', 'Submitted', '', by);
  for (let round = 1; ; round += 1) {
    const check = yield* pickedUp(firm, firm.organisation.desks['Deal Desk'][region], {
      service: random.logNormal(30 * MINUTE, 0.4),
      notice: random.logNormal(20 * MINUTE, 0.5)
    });
    yield* until(check.endsAt);
    if (round > 1 || !open) {
      set('Deal_Validation__c', 'Validated', 'Submitted', check.by);
      break;
    }
    set('Deal_Validation__c', 'Returned', 'Submitted', check.by);
    by = yield* acts(firm, owner, team.people, random.logNormal(30 * HOUR, 0.3));
    open.fill(staysIncomplete);
    set('Deal_Validation__c', 'Submitted', 'Returned', by);
  }
  by = yield* acts(firm, owner, team.people, random.logNormal(15 * MINUTE, 0.5));
  const form = region === 'EMEA' && office.dateAt(firm.simulation.now) >= NEW_FORM_SINCE ? 'v2' : 'v1';
  set('Intake_Form__c', form, '', by);
  by = yield* acts(firm, owner, team.people, random.logNormal(10 * MINUTE, 0.5));
  set('Handover__c', 'Released', '', by);

  const bounces = decks.bouncedHandover.draw() || (staysIncomplete && random.chance(0.4));
  for (let round = 1; ; round += 1) {
    const reading = readingTime(deal, form, round);
    const work = yield* pickedUp(firm, firm.organisation.desks['Project Operations'][region], {
      priority: deal.amount > PULLED_FORWARD_ABOVE ? 1 : 0,
      service: reading + random.logNormal(5.8 * HOUR, 0.4)
    });
    yield* until(work.by.work.add(work.startedAt, reading));
    if (round > 1 || !bounces) {
      yield* openProject(firm, deal, row, contract, work.by);
      return;
    }
    set('Handover__c', 'Returned', 'Released', work.by);
    by = yield* acts(firm, owner, team.people, random.logNormal(22 * HOUR, 0.3));
    set('Handover__c', 'Released', 'Returned', by);
  }
}

/**
 * Project operations read the form before they open the project; the old form of EMEA leaves more to find out. A large
 * deal is not only picked up first, it is also read at once.
 */
function readingTime({ random, region, amount }: Deal, form: 'v1' | 'v2', round: number): number {
  if (round > 1) return random.logNormal(20 * MINUTE, 0.3);
  const urgency = amount > PULLED_FORWARD_ABOVE ? 0.3 : 1;
  if (form === 'v2') return urgency * random.logNormal(62 * MINUTE, 0.4);
  return urgency * random.logNormal((region === 'EMEA' ? 1.9 : 1) * HOUR, 0.4);
}

/** Sales left some mandatory fields empty; `fill` brings them, or all but one. */
function emptyFields({ random }: Deal, contract: ContractRow): { fill: (staysIncomplete: boolean) => void } {
  const fields = random.shuffled(['purchaseOrder', 'billingContact', 'costCentre', 'taxId'] as const);
  const empty = fields.slice(0, random.whole(1, 2));
  const values = new Map(empty.map((field) => [field, contract[field]]));
  for (const field of empty) contract[field] = '';
  return {
    fill(staysIncomplete) {
      for (const [i, field] of empty.entries())
        if (!(staysIncomplete && i === 0)) contract[field] = values.get(field) ?? '';
    }
  };
}
