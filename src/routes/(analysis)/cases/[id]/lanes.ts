import type { CaseDetail } from '#mining/case-detail.ts';
import { formatInstant } from '#models/units/instant.ts';

export type CaseEvent = CaseDetail['events'][number];

export const laneKinds = [
  { key: 'team', name: 'team' },
  { key: 'system', name: 'system' },
  { key: 'resource', name: 'person' },
  { key: 'role', name: 'role' },
  { key: 'legal_entity', name: 'legal entity' },
  { key: 'activity', name: 'activity' }
] as const;
export type LaneKind = (typeof laneKinds)[number]['key'];

/** The kinds that this case's events name at all; activity always. */
export const namedKinds = (events: CaseEvent[]) =>
  laneKinds.filter(({ key }) => events.some((event) => event[key] !== null));

export interface Mark {
  event: CaseEvent;
  /** Share of the whole span, 0 to 1. */
  from: number;
  to: number;
}
export interface Lane {
  name: string;
  marks: Mark[];
  /** What passed before an event of this lane came: the wait is drawn where it ended. */
  waits: Wait[];
}
export interface Wait {
  from: number;
  to: number;
  seconds: number;
  before: string;
}

/** Lanes in order of first appearance, with the waits between events; nothing here knows pixels. */
export function swimlanes(events: CaseEvent[], kind: LaneKind): { lanes: Lane[]; first: number; last: number } {
  const first = Math.min(...events.map((event) => Date.parse(event.start)));
  const last = Math.max(...events.map((event) => Date.parse(event.complete)));
  const share = (instant: number) => (last > first ? (instant - first) / (last - first) : 0);
  const waitBefore = ({ wait_s, start, activity }: CaseEvent): Wait | null =>
    wait_s !== null && wait_s > 0
      ? {
          from: share(Date.parse(start) - wait_s * 1000),
          to: share(Date.parse(start)),
          seconds: wait_s,
          before: activity
        }
      : null;
  const lanes = new Map<string, Lane>();
  for (const event of events) {
    const name = event[kind] ?? 'not known';
    const lane: Lane = lanes.get(name) ?? { name, marks: [], waits: [] };
    lane.marks.push({ event, from: share(Date.parse(event.start)), to: share(Date.parse(event.complete)) });
    const wait = waitBefore(event);
    if (wait) lane.waits.push(wait);
    lanes.set(name, lane);
  }
  return { lanes: [...lanes.values()], first, last };
}

const DAY = 86_400_000;

/** Five places of the axis: days, or under two days times of day with the date where it changes. No label repeats. */
export function axisTicks(first: number, last: number): { at: number; label: string }[] {
  if (first === last) return [{ at: 0, label: formatInstant(first) }];
  const precision = last - first < 10 * 60_000 ? 'second' : 'minute';
  let before = '';
  return [0, 0.25, 0.5, 0.75, 1].flatMap((at) => {
    const instant = first + at * (last - first);
    const day = formatInstant(instant, { precision: 'day' });
    if (last - first >= 2 * DAY) {
      const repeated = day === before;
      before = day;
      return repeated ? [] : [{ at, label: day }];
    }
    const whole = formatInstant(instant, { precision });
    const label = day === before ? whole.slice(day.length + 2) : whole;
    before = day;
    return [{ at, label }];
  });
}
