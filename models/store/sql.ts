/** A piece of SQL whose values are bound, never spliced. Pieces nest; placeholders are numbered when the whole is rendered. */
export class Sql {
  readonly parts: readonly string[];
  readonly values: readonly (SqlValue | Sql)[];
  constructor(parts: readonly string[], values: readonly (SqlValue | Sql)[]) {
    this.parts = parts;
    this.values = values;
  }
}

export type SqlValue = string | number | bigint | boolean | null;

/**
 * Builds a statement in which every `${value}` becomes a bound parameter and every `${Sql}` is nested.
 *
 * @example sql`select ${1} + x from ${ident('segment_1')} where ${condition}`
 */
export function sql(parts: TemplateStringsArray, ...values: (SqlValue | Sql)[]): Sql {
  return new Sql(parts, values);
}

/** A quoted identifier. Callers pass names from the catalogue or from our own constants. */
export function ident(name: string): Sql {
  if (name.includes('\0')) throw new RangeError('an identifier cannot hold a NUL character');
  return new Sql([`"${name.replaceAll('"', '""')}"`], []);
}

/** Text taken as SQL without any check. Only for constants of ours: never for anything that came from outside. */
export function raw(text: string): Sql {
  return new Sql([text], []);
}

/** Joins pieces with a separator that is SQL of ours (`, `, ` and `). */
export function join(pieces: readonly Sql[], separator: string): Sql {
  if (pieces.length === 0) return new Sql([''], []);
  return new Sql(['', ...pieces.slice(1).map(() => separator), ''], pieces);
}

/** A list of bound values: `(${list(names)})`. */
export function list(values: readonly SqlValue[]): Sql {
  return join(
    values.map((value) => sql`${value}`),
    ', '
  );
}

export interface Rendered {
  text: string;
  params: SqlValue[];
}

/** Numbers the placeholders `$1…$n` in order of appearance. */
export function render(piece: Sql): Rendered {
  const params: SqlValue[] = [];
  const write = (part: Sql): string => {
    let text = part.parts[0] ?? '';
    part.values.forEach((value, i) => {
      if (value instanceof Sql) text += write(value);
      else {
        params.push(value);
        text += `$${params.length}`;
      }
      text += part.parts[i + 1] ?? '';
    });
    return text;
  };
  return { text: write(piece), params };
}
