import type { Clause, Filter } from './filter.ts';
import { filterToParams } from './url.ts';

/** The filter and one clause more; the same filter when it holds that clause already. */
export function withClause(filter: Filter, clause: Clause): Filter {
  return filter.some((one) => sameClause(one, clause)) ? filter : [...filter, clause];
}

/** The filter without that clause, and what says the same. */
export function withoutClause(filter: Filter, clause: Clause): Filter {
  return filter.filter((one) => !sameClause(one, clause));
}

/** The filter with one clause in the place of another; added when the other is not there, once when it is there twice. */
export function withClauseReplaced(filter: Filter, old: Clause, clause: Clause): Filter {
  if (!filter.some((one) => sameClause(one, old))) return withClause(filter, clause);
  const first = filter.findIndex((one) => sameClause(one, old));
  return filter.flatMap((one, index) =>
    index === first ? [clause] : sameClause(one, old) || sameClause(one, clause) ? [] : [one]
  );
}

/** Whether two clauses say the same: the order of their fields and an `exclude: false` say nothing. */
export function sameClause(a: Clause, b: Clause): boolean {
  return a === b || filterToParams([a])[0] === filterToParams([b])[0];
}
