import { dayOf, weekOf } from '../../firm/dates.ts';
import type { Instant, TimeRow } from '../../firm/rows.ts';
import type { HandWrittenTimeRow } from '../systems/planbase.ts';
import type { ClockChange, Zone } from '../zone.ts';
import type { Dirtying } from './cell.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
/** On call in one office and night; who has Managed Services work before and after that night can be. */
const peoplePerNight = 3;
const around = 10 * day;

export interface OnCallTruth {
  /** Rows whose hour came twice that night, and rows whose hour never came. */
  repeated: number;
  missing: number;
  /** Rows of the same nights in offices whose clocks are not changed. */
  control: number;
  byOffice: Record<string, { control: number; missing: number; repeated: number }>;
}

interface Night {
  office: string;
  zone: Zone;
  /** The start as somebody wrote it: from this wall time on, within `length`. */
  wall: number;
  length: number;
  /** The UTC instant of a wall time; the one before the change where there are two or none. */
  offset: number;
  kind: 'repeated' | 'missing' | 'control';
}

/** Adds hours on call in the nights in which clocks change, started at times that were written by hand. */
export function addOnCall({ cell, calendars, zoneOf, draw, now }: Dirtying): OnCallTruth {
  const offices = calendars.map(({ office }) => ({ office, zone: zoneOf(office) }));
  const truth: OnCallTruth = { repeated: 0, missing: 0, control: 0, byOffice: {} };
  const services = new Set(
    cell['psa/projects'].filter(({ serviceLine }) => serviceLine === 'Managed Services').map(({ code }) => code)
  );
  const work = cell['psa/time'].filter(({ project }) => services.has(project));
  const by = draw('on call');
  const added: HandWrittenTimeRow[] = [];
  for (const night of nightsOf(offices, work, now)) {
    const able = ableFor(night, work);
    for (const row of by.choose(able, peoplePerNight, ({ person }) => `${night.wall}/${person}`)) {
      const key = `${night.wall}/${row.person}`;
      const startedWall = night.wall + 15 * minute * by.below(night.length / (15 * minute), `start ${key}`);
      const startedAt = startedWall - night.offset;
      added.push({
        id: `${row.id}-N${dayOf(startedWall).replaceAll('-', '').slice(2)}`,
        timesheet: `TS-${row.person}-${weekOf(dayOf(startedWall))}`,
        project: row.project,
        changeRequest: null,
        office: night.office,
        person: row.person,
        startedAt,
        startedWall,
        hours: 0.5 + 0.5 * by.below(3, `hours ${key}`),
        // Stand-by is paid by the retainer.
        billable: false,
        enteredAt: mondayMorning(startedWall, night.zone) + by.below(120, `entered ${key}`) * minute
      });
      const office = (truth.byOffice[night.office] ??= { repeated: 0, missing: 0, control: 0 });
      office[night.kind] += 1;
      truth[night.kind] += 1;
    }
  }
  cell['psa/time'] = [...cell['psa/time'], ...added];
  return truth;
}

/** Every night in which the clocks of some office change: there the hour that is doubled or missing, elsewhere 02:00. */
function nightsOf(offices: { office: string; zone: Zone }[], work: TimeRow[], now: Instant): Night[] {
  const first = work.reduce((earliest, { startedAt }) => Math.min(earliest, startedAt), now);
  const changes = new Map<number, ClockChange>();
  for (const { zone } of offices)
    for (const change of zone.changes)
      if (change.at > first && change.at < now - 2 * day) changes.set(change.at, change);
  return [...changes.values()]
    .sort((a, b) => a.at - b.at)
    .flatMap((change) =>
      offices.flatMap(({ office, zone }): Night[] => {
        const own = zone.changes.find(({ at }) => at === change.at);
        if (own) return [nightOfChange(office, zone, own)];
        if (zone.changes.some(({ at }) => at > first && at < now)) return [];
        const offset = zone.offsetAt(change.at);
        const wall = Math.floor((change.at + offset) / day) * day + 2 * hour;
        return [{ office, zone, wall, length: hour, offset, kind: 'control' }];
      })
    );
}

function nightOfChange(office: string, zone: Zone, { at, before, after }: ClockChange): Night {
  return after > before
    ? { office, zone, wall: at + before, length: after - before, offset: before, kind: 'missing' }
    : { office, zone, wall: at + after, length: before - after, offset: before, kind: 'repeated' };
}

/** One row a person of the office: of work on the same project before the night and after it. */
function ableFor({ office, wall, offset }: Night, work: TimeRow[]): TimeRow[] {
  const at = wall - offset;
  const before = new Map<string, TimeRow>();
  const able = new Map<string, TimeRow>();
  const near = work.filter((row) => row.office === office && Math.abs(row.startedAt - at) < around);
  for (const row of near.filter(({ startedAt }) => startedAt < at)) before.set(`${row.person}/${row.project}`, row);
  for (const row of near.filter(({ startedAt }) => startedAt > at)) {
    const found = before.get(`${row.person}/${row.project}`);
    if (found && !able.has(row.person)) able.set(row.person, found);
  }
  return [...able.values()];
}

/** Nine o'clock on the day after the night's Sunday, when it is written up. */
function mondayMorning(wall: number, zone: Zone): Instant {
  const monday = (Math.floor(wall / day) + 1) * day + 9 * hour;
  return monday - zone.offsetAt(monday);
}
