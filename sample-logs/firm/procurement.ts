import { HOUR, MINUTE, WORKDAY } from './clock.ts';
import { type Process, until } from './engine.ts';
import { type Firm } from './firm.ts';
import { type Person } from './people.ts';
import { cents, type Project } from './project.ts';
import { pickedUp } from './queue.ts';
import { type PurchaseRow } from './rows.ts';

export function requestPurchase(firm: Firm, project: Project, by: Person): PurchaseRow {
  const { random, deal, row } = project;
  return firm.records.add('procurement/purchase_requests', {
    id: firm.ids.next('PR-', 5, 2000),
    project: row.code,
    kind: random.pick(['subcontractor', 'licence']),
    amount: cents(deal.amount * random.between(0.03, 0.18)),
    currency: deal.currency,
    requestedAt: firm.simulation.now,
    requestedBy: by.staff,
    pickedUpAt: null,
    pickedUpBy: null,
    orderedAt: null,
    orderedBy: null,
    deliveredAt: null
  });
}

/** A buyer picks the request up, orders, and the supplier delivers. */
export function* purchase(firm: Firm, project: Project, request: PurchaseRow): Process {
  const { random, deal, office } = project;
  yield* pause(firm, project, random.logNormal(3 * HOUR, 0.6));
  const work = yield* pickedUp(firm, firm.organisation.desks.Procurement[deal.region], {
    service: random.logNormal(70 * MINUTE, 0.4)
  });
  request.pickedUpAt = firm.simulation.now;
  request.pickedUpBy = work.by.staff;
  yield* until(work.by.work.add(work.endsAt, random.logNormal(1.5 * WORKDAY, 0.5)));
  request.orderedAt = firm.simulation.now;
  request.orderedBy = work.by.staff;
  yield* until(office.work.add(firm.simulation.now, random.logNormal(7 * WORKDAY, 0.4)));
  request.deliveredAt = firm.simulation.now;
}

function* pause(firm: Firm, { office }: Project, ms: number): Process {
  yield* until(office.work.add(firm.simulation.now, ms));
}
