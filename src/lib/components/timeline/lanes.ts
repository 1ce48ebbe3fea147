import type { CaseDetail } from '#mining/case-detail.ts';
import { inWords, plural } from '../names.ts';

export type CaseEvent = CaseDetail['events'][number];
export type ObjectName = CaseEvent['objects'][number];

export const laneKinds = [
  { key: 'system', name: 'system' },
  { key: 'team', name: 'team' },
  { key: 'object', name: 'object' },
  { key: 'resource', name: 'person' },
  { key: 'role', name: 'role' },
  { key: 'legal_entity', name: 'legal entity' },
  { key: 'activity', name: 'activity' }
] as const;
export type LaneKind = (typeof laneKinds)[number]['key'];

const named = (events: CaseEvent[], key: LaneKind): Set<string> =>
  new Set(
    events.flatMap((event) => {
      const name = key === 'object' ? event.objects.length > 1 && 'several' : event[key];
      return name ? [name] : [];
    })
  );

/** The kinds that this case's events name at all; activity always. */
export const namedKinds = (events: CaseEvent[]) => laneKinds.filter(({ key }) => named(events, key).size > 0);

/** By system where several wrote, else by team, else by what there is. */
export function usualKind(events: CaseEvent[]): LaneKind {
  if (named(events, 'system').size > 1) return 'system';
  return (['team', 'resource', 'role', 'system'] as const).find((key) => named(events, key).size > 0) ?? 'activity';
}

export const objectKey = ({ type, id }: ObjectName): string => `${type}:${id}`;

export interface Lane {
  key: string;
  name: string;
  /** What the name is of: "Finance Operations" of a person, "invoice" of an object. */
  note: string;
  /** A type whose objects share this lane or, opened, have one each; it can be switched. */
  type: string | null;
  events: CaseEvent[];
}

/** Objects of one type that are more than this share a lane until they are opened. */
export const SHARED = 4;

/**
 * Lanes in order of first appearance; nothing here knows pixels or time.
 *
 * @param own the case's own object: every event touches it, so it says nothing about any
 * @param opened types of objects that have a lane for each object
 */
export function lanesOf(
  events: CaseEvent[],
  kind: LaneKind,
  { own, opened = [] }: { own: ObjectName; opened?: readonly string[] }
): Lane[] {
  const lanes = new Map<string, Lane>();
  const into = (lane: Omit<Lane, 'events'>, event: CaseEvent) => {
    const known = lanes.get(lane.key) ?? { ...lane, events: [] };
    known.events.push(event);
    lanes.set(lane.key, known);
  };
  if (kind === 'object') {
    const primary = primaryObjects(events, own);
    const counts = new Map<string, Set<string>>();
    for (const { type, id } of primary) counts.set(type, (counts.get(type) ?? new Set()).add(id));
    for (const [index, event] of events.entries()) {
      const { type, id } = primary[index] ?? own;
      const count = counts.get(type)?.size ?? 1;
      if (count > SHARED && !opened.includes(type))
        into({ key: `${type}:`, name: `${count} ${plural(type)}`, note: '', type }, event);
      else
        into(
          { key: objectKey({ type, id }), name: id, note: inWords(type), type: count > SHARED ? type : null },
          event
        );
    }
  } else {
    for (const event of events) {
      const key = event[kind] ?? '';
      const name = kind === 'resource' && event.resource_name ? event.resource_name : key || 'not known';
      into({ key, name, note: kind === 'resource' ? (event.team ?? '') : '', type: null }, event);
    }
  }
  return [...lanes.values()];
}

/**
 * The one object that each event is about: of those it touches, the one that the fewest events of the case share, so
 * the invoice and not its project; the case's own object only where there is no other.
 */
function primaryObjects(events: CaseEvent[], own: ObjectName): ObjectName[] {
  const shared = new Map<string, number>();
  for (const { objects } of events)
    for (const object of objects) shared.set(objectKey(object), (shared.get(objectKey(object)) ?? 0) + 1);
  const ownKey = objectKey(own);
  const rank = (object: ObjectName) =>
    objectKey(object) === ownKey ? Number.MAX_SAFE_INTEGER : (shared.get(objectKey(object)) ?? 0);
  return events.map(({ objects }) => objects.reduce((best, next) => (rank(next) < rank(best) ? next : best), own));
}

/** One activity that comes again and again: said once, with its count and the sum of its hours. */
export interface Run {
  events: CaseEvent[];
  activity: string;
  /** Sum of the attribute `hours`; null where they have none. */
  hours: number | null;
}

export function runOf(events: CaseEvent[]): Run {
  const hours = events.map(({ attributes }) => Number(attributes['hours'] ?? Number.NaN));
  const known = hours.filter(Number.isFinite);
  return {
    events,
    activity: events[0]?.activity ?? '',
    hours: known.length > 0 ? known.reduce((sum, one) => sum + one, 0) : null
  };
}

/** What the list shows: events one by one, or at least `least` of one activity in a row as a run. */
export function withRuns(events: CaseEvent[], least = 4): (CaseEvent | Run)[] {
  const rows: (CaseEvent | Run)[] = [];
  for (let from = 0; from < events.length;) {
    const activity = events[from]?.activity;
    let to = from + 1;
    while (events[to]?.activity === activity && to < events.length) to++;
    const same = events.slice(from, to);
    if (same.length >= least) rows.push(runOf(same));
    else rows.push(...same);
    from = to;
  }
  return rows;
}
