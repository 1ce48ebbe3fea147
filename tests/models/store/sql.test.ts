import { describe, expect, test } from 'vitest';
import { ident, join, list, raw, render, sql } from '#models/store/sql.ts';

describe('sql`…`', () => {
  test('binds every value and numbers placeholders in order of appearance', () => {
    const inner = sql`b = ${'x; drop table log'}`;
    expect(render(sql`select ${1} where a = ${true} and ${inner} limit ${2}`)).toEqual({
      text: 'select $1 where a = $2 and b = $3 limit $4',
      params: [1, true, 'x; drop table log', 2]
    });
  });

  test('the same piece twice binds twice', () => {
    const piece = sql`${7}`;
    expect(render(sql`${piece} + ${piece}`)).toEqual({ text: '$1 + $2', params: [7, 7] });
  });

  test('quotes identifiers', () => {
    expect(render(ident('a "b"'))).toEqual({ text: '"a ""b"""', params: [] });
    expect(() => ident('a\0b')).toThrow(RangeError);
  });

  test('joins pieces and lists', () => {
    expect(render(sql`(${list(['a', 'b', null])})`)).toEqual({ text: '($1, $2, $3)', params: ['a', 'b', null] });
    expect(render(join([raw('a'), sql`${1}`], ' and '))).toEqual({ text: 'a and $1', params: [1] });
    expect(render(join([], ', '))).toEqual({ text: '', params: [] });
  });
});
