import { formatCount } from '#models/units/number.ts';
import { runOf, type CaseEvent, type Run } from './lanes.ts';

/** The stretch of time that is drawn, and how wide: all in milliseconds and pixels. */
export interface Scale {
  first: number;
  last: number;
  width: number;
}

export const place = ({ first, last, width }: Scale, instant: number): number =>
  last > first ? ((instant - first) / (last - first)) * width : width / 2;

/** What is drawn in a lane at one place: an event, several that can't be told apart at this scale, or a run of one activity. */
export interface Mark {
  /** The position of its first event: one mark an event, so it names the mark. */
  key: number;
  kind: 'event' | 'several' | 'run';
  events: CaseEvent[];
  left: number;
  width: number;
  row: number;
  label: string;
  /** How much of the label there is room for; 0 for none. */
  labelWidth: number;
  /** Whether the label stands before the mark: at the right edge it would not fit after it. */
  isBefore: boolean;
}

export interface Wait {
  key: number;
  left: number;
  width: number;
  seconds: number;
  before: string;
}

export interface PlacedLane {
  rows: number;
  marks: Mark[];
  waits: Wait[];
}

const DOT = 9;
/** Between a mark and its label, a label and the next mark. */
const GAP = 5;
const ROWS = 4;
/** Less of a label than this says nothing. */
const LEAST_LABEL = 44;
/** Events of one activity nearer than this are a run, from four on. */
const NEAR = 40;
const LEAST_RUN = 4;
/** Shorter waits, nights and weekends mostly, would be a pattern and no news; they show on a larger scale. */
const LEAST_WAIT = 16;

/**
 * Places the events of one lane: marks with as much of their label as there is room for and, below them, a bar with its
 * count for every run of one activity. Marks of a row never touch, and labels never overlap: what finds no room in four
 * rows joins its neighbour, and comes apart on a larger scale.
 *
 * @param measure width of a text in pixels
 */
export function placeLane(events: CaseEvent[], scale: Scale, measure: (text: string) => number): PlacedLane {
  const waits = events.flatMap((event) => {
    const start = Date.parse(event.start);
    const wait = event.wait_s ?? 0;
    const left = place(scale, start - wait * 1000);
    const width = place(scale, start) - left;
    return width >= LEAST_WAIT ? [{ key: event.position, left, width, seconds: wait, before: event.activity }] : [];
  });
  const all = loose(events, scale);
  const single = placeRows(
    all.filter(({ kind }) => kind === 'event'),
    { most: ROWS, width: scale.width, measure }
  );
  const runs = placeRows(
    all.filter(({ kind }) => kind === 'run'),
    { most: Infinity, width: scale.width, measure }
  );
  for (const mark of runs.marks) mark.row += single.rows;
  const marks = [...single.marks, ...runs.marks].sort((a, b) => a.left - b.left || a.key - b.key);
  return { rows: single.rows + runs.rows, marks, waits };
}

interface Rows {
  most: number;
  width: number;
  measure: (text: string) => number;
}

/** Gives each mark a row, and its label what room there is. */
function placeRows(loosely: Mark[], { most, width, measure }: Rows): { rows: number; marks: Mark[] } {
  const rows: Row[] = [];
  const marks: Mark[] = [];
  for (const mark of loosely) {
    let row = rows.findIndex(({ end }) => end + GAP <= mark.left);
    if (row < 0 && rows.length < most) row = rows.length;
    if (row < 0) row = roomiest(rows, mark.left);
    if (row < 0) {
      join(rows, mark, measure);
      continue;
    }
    const taken = rows[row];
    if (taken) trim(taken.last, mark.left);
    mark.row = row;
    mark.labelWidth = Math.ceil(measure(mark.label));
    marks.push(mark);
    const markEnd = mark.left + mark.width;
    rows[row] = {
      ...{ markEnd, end: markEnd + GAP + mark.labelWidth, last: mark },
      before: taken ? occupied(taken.last) : 0
    };
  }
  for (const row of rows) endRow(row, width);
  return { rows: rows.length, marks };
}

interface Row {
  markEnd: number;
  /** Where its last mark and that one's whole label end. */
  end: number;
  last: Mark;
  /** Where what stands before the last mark ends. */
  before: number;
}

const occupied = ({ left, width, labelWidth }: Mark): number => left + width + (labelWidth > 0 ? GAP + labelWidth : 0);

/** Marks without a row yet, from left to right. */
function loose(events: CaseEvent[], scale: Scale): Mark[] {
  const at = (event: CaseEvent) => place(scale, Date.parse(event.start));
  const until = (event: CaseEvent) => place(scale, Date.parse(event.complete));
  const runs = [...Map.groupBy(events, ({ activity }) => activity).values()].flatMap((same) => {
    const parts: CaseEvent[][] = [];
    for (const event of same) {
      const part = parts.at(-1);
      const before = part?.at(-1);
      if (part && before && at(event) - until(before) < NEAR) part.push(event);
      else parts.push([event]);
    }
    return parts.flatMap((part) => (part.length >= LEAST_RUN ? [part] : part.map((event) => [event])));
  });
  return runs
    .map((part): Mark => {
      const [first] = part as [CaseEvent, ...CaseEvent[]];
      const left = at(first) - DOT / 2;
      const right = Math.max(...part.map(until)) + DOT / 2;
      const isRun = part.length > 1;
      return {
        ...{
          key: first.position,
          kind: isRun ? 'run' : 'event',
          events: part,
          left,
          width: Math.max(DOT, right - left)
        },
        ...{ row: 0, label: isRun ? runWords(runOf(part)) : first.activity, labelWidth: 0, isBefore: false }
      };
    })
    .sort((a, b) => a.left - b.left || a.key - b.key);
}

/** The row with most room before `left`; −1 when a mark stands there in each. */
function roomiest(rows: Row[], left: number): number {
  let best = -1;
  for (const [index, { markEnd }] of rows.entries())
    if (markEnd + 2 <= left && (best < 0 || markEnd < (rows[best]?.markEnd ?? 0))) best = index;
  return best;
}

/** Cuts a label where the next mark comes. */
function trim(mark: Mark, next: number): void {
  const room = next - GAP - (mark.left + mark.width + GAP);
  if (room < mark.labelWidth) mark.labelWidth = room < LEAST_LABEL ? 0 : Math.floor(room);
}

/** At the right edge a label ends with the picture, or goes before its mark. */
function endRow({ last, before }: Row, width: number): void {
  const whole = last.labelWidth;
  trim(last, width + 2 * GAP);
  if (last.labelWidth === whole || before + GAP > last.left - GAP - whole) return;
  last.isBefore = true;
  last.labelWidth = whole;
}

/** A mark without room of its own becomes part of the one that stands nearest to it. */
function join(rows: Row[], mark: Mark, measure: (text: string) => number): void {
  const row = rows.reduce((a, b) => (b.markEnd > a.markEnd ? b : a));
  const { last } = row;
  last.kind = 'several';
  last.events = [...last.events, ...mark.events].sort((a, b) => a.position - b.position);
  last.width = Math.max(last.width, mark.left + mark.width - last.left);
  last.label = severalWords(last.events);
  last.labelWidth = Math.ceil(measure(last.label));
  row.markEnd = last.left + last.width;
  row.end = row.markEnd + GAP + last.labelWidth;
}

export function runWords({ activity, events, hours }: Run): string {
  return `${formatCount(events.length)} × ${activity}${hours === null ? '' : `, ${formatCount(hours)} h`}`;
}

const severalWords = ([first, ...others]: CaseEvent[]): string =>
  `${first?.activity ?? ''} +${formatCount(others.length)}`;
