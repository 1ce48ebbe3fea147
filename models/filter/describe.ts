import { formatDuration } from '#models/units/duration.ts';
import { formatInstant } from '#models/units/instant.ts';
import { exactNumber } from '#models/units/number.ts';
import type { Clause, Dimension } from './filter.ts';

/** What people call the levels of an organisation. */
export const dimensionWords: Record<Dimension, string> = {
  team: 'team',
  resource: 'person',
  role: 'role',
  system: 'system',
  legal_entity: 'legal entity'
};

/**
 * One clause as a consultant would say it, short enough for a chip. Names stand in quotes; of long lists the first
 * three. Bounds are half-open, as the filter takes them ("30 days or more", "less than 2 hours").
 *
 * @example
 * describeClause({ kind: 'activity', match: 'any', values: ['Send Fine'] }); // Passes through 'Send Fine'
 * describeClause({ kind: 'duration', min_ms: 2_592_000_000 }); // Lasts 30 days or more
 */
export function describeClause(clause: Clause): string {
  switch (clause.kind) {
    case 'period':
      return described(periodWords[clause.mode], period(clause.from, clause.to));
    case 'attribute': {
      const subject = `${clause.scope === 'event' ? 'Event ' : ''}'${shortened(clause.key)}'`;
      const said = [
        ...(clause.values ? [`is ${oneOf(clause.values)}`] : []),
        ...(clause.min === undefined && clause.max === undefined ? [] : [`is ${range(clause.min, clause.max)}`])
      ];
      const what = said.join(' and ') || 'is known';
      return clause.exclude ? `Not: ${subject} ${what}` : `${subject} ${what}`;
    }
    case 'party':
      return `${clause.exclude ? 'Without' : 'With'} ${dimensionWords[clause.dimension]} ${oneOf(clause.values)}`;
    case 'activity':
      return {
        any: `Passes through ${oneOf(clause.values)}`,
        all: `Passes through ${oneOf(clause.values, 'and')}`,
        none: `Never passes through ${oneOf(clause.values)}`
      }[clause.match];
    case 'endpoint':
      return `${clause.at === 'start' ? 'Starts' : 'Ends'} with ${oneOf(clause.values)}`;
    case 'path': {
      const order = clause.relation === 'directly' ? 'directly' : 'at some point';
      const way = `'${shortened(clause.from)}' is ${order} followed by '${shortened(clause.to)}'`;
      const time = span(clause.min_ms, clause.max_ms);
      return `${clause.exclude ? 'Never: ' : ''}${way}${time === undefined ? '' : ` after ${time}`}`;
    }
    case 'handoff': {
      const kind = clause.dimension === 'team' ? '' : ` (${dimensionWords[clause.dimension]})`;
      return `Handed from '${shortened(clause.from)}' to '${shortened(clause.to)}'${kind}`;
    }
    case 'variant': {
      const [first = ''] = clause.ids;
      const which = clause.ids.length === 1 ? `variant ${first.slice(0, 6)}` : `one of ${clause.ids.length} variants`;
      return `${clause.exclude ? 'Does not follow' : 'Follows'} ${which}`;
    }
    case 'duration':
      return described('Lasts', span(clause.min_ms, clause.max_ms), 'Is closed');
    case 'status':
      return clause.status === 'open' ? 'Still open' : 'Closed';
    case 'rework': {
      const what = clause.activity === undefined ? 'an activity' : `'${shortened(clause.activity)}'`;
      return clause.type === 'self_loop' ? `Repeats ${what} at once` : `Comes back to ${what} later`;
    }
    case 'case':
      return `Case id contains '${shortened(clause.contains)}'`;
    case 'events':
      return `${clause.keep ? 'Only events' : 'Without events'} ${oneOf(clause.activities)}`;
  }
}

const periodWords = {
  active: 'Active',
  contained: 'Started and ended',
  started: 'Started',
  ended: 'Ended'
} as const;

function described(lead: string, what: string | undefined, nothing = `${lead} at any time`): string {
  return what === undefined ? nothing : `${lead} ${what}`;
}

/** Whole days are named by their last day, so that "until 31 Dec" means what people mean; other instants in UTC. */
function period(from: string | undefined, to: string | undefined): string | undefined {
  const days = [from, to].every((instant) => instant === undefined || Date.parse(instant) % 86_400_000 === 0);
  const start = from === undefined ? undefined : days ? day(Date.parse(from)) : minute(from);
  if (to === undefined) return start === undefined ? undefined : `since ${start}`;
  const end = days ? day(Date.parse(to) - 1) : minute(to);
  if (start === undefined) return days ? `until ${end}` : `before ${end}`;
  if (!days) return `from ${start} to before ${end}`;
  return start === end ? `on ${start}` : `${start} – ${end}`;
}

const day = (instant: number) => formatInstant(instant, { precision: 'day' });
const minute = (instant: string) => formatInstant(instant, { withZone: true });

function range(min: number | undefined, max: number | undefined): string {
  if (min === undefined) return `at most ${exactNumber(max ?? 0)}`;
  if (max === undefined) return `at least ${exactNumber(min)}`;
  return `between ${exactNumber(min)} and ${exactNumber(max)}`;
}

function span(min: number | undefined, max: number | undefined): string | undefined {
  if (min === undefined) return max === undefined ? undefined : `less than ${spoken(max)}`;
  return max === undefined ? `${spoken(min)} or more` : `${spoken(min)} to less than ${spoken(max)}`;
}

const units = [
  { name: 'day', ms: 86_400_000 },
  { name: 'hour', ms: 3_600_000 },
  { name: 'minute', ms: 60_000 }
] as const;

/** Whole days, hours and minutes in words: bounds are round more often than not. */
function spoken(ms: number): string {
  const unit = ms > 0 ? units.find((one) => ms % one.ms === 0) : undefined;
  if (!unit) return formatDuration(ms / 1000);
  const count = ms / unit.ms;
  return `${exactNumber(count)} ${unit.name}${count === 1 ? '' : 's'}`;
}

function oneOf(values: readonly string[], link: 'or' | 'and' = 'or'): string {
  const quoted = values.slice(0, values.length > 4 ? 3 : 4).map((value) => `'${shortened(value)}'`);
  const rest = values.length - quoted.length;
  if (rest > 0) return `${quoted.join(', ')} ${link} ${exactNumber(rest)} more`;
  return [quoted.slice(0, -1).join(', '), quoted.at(-1)].filter((part) => part !== '').join(` ${link} `);
}

function shortened(name: string): string {
  const characters = [...name];
  return characters.length > 60 ? `${characters.slice(0, 59).join('')}…` : name;
}
