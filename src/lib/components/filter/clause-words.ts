import type { Clause, Dimension } from '#models/filter/filter.ts';
import { readable } from '../instants.ts';
import { formatDuration } from '#models/units/duration.ts';
import { formatCount } from '#models/units/number.ts';

export const dimensionWords: Record<Dimension, string> = {
  team: 'Team',
  resource: 'Person',
  role: 'Role',
  system: 'System',
  legal_entity: 'Legal entity'
};

/** One clause as a reader would say it: a muted lead and what it names. */
export function clauseWords(clause: Clause): { lead: string; what: string } {
  switch (clause.kind) {
    case 'period':
      return { lead: periodModes[clause.mode], what: span(day(clause.from), lastDay(clause.to), 'until') };
    case 'attribute':
      return {
        lead: `${clause.key} ${clause.exclude ? 'is not' : 'is'}`,
        what: clause.values ? some(clause.values.map(readable)) : span(text(clause.min), text(clause.max), 'at most')
      };
    case 'party':
      return {
        lead: `${dimensionWords[clause.dimension]} ${clause.exclude ? 'is not' : 'is'}`,
        what: some(clause.values)
      };
    case 'activity':
      return {
        lead: { any: 'Passes', all: 'Passes all of', none: 'Never passes' }[clause.match],
        what: some(clause.values)
      };
    case 'endpoint':
      return { lead: clause.at === 'start' ? 'Starts with' : 'Ends with', what: some(clause.values) };
    case 'path': {
      const within = clause.min_ms !== undefined || clause.max_ms !== undefined;
      const time = within ? `, ${span(duration(clause.min_ms), duration(clause.max_ms), 'at most')}` : '';
      const verb = clause.relation === 'directly' ? 'goes' : 'goes eventually';
      return { lead: clause.exclude ? `Never ${verb}` : capital(verb), what: `${clause.from} → ${clause.to}${time}` };
    }
    case 'handoff':
      return { lead: `${dimensionWords[clause.dimension]} handoff`, what: `${clause.from} → ${clause.to}` };
    case 'variant':
      return {
        lead: clause.exclude ? 'Variant is not' : 'Variant is',
        what: clause.ids.length === 1 ? (clause.ids[0] ?? '').slice(0, 6) : `one of ${clause.ids.length}`
      };
    case 'duration':
      return { lead: 'Takes', what: span(duration(clause.min_ms), duration(clause.max_ms), 'at most') };
    case 'status':
      return { lead: 'Case is', what: clause.status };
    case 'rework':
      return {
        lead: clause.type === 'self_loop' ? 'Repeats at once' : 'Comes back',
        what: clause.activity ?? 'any activity'
      };
    case 'case':
      return { lead: 'Case contains', what: clause.contains };
    case 'events':
      return { lead: clause.keep ? 'Only events' : 'Without events', what: some(clause.activities) };
  }
}

export const periodModes = {
  active: 'Active',
  contained: 'Wholly within',
  started: 'Started',
  ended: 'Ended'
} as const;

function some(values: string[]): string {
  const [first = '', second, ...rest] = values;
  if (second === undefined) return first;
  return rest.length > 0 ? `${first} or ${rest.length + 1} others` : `${first} or ${second}`;
}

function span(from: string | undefined, to: string | undefined, upTo: string): string {
  if (from !== undefined && to !== undefined) return `${from} to ${to}`;
  if (from !== undefined) return `from ${from}`;
  return to === undefined ? 'any' : `${upTo} ${to}`;
}

const text = (value: number | undefined) => (value === undefined ? undefined : formatCount(value));
const duration = (ms: number | undefined) => (ms === undefined ? undefined : formatDuration(ms / 1000));
const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);
const day = (instant: string | undefined) => instant?.slice(0, 10);
/** Periods are half-open: what ends at midnight ended the day before. */
const lastDay = (instant: string | undefined) =>
  instant === undefined ? undefined : new Date(Date.parse(instant) - 1).toISOString().slice(0, 10);
