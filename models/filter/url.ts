import { Clause, type Filter } from './filter.ts';

/** A filter in an address cannot be read. The message quotes the clause; `fix` shows one that works. */
export class BadFilter extends Error {
  override readonly name = 'BadFilter';
  readonly fix: string;
  constructor(message: string, fix: string, options?: ErrorOptions) {
    super(message, options);
    this.fix = fix;
  }
}

/**
 * One short readable string a clause, for repeated `f` parameters of an address: words separated by dots, because a
 * dot is one of the few signs that addresses leave alone. In a word `*` escapes: `*.` is a dot, `**` an asterisk and
 * `*ud800` half a surrogate pair, which addresses cannot hold. An `exclude: false` is left out, as it says nothing.
 *
 * @example filterToParams([{ kind: 'duration', min_ms: 2_592_000_000 }]) // ['duration.from.30d']
 */
export function filterToParams(filter: Filter): string[] {
  return filter.map((clause) => words(clause).map(escaped).join('.'));
}

/**
 * Reads what {@link filterToParams} wrote, or a person typed.
 *
 * @param params the strings, or a whole query of which the parameters `f` are read
 * @throws {BadFilter}
 */
export function filterFromParams(params: readonly string[] | URLSearchParams): Filter {
  const texts = params instanceof URLSearchParams ? params.getAll('f') : params;
  if (texts.length > 100)
    throw new BadFilter(`a filter of ${texts.length} clauses is too long`, 'use at most 100 clauses');
  return texts.map(clauseFromText);
}

const examples: Record<Clause['kind'], string> = {
  period: 'period.started.2024-01-01.2024-04-01 (or active, contained, ended; either end may be empty)',
  attribute: 'attribute.case.region.is.North.South or attribute.case.amount.from.100.to.500 (not. before is. excludes)',
  party: 'party.team.is.Finance (team, resource, role, system or legal_entity; is or not)',
  activity: 'activity.any.Send Invoice.Payment (any, all or none)',
  endpoint: 'endpoint.end.Payment (start or end)',
  path: 'path.directly.Create Invoice.Send Invoice.from.2d.to.30d (directly, eventually, not-directly, not-eventually)',
  handoff: 'handoff.team.Sales.Finance (team, resource, role, system or legal_entity)',
  variant: 'variant.is.0123456789abcdef (is or not)',
  duration: 'duration.from.30d.to.60d (units d, h, m, s, ms)',
  status: 'status.open (or closed)',
  rework: 'rework.loop_back.Approve (self_loop or loop_back; the activity may be left out)',
  case: 'case.2024-17',
  events: 'events.drop.Payment reminder (keep or drop)'
};

function words(clause: Clause): string[] {
  switch (clause.kind) {
    case 'period':
      return [clause.kind, clause.mode, day(clause.from), day(clause.to)];
    case 'attribute': {
      const range = [...atLeast(clause.min, String), ...atMost(clause.max, String)];
      const not = clause.exclude ? ['not'] : [];
      return [
        clause.kind,
        clause.scope,
        clause.key,
        ...not,
        ...range,
        ...(clause.values ? ['is', ...clause.values] : [])
      ];
    }
    case 'party':
      return [clause.kind, clause.dimension, clause.exclude ? 'not' : 'is', ...clause.values];
    case 'activity':
      return [clause.kind, clause.match, ...clause.values];
    case 'endpoint':
      return [clause.kind, clause.at, ...clause.values];
    case 'path': {
      const relation = clause.exclude ? `not-${clause.relation}` : clause.relation;
      return [
        clause.kind,
        relation,
        clause.from,
        clause.to,
        ...atLeast(clause.min_ms, span),
        ...atMost(clause.max_ms, span)
      ];
    }
    case 'handoff':
      return [clause.kind, clause.dimension, clause.from, clause.to];
    case 'variant':
      return [clause.kind, clause.exclude ? 'not' : 'is', ...clause.ids];
    case 'duration':
      return [clause.kind, ...atLeast(clause.min_ms, span), ...atMost(clause.max_ms, span)];
    case 'status':
      return [clause.kind, clause.status];
    case 'rework':
      return [clause.kind, clause.type, ...(clause.activity === undefined ? [] : [clause.activity])];
    case 'case':
      return [clause.kind, clause.contains];
    case 'events':
      return [clause.kind, clause.keep ? 'keep' : 'drop', ...clause.activities];
  }
}

function clauseFromText(text: string): Clause {
  const [kind = '', ...rest] = split(text);
  const example = Object.hasOwn(examples, kind) ? examples[kind as Clause['kind']] : undefined;
  if (example === undefined) {
    throw new BadFilter(
      `"${shown(text)}" is no filter: it starts with "${shown(kind)}"`,
      `start with one of ${Object.keys(examples).join(', ')}, for example ${examples.activity}`
    );
  }
  const reader = new Words(rest);
  const read = Clause.safeParse(fields(kind as Clause['kind'], reader));
  if (read.success && reader.left().length === 0) return read.data;
  const where = read.success ? `"${shown(reader.left().join('.'))}" is left over` : issue(read.error.issues[0]);
  throw new BadFilter(`the filter "${shown(text)}" cannot be read: ${where}`, `write it like ${example}`);
}

/** What the words claim; the schema judges it afterwards. */
function fields(kind: Clause['kind'], words: Words): object {
  switch (kind) {
    case 'period':
      return {
        kind,
        mode: words.next(),
        ...some('from', midnight(words.next())),
        ...some('to', midnight(words.next()))
      };
    case 'attribute':
      return {
        kind,
        scope: words.next(),
        key: words.next(),
        ...(words.take('not') && { exclude: true }),
        ...(words.take('from') && { min: number(words.next()) }),
        ...(words.take('to') && { max: number(words.next()) }),
        ...(words.take('is') && { values: words.rest() })
      };
    case 'party':
      return { kind, dimension: words.next(), ...isOrNot(words), values: words.rest() };
    case 'activity':
      return { kind, match: words.next(), values: words.rest() };
    case 'endpoint':
      return { kind, at: words.next(), values: words.rest() };
    case 'path': {
      const [, not, relation] = /^(not-)?(.*)$/s.exec(words.next() ?? '') ?? [];
      return { kind, relation, ...(not && { exclude: true }), from: words.next(), to: words.next(), ...limits(words) };
    }
    case 'handoff':
      return { kind, dimension: words.next(), from: words.next(), to: words.next() };
    case 'variant':
      return { kind, ...isOrNot(words), ids: words.rest() };
    case 'duration':
      return { kind, ...limits(words) };
    case 'status':
      return { kind, status: words.next() };
    case 'rework':
      return { kind, type: words.next(), ...some('activity', words.next()) };
    case 'case':
      return { kind, contains: words.next() };
    case 'events': {
      const what = words.next();
      return { kind, keep: what === 'keep' ? true : what === 'drop' ? false : what, activities: words.rest() };
    }
  }
}

class Words {
  private readonly all: string[];
  private at = 0;
  constructor(all: string[]) {
    this.all = all;
  }
  next(): string | undefined {
    return this.all[this.at++];
  }
  take(word: string): boolean {
    const found = this.all[this.at] === word;
    if (found) this.at += 1;
    return found;
  }
  rest(): string[] {
    const rest = this.left();
    this.at = this.all.length;
    return rest;
  }
  left(): string[] {
    return this.all.slice(this.at);
  }
}

const limits = (words: Words) => ({
  ...(words.take('from') && { min_ms: milliseconds(words.next()) }),
  ...(words.take('to') && { max_ms: milliseconds(words.next()) })
});
/** A word that is neither is handed on as it is, for the schema to refuse. */
function isOrNot(words: Words): object {
  const word = words.next();
  return word === 'is' ? {} : { exclude: word === 'not' ? true : (word ?? 'is or not') };
}
const some = (key: string, value: string | undefined) => (value === undefined ? {} : { [key]: value });
const atLeast = (value: number | undefined, write: (value: number) => string) => optional('from', value, write);
const atMost = (value: number | undefined, write: (value: number) => string) => optional('to', value, write);
const optional = (word: string, value: number | undefined, write: (value: number) => string) =>
  value === undefined ? [] : [word, Object.is(value, -0) ? `-${write(0)}` : write(value)];

const MIDNIGHT = 'T00:00:00.000Z';
const day = (instant = '') => (instant.endsWith(MIDNIGHT) ? instant.slice(0, -MIDNIGHT.length) : instant);
const midnight = (word: string | undefined) =>
  word !== undefined && /^\d{4}-\d\d-\d\d$/.test(word) ? word + MIDNIGHT : word || undefined;

const unitsMs = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;
function span(ms: number): string {
  const units = Object.entries(unitsMs);
  const [unit, size] = (ms !== 0 && Number.isSafeInteger(ms) && units.find(([, size]) => ms % size === 0)) || ['ms', 1];
  return `${ms / size}${unit}`;
}
function milliseconds(word: string | undefined): number | string | undefined {
  const [, count, unit] = /^(.*?)(d|h|ms|m|s)?$/s.exec(word ?? '') ?? [];
  const value = number(count);
  return typeof value === 'number' ? value * unitsMs[(unit ?? 'ms') as keyof typeof unitsMs] : word;
}
function number(word: string | undefined): number | string | undefined {
  return word !== undefined && /^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(word) ? Number(word) : word;
}

const escaped = (word: string) =>
  word
    .replaceAll(/[.*]/g, '*$&')
    .replaceAll(/\p{Surrogate}/gu, (half) => `*u${half.charCodeAt(0).toString(16).padStart(4, '0')}`);

function split(text: string): string[] {
  const found = [''];
  for (const [token, half] of text.matchAll(/\*u(d[89a-f][0-9a-f]{2})|\*?./gsu)) {
    if (token === '.') found.push('');
    else {
      const literal = half
        ? String.fromCharCode(parseInt(half, 16))
        : token.length > 1 && token.startsWith('*')
          ? token.slice(1)
          : token;
      found[found.length - 1] += literal;
    }
  }
  return found;
}

const shown = (text: string) => (text.length > 80 ? `${text.slice(0, 80)}…` : text);
const issue = (found: { path: PropertyKey[]; message: string } | undefined) =>
  found ? `${found.path.join('.') || 'it'}: ${found.message}` : 'it is incomplete';
