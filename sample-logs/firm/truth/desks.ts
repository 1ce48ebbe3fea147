import { HOUR, NOW } from '../clock.ts';
import { weekdayOf } from '../dates.ts';
import { directorsLeave, GMBH, INC, regions } from '../organisation.ts';
import { FIRST_STAFFING, RESOURCE_MANAGERS_LOAD } from '../staffing.ts';
import { SETUP_HOURS } from '../setup.ts';
import { deskOffice, type Facts, financeOffice, iso, median, round, shareOf } from './facts.ts';
import { businessHours, type Wait, wallHours } from './waits.ts';

export type DesksTruth = ReturnType<typeof desksTruth>;

/** What was planted in how teams take up work. */
export function desksTruth(facts: Facts, waits: readonly Wait[]) {
  return { T1: batches(waits), T2: oneManager(facts, waits), T3: directorAway(facts) };
}

function batches(waits: readonly Wait[]) {
  const setUps = waits.filter(
    ({ handoff, pickedUpAt }) => handoff === 'staffing_to_finance_setup' && pickedUpAt !== undefined
  );
  const [from, to] = SETUP_HOURS.map((time) => Number(time.slice(0, 2)));
  const of = (entity: string) => {
    const group = setUps.filter(({ project }) => project.legalEntity === entity);
    const office = financeOffice(entity);
    return {
      // It begins in a window; a window's last may be turned to a moment later.
      within: shareOf(group, ({ pickedUpAt = 0 }) => {
        const date = office.dateAt(pickedUpAt);
        return (
          [2, 4].includes(weekdayOf(date)) &&
          pickedUpAt >= office.at(date, from ?? 0) &&
          pickedUpAt < office.at(date, to ?? 0)
        );
      }),
      medianWallHours: median(group.map(wallHours)),
      medianBusinessHours: median(group.map(businessHours))
    };
  };
  return {
    where: 'batching is the largest cause at staffing_to_finance_setup, in one entity only',
    legalEntity: GMBH,
    weekdays: ['tue', 'thu'],
    hours: SETUP_HOURS,
    planted: of(GMBH),
    others: { legalEntity: INC, ...of(INC) }
  };
}

function oneManager(facts: Facts, waits: readonly Wait[]) {
  const [member] = facts.firm.organisation.desks['Resource Management'].AMER.members;
  const available = member?.work.between(FIRST_STAFFING, NOW) ?? 0;
  // What was begun and is not done counts up to now.
  const ahead = member && member.busyUntil > NOW ? member.work.between(NOW, member.busyUntil) : 0;
  const requests = waits.filter(({ handoff }) => handoff === 'delivery_to_staffing');
  const halves = ['2024-07', '2025-01', '2025-07', '2026-01', '2026-07'].map((month) =>
    Date.parse(`${month}-01T00:00:00Z`)
  );
  return {
    where: 'contention and a growing queue at delivery_to_staffing, in one region only',
    region: 'AMER',
    person: member?.person.staff ?? '',
    planted: RESOURCE_MANAGERS_LOAD,
    load: round(((member?.busyFor ?? 0) - ahead) / Math.max(1, available), 3),
    regions: Object.fromEntries(
      regions.map((region) => {
        const group = requests.filter(({ project }) => project.region === region);
        const done = group.filter(({ pickedUpAt }) => pickedUpAt !== undefined);
        const trend = halves.slice(0, -1).map((from, i) => {
          const to = halves[i + 1] ?? NOW;
          const hours = done.filter(({ pickedUpAt = 0 }) => pickedUpAt >= from && pickedUpAt < to).map(businessHours);
          const days = [...daysBetween(from, Math.min(to, NOW))];
          const lengths = days.map(
            (at) => group.filter(({ releasedAt, pickedUpAt = Infinity }) => releasedAt <= at && pickedUpAt > at).length
          );
          return {
            from: iso(from).slice(0, 10),
            n: hours.length,
            medianBusinessHours: median(hours),
            meanQueue: round(lengths.reduce((a, b) => a + b, 0) / Math.max(1, lengths.length), 2)
          };
        });
        return [
          region,
          {
            n: done.length,
            medianBusinessHours: median(done.map(businessHours)),
            open: group.length - done.length,
            trend
          }
        ];
      })
    )
  };
}

function* daysBetween(from: number, to: number): Generator<number> {
  for (let at = from + 15 * HOUR; at < to; at += 24 * HOUR) if (weekdayOf(iso(at).slice(0, 10)) % 6 !== 0) yield at;
}

function directorAway(facts: Facts) {
  const { director } = facts.firm.organisation.approvers.EMEA;
  const office = deskOffice.EMEA;
  const [from, to] = [office.at(directorsLeave.from, 0), office.at(directorsLeave.to, 24)];
  const steps = facts.records
    .all('approvals/requests')
    .flatMap(({ id, rounds }) => rounds.flatMap((round) => round.steps.map((step) => ({ id, ...step }))))
    .filter(({ approver }) => approver === director.staff);
  const during = steps.filter(({ activatedAt, decidedAt }) => activatedAt < to && (decidedAt ?? NOW) > from);
  const heldUp = during.filter(({ decidedAt }) => (decidedAt ?? NOW) >= to);
  const hours = (list: typeof steps): number | null =>
    median(
      list.flatMap(({ activatedAt, decidedAt }) => (decidedAt === null ? [] : [(decidedAt - activatedAt) / HOUR]))
    );
  return {
    where: 'unavailability, and the approval latency of that step; approvals that were open then',
    person: director.staff,
    step: 'finance director',
    leave: directorsLeave,
    delegatedDuringLeave: during.filter(({ delegate, activatedAt }) => delegate !== null && activatedAt >= from).length,
    heldUp: { n: heldUp.length, medianWallHours: hours(heldUp), approvals: heldUp.map(({ id }) => id) },
    otherwise: {
      n: steps.length - during.length,
      medianWallHours: hours(steps.filter((step) => !during.includes(step)))
    }
  };
}
