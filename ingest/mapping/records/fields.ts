import {
  fieldsOf,
  fieldsOfRule,
  listOf,
  ruleKinds,
  type Attribute,
  type Condition,
  type Stream,
  type Text,
  type ValueType
} from '#ingest/mapping/record-mapping.ts';
import { isoText } from '#ingest/mapping/table.ts';
import { ident, join, list, sql, type Sql } from '#models/store/sql.ts';

/** A field of a stream, where it stands, and what it must be readable as. */
export interface Field {
  name: string;
  /** '' for the record. */
  list: string;
  /** Name of the column with its text; `_number`, `_at` and the like follow it. */
  column: string;
  types: Set<ValueType>;
}

/** The fields that a stream's mapping names, with the columns that hold them. */
export class Fields {
  readonly all: Field[] = [];
  private readonly byName = new Map<string, Field>();
  private readonly stream: Stream;

  constructor(stream: Stream) {
    this.stream = stream;
    const { id, required, recorded_at, legal_entity, lists, times, drop } = stream;
    const zone = typeof times.zone === 'object' ? Object.values(times.zone) : [];
    for (const name of [...id, ...required, ...zone, ...lists, ...drop]) this.add(name, 'text');
    if (recorded_at !== undefined) this.add(recorded_at, 'time');
    for (const name of legal_entity === undefined ? [] : fieldsOf(legal_entity)) this.add(name, 'text');
    for (const kind of ruleKinds)
      for (const rule of stream[kind]) {
        for (const name of fieldsOfRule(rule)) this.add(name, 'text');
        if ('at' in rule) this.add(rule.at, 'time');
        if ('activity' in rule)
          for (const name of [rule.start, rule.recorded_at]) if (name !== undefined) this.add(name, 'time');
        if ('attributes' in rule)
          for (const attribute of Object.values(rule.attributes))
            if (typeof attribute === 'object' && 'type' in attribute) this.add(attribute.field, attribute.type);
      }
  }

  of(name: string): Field {
    const found = this.byName.get(name);
    if (!found) throw new RangeError(`the field ${name} was not prepared`);
    return found;
  }

  /** Those that stand in a list, or in the record itself. */
  in(place: string): Field[] {
    return this.all.filter((field) => field.list === place);
  }

  private add(name: string, type: ValueType): void {
    const known = this.byName.get(name);
    if (known) {
      known.types.add(type);
      return;
    }
    const field = { name, list: listOf(this.stream, name), column: `f${this.all.length}`, types: new Set([type]) };
    this.all.push(field);
    this.byName.set(name, field);
  }

  column(name: string): Sql {
    return ident(this.of(name).column);
  }

  /** UTC; NULL where the field is empty. */
  instant(name: string): Sql {
    return ident(`${this.of(name).column}_at`);
  }

  isDay(name: string): Sql {
    return ident(`${this.of(name).column}_day`);
  }

  /** NULL where a field that it is made of is empty. */
  text(text: Text): Sql {
    if (typeof text === 'string') return this.column(text);
    if (Array.isArray(text))
      return sql`coalesce(${join(
        text.map((name) => this.column(name)),
        ', '
      )})`;
    if ('value' in text) return sql`${text.value}`;
    if ('template' in text && !('field' in text)) return this.template(text.template);
    if (text.template === '{0}') return sql`nullif(regexp_extract(${this.column(text.field)}, ${text.pattern}), '')`;
    return sql`${matches(this.column(text.field), text.pattern, text.template)}[1]`;
  }

  /** The value of an attribute as JSON. */
  json(attribute: Attribute): Sql {
    if (typeof attribute === 'string' || !('type' in attribute)) return sql`to_json(${this.text(attribute)})::varchar`;
    const { column } = this.of(attribute.field);
    switch (attribute.type) {
      case 'text':
        return sql`to_json(${ident(column)})::varchar`;
      case 'number': {
        const number = ident(`${column}_number`);
        return sql`case when ${number} = trunc(${number}) and abs(${number}) < 1e15 then ${number}::bigint::varchar
          else ${number}::varchar end`;
      }
      case 'boolean':
        return sql`${ident(`${column}_boolean`)}::varchar`;
      case 'date':
        return sql`strftime(${ident(`${column}_date`)}, '"%Y-%m-%d"')`;
      case 'time':
        return isoText(ident(`${column}_at`));
      case 'json':
        return sql`if(${ident(column)}[1] in ('[', '{') and json_valid(${ident(column)}), ${ident(column)}, to_json(${ident(column)})::varchar)`;
    }
  }

  private template(template: string): Sql {
    const parts = template.split(/\{([^{}]+)\}/);
    return join(
      parts.flatMap((part, i) => (i % 2 === 1 ? [this.column(part)] : part === '' ? [] : [sql`${part}`])),
      ' || '
    );
  }
}

/** Every match of a pattern in a text, written as the template says. */
export function matches(text: Sql, pattern: string, template: string): Sql {
  if (template === '{0}') return sql`regexp_extract_all(${text}, ${pattern})`;
  const rewrite = template.replaceAll('\\', '\\\\').replaceAll(/\{(\d)\}/g, '\\$1');
  return sql`list_transform(regexp_extract_all(${text}, ${pattern}), m -> regexp_replace(m, ${pattern}, ${rewrite}))`;
}

export const oneOf = (value: Sql, texts: string | readonly string[]): Sql =>
  sql`${value} in (${list(typeof texts === 'string' ? [texts] : texts)})`;

/** Whether all conditions hold. */
export function holds(fields: Fields, conditions: readonly Condition[]): Sql {
  const pieces = conditions.map(({ field, is, is_not, filled }) => {
    const column = fields.column(field);
    if (is !== undefined) return sql`coalesce(${oneOf(column, is)}, false)`;
    if (is_not !== undefined) return sql`not coalesce(${oneOf(column, is_not)}, false)`;
    return filled ? sql`${column} is not null` : sql`${column} is null`;
  });
  return pieces.length === 0 ? sql`true` : join(pieces, ' and ');
}
