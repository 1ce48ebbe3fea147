import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Filter, type Clause } from '#models/filter/filter.ts';
import { BadFilter, filterFromParams, filterToParams } from '#models/filter/url.ts';
import { filters } from './arbitrary.ts';

const examples: [Clause, string][] = [
  [{ kind: 'activity', match: 'any', values: ['Send Fine', 'Payment'] }, 'activity.any.Send Fine.Payment'],
  [{ kind: 'duration', min_ms: 30 * 86_400_000, max_ms: 129_600_000 }, 'duration.from.30d.to.36h'],
  [{ kind: 'duration', max_ms: 0.5 }, 'duration.to.0*.5ms'],
  [{ kind: 'duration' }, 'duration'],
  [
    { kind: 'period', mode: 'started', from: '2024-01-01T00:00:00.000Z', to: '2024-02-01T12:00:00Z' },
    'period.started.2024-01-01.2024-02-01T12:00:00Z'
  ],
  [{ kind: 'period', mode: 'active', to: '2024-01-01T00:00:00.000Z' }, 'period.active..2024-01-01'],
  [
    { kind: 'attribute', scope: 'case', key: 'region', values: ['is', 'not'], exclude: true },
    'attribute.case.region.not.is.is.not'
  ],
  [
    { kind: 'attribute', scope: 'event', key: 'not', values: ['v. 1'], min: -1, max: 2 },
    'attribute.event.not.from.-1.to.2.is.v*. 1'
  ],
  [{ kind: 'party', dimension: 'legal_entity', values: ['A*B'] }, 'party.legal_entity.is.A**B'],
  [{ kind: 'endpoint', at: 'end', values: [''] }, 'endpoint.end.'],
  [
    { kind: 'path', from: 'from', to: 'to', relation: 'directly', min_ms: 1_500, exclude: true },
    'path.not-directly.from.to.from.1500ms'
  ],
  [{ kind: 'handoff', dimension: 'team', from: 'Sales', to: 'Finance' }, 'handoff.team.Sales.Finance'],
  [{ kind: 'variant', ids: ['0123456789abcdef'] }, 'variant.is.0123456789abcdef'],
  [{ kind: 'status', status: 'open' }, 'status.open'],
  [{ kind: 'rework', type: 'loop_back' }, 'rework.loop_back'],
  [{ kind: 'rework', type: 'self_loop', activity: '' }, 'rework.self_loop.'],
  [{ kind: 'case', contains: '*ud800' }, 'case.**ud800'],
  [{ kind: 'case', contains: '\ud800\u{1f600}\udc00' }, 'case.*ud800\u{1f600}*udc00'],
  [{ kind: 'events', keep: false, activities: ['Add penalty'] }, 'events.drop.Add penalty']
];

describe('a filter in an address', () => {
  test.each(examples)('%j is %s', (clause, text) => {
    expect(filterToParams([clause])).toEqual([text]);
    expect(filterFromParams([text])).toEqual([clause]);
  });

  test('reads the parameters f of a query, in order', () => {
    const query = new URLSearchParams('log=fines&f=status.open&page=2&f=case.A');
    expect(filterFromParams(query)).toEqual([
      { kind: 'status', status: 'open' },
      { kind: 'case', contains: 'A' }
    ]);
    expect(filterFromParams(new URLSearchParams('log=fines'))).toEqual([]);
  });

  test('says nothing of an exclusion that excludes nothing', () => {
    const text = filterToParams([{ kind: 'variant', ids: ['0123456789abcdef'], exclude: false }]);
    expect(filterFromParams(text)).toEqual([{ kind: 'variant', ids: ['0123456789abcdef'] }]);
  });

  test('any filter survives an address', () => {
    fc.assert(
      fc.property(filters, (filter) => {
        expect(Filter.safeParse(filter).success).toBe(true);
        const written = new URLSearchParams(filterToParams(filter).map((text) => ['f', text]));
        const read = filterFromParams(new URLSearchParams(written.toString()));
        expect(read).toEqual(filter);
        expect(filterToParams(read)).toEqual(filterToParams(filter));
      }),
      { numRuns: 500 }
    );
  });

  test('any text is read or refused with a fix', () => {
    const words = fc.constantFrom(
      'path',
      'attribute',
      'case',
      'not',
      'from',
      '5d',
      'is',
      'duration',
      'period',
      'x',
      '*',
      ''
    );
    const texts = fc.oneof(
      fc.string(),
      fc.array(words, { maxLength: 8 }).map((all) => all.join('.'))
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          expect(Filter.safeParse(filterFromParams([text])).success).toBe(true);
        } catch (error) {
          if (!(error instanceof BadFilter)) throw error;
          expect(error.fix.length).toBeGreaterThan(10);
        }
      }),
      { numRuns: 500 }
    );
  });

  test.each([
    ['', 'starts with ""'],
    ['activty.any.A', 'starts with "activty"'],
    ['constructor.a', 'starts with "constructor"'],
    ['activity.some.A', 'match'],
    ['activity.any', 'values'],
    ['status.open.closed', '"closed" is left over'],
    ['duration.from.soon', 'min_ms'],
    ['duration.from.1e309d', 'min_ms'],
    ['duration.to.5d.from.3d', 'left over'],
    ['period.started.yesterday', 'from'],
    ['variant.is.xyz', 'ids'],
    ['party.team.are.Finance', 'exclude'],
    ['events.remove.A', 'keep']
  ])('refuses %j', (text, reason) => {
    expect(() => filterFromParams([text])).toThrow(BadFilter);
    expect(() => filterFromParams([text])).toThrow(reason);
  });

  test('refuses more clauses than a filter holds', () => {
    expect(() => filterFromParams(Array.from({ length: 101 }, () => 'status.open'))).toThrow('too long');
  });
});
