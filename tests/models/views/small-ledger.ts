import type { Store } from '#models/store/store.ts';
import { ident, sql } from '#models/store/sql.ts';
import { freshLedger } from '#models/views/handoff-ledger.ts';
import type { WrittenRecord } from '../log/record-fixture.ts';
import { employee, functions, office } from '../../mining/office.ts';
import { load, startFirm, thing } from './firm.ts';

export const NOW = '2024-03-20T12:00:00Z';
export const HOUR = 3_600_000;

/** Berlin works from 8 to 16 h UTC in winter and from 7 to 15 h in summer, New York from 14 to 22 h and 13 to 21 h. */
export const people = [
  office('BER', 'Europe/Berlin', ['2024-03-29', '2024-04-01']),
  office('NYC', 'America/New_York'),
  employee('f1', { department: 'Finance', office: 'BER' }),
  employee('f2', { department: 'Finance', office: 'NYC' }),
  employee('d1', { department: 'Delivery', office: 'NYC' }),
  employee('s1', { department: 'Staffing', office: 'BER' }),
  employee('b1', { department: 'Buying', office: 'NYC' }),
  employee('a1', { department: 'Approvers', office: 'BER' }),
  employee('bot', { department: 'Software', office: 'BER', integration: true })
];
export const project = (id: string, more: object = {}, links: string[] = []): WrittenRecord =>
  thing(`project:${id}`, [], links, {
    ...{ region: 'EMEA', legal_entity: 'GmbH', service_line: 'Cloud', currency: 'EUR' },
    ...more
  });
export const by = (resource: string) => ({ resource });
export type Events = Parameters<typeof thing>[1];
export const milestone = (id: string, events: Events, amount = 1000, of = 'P1'): WrittenRecord =>
  thing(`milestone:${id}`, events, [`part_of project:${of}`], { amount });
/** Makes a log of the firm of these tests. */
export const firm = async (store: Store, log: string, records: WrittenRecord[], setup: object = {}): Promise<void> => {
  await startFirm(store, log, { functions, now: NOW, ...setup });
  await load(store, log, [...people, ...records]);
};

export interface Told {
  id: string;
  status: string;
  holder: string | null;
  team: string | null;
  since: string | null;
  rounds: number;
  bounces: number;
  right: boolean | null;
  picked_up: string | null;
  receiver: [wall: number, business: number | null];
  sender: [wall: number, business: number | null];
  money: number | null;
  goal: number | null;
  due: string | null;
  within: boolean | null;
  late: number | null;
}

/** The handoffs of one kind by anchor, times in hours. */
export async function told(store: Store, log: string, handoff: string): Promise<Record<string, Told>> {
  const ledger = await freshLedger(store, log);
  const hours = (ms: number | null) => (ms === null ? null : ms / HOUR);
  const rows = await store.engine.query<Record<string, never>>(sql`
    select h.* exclude (first_release, final_pick_up, holder_since, due_at, goal_ms, late_wall_ms, receiver_wall_ms,
        sender_wall_ms, receiver_business_ms, sender_business_ms), t.value as team,
      strftime(final_pick_up, '%m-%d %H:%M') as picked_up, strftime(holder_since, '%m-%d %H:%M') as since,
      strftime(due_at, '%m-%d %H:%M') as due, goal_ms::double as goal_ms, late_wall_ms::double as late,
      receiver_wall_ms::double as rw, sender_wall_ms::double as sw, receiver_business_ms::double as rb,
      sender_business_ms::double as sb
    from ${ident(ledger.handoffs)} h
    left join (select id, value from term where log_id = ${ledger.logId} and kind = 'team') t on t.id = h.holder_team
    where handoff = ${handoff}`);
  return Object.fromEntries(
    rows.map((row) => [
      row['anchor_id'],
      {
        ...{ id: row['anchor_id'], status: row['status'], holder: row['holder'], team: row['team'] },
        ...{ since: row['since'], rounds: row['rounds'], bounces: row['bounces'], right: row['first_time_right'] },
        picked_up: row['picked_up'],
        receiver: [hours(row['rw'] as never), hours(row['rb'] as never)],
        sender: [hours(row['sw'] as never), hours(row['sb'] as never)],
        ...{ money: row['money'], goal: hours(row['goal_ms'] as never), due: row['due'] },
        ...{ within: row['within_goal'], late: hours(row['late'] as never) }
      } as unknown as Told
    ])
  );
}

/** The rounds of one anchor as `released → received (outcome, working hours)`. */
export async function roundsOf(store: Store, log: string, handoff: string, anchor: string): Promise<string[]> {
  const ledger = await freshLedger(store, log);
  const rows = await store.engine.query<{ said: string }>(sql`
    select printf('%s → %s (%s, %s h)', strftime(released_at, '%d %H:%M'), coalesce(strftime(received_at, '%d %H:%M'), '–'),
      outcome, coalesce((r.business_ms / 3600000)::varchar, '?')) as said
    from ${ident(ledger.rounds)} r join ${ident(ledger.handoffs)} h using (handoff, anchor_no)
    where handoff = ${handoff} and anchor_id = ${anchor} order by round`);
  return rows.map(({ said }) => said);
}
