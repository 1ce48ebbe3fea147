import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sameClause, withClause, withClauseReplaced, withoutClause } from '#models/filter/change.ts';
import type { Clause, Filter } from '#models/filter/filter.ts';
import { clauses, filters } from './arbitrary.ts';

const open: Clause = { kind: 'status', status: 'open' };
const closed: Clause = { kind: 'status', status: 'closed' };
const fines: Clause = { kind: 'case', contains: 'fine' };

describe('changing a filter', () => {
  test('adds a clause once, at the end', () => {
    expect(withClause([open], fines)).toEqual([open, fines]);
    const filter: Filter = [open];
    expect(withClause(filter, { status: 'open', kind: 'status' })).toBe(filter);
  });

  test('takes a clause away', () => {
    expect(withoutClause([open, fines, open], open)).toEqual([fines]);
    expect(withoutClause([fines], open)).toEqual([fines]);
  });

  test('replaces in place', () => {
    expect(withClauseReplaced([open, fines], open, closed)).toEqual([closed, fines]);
    expect(withClauseReplaced([fines], open, closed)).toEqual([fines, closed]);
    expect(withClauseReplaced([open, closed, fines], open, closed)).toEqual([closed, fines]);
    expect(withClauseReplaced([open], open, open)).toEqual([open]);
  });

  test('knows what says the same', () => {
    const party: Clause = { kind: 'party', dimension: 'team', values: ['A'] };
    expect(sameClause(party, { ...party, exclude: false })).toBe(true);
    expect(sameClause(party, { ...party, exclude: true })).toBe(false);
  });

  test('adding and taking away are each other undone', () => {
    fc.assert(
      fc.property(filters, clauses, (filter, clause) => {
        const without = withoutClause(filter, clause);
        expect(withoutClause(withClause(without, clause), clause)).toEqual(without);
        expect(withClause(withClause(without, clause), clause)).toHaveLength(without.length + 1);
      })
    );
  });
});
