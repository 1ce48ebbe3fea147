import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Clause, Filter } from '#models/filter/filter.ts';
import { BadUse } from '#models/log/errors.ts';
import { attributeProfile } from '#mining/attributes.ts';
import { listCases } from '#mining/cases.ts';
import type { ViewContext } from '#mining/context.ts';
import { cycleTime } from '#mining/cycle-time.ts';
import { directlyFollowsGraph } from '#mining/directly-follows-graph.ts';
import { transitionHandoffs } from '#mining/handoffs.ts';
import { rework } from '#mining/rework.ts';
import { summary } from '#mining/summary.ts';
import { variants } from '#mining/variants.ts';
import { openFixture, type Fixture, type FixtureEvent } from './fixture.ts';

let fixture: Fixture;
let context: ViewContext;
let plain: ViewContext;

const step = (id: string, activity: string, at: string, more: Partial<FixtureEvent> = {}): FixtureEvent => ({
  case: id,
  activity,
  at: `2020-${at}Z`,
  ...more
});

/**
 * a: A B Z in January, 2 h · b: A B B A Z from January to February · c: A C in February, open · d: Z alone at the first
 * instant of February · Abc: A, C and A again within a minute in March, open.
 */
const log: FixtureEvent[] = [
  step('a', 'A', '01-10T00:00:00', { team: 'x', resource: 'ann', attributes: { cost: 5 } }),
  step('a', 'B', '01-10T01:00:00', { team: 'y', resource: 'bob' }),
  step('a', 'Z', '01-10T02:00:00', { team: 'y', resource: 'bob' }),
  step('b', 'A', '01-20T00:00:00', { team: 'x', role: 'rep' }),
  step('b', 'B', '01-21T00:00:00'),
  step('b', 'B', '01-22T00:00:00', { team: 'z', attributes: { cost: 50 } }),
  step('b', 'A', '02-01T00:00:00', { team: 'x' }),
  step('b', 'Z', '02-02T00:00:00', { team: 'x' }),
  step('c', 'A', '02-10T00:00:00', { system: 'ERP', legal_entity: 'DE' }),
  step('c', 'C', '02-11T00:00:00'),
  step('d', 'Z', '02-01T00:00:00', { attributes: { 'odd/~key "x"': "it's" } }),
  step('Abc', 'A', '03-01T00:00:00', { team: 'y' }),
  step('Abc', 'C', '03-01T00:00:30', { team: 'y' }),
  step('Abc', 'A', '03-01T00:01:00', { team: 'x' })
];

beforeAll(async () => {
  fixture = await openFixture();
  await fixture.load({
    log: 'filters',
    events: log,
    cases: { a: { region: 'EU', size: 10 }, b: { region: 'US', size: 20 }, c: { region: "O'Neil" }, d: {}, Abc: {} }
  });
  context = await fixture.context('filters', { ends: ['Z'] });
  plain = await fixture.context('filters');
});
afterAll(() => fixture.close());

const hour = 3_600_000;
const january = { from: '2020-01-01T00:00:00Z', to: '2020-02-01T00:00:00Z' };

const clauses: [string, Clause, string][] = [
  ['active in January', { kind: 'period', mode: 'active', ...january }, 'a b'],
  ['within January', { kind: 'period', mode: 'contained', ...january }, 'a'],
  ['started in January', { kind: 'period', mode: 'started', ...january }, 'a b'],
  ['ended in January', { kind: 'period', mode: 'ended', ...january }, 'a'],
  ['started from February on', { kind: 'period', mode: 'started', from: '2020-02-01T01:00:00+01:00' }, 'c d Abc'],
  ['ended before February', { kind: 'period', mode: 'ended', to: '2020-02-01T00:00:00Z' }, 'a'],
  ['ended by a microsecond', { kind: 'period', mode: 'ended', to: '2020-02-01T00:00:00.000001Z' }, 'a d'],
  ['an attribute of the case', { kind: 'attribute', scope: 'case', key: 'region', values: ['EU', "O'Neil"] }, 'a c'],
  ['not that value', { kind: 'attribute', scope: 'case', key: 'region', values: ['EU'], exclude: true }, 'b c d Abc'],
  ['a number of the case', { kind: 'attribute', scope: 'case', key: 'size', min: 10, max: 19 }, 'a'],
  ['has the attribute', { kind: 'attribute', scope: 'case', key: 'size' }, 'a b'],
  ['an attribute of an event', { kind: 'attribute', scope: 'event', key: 'cost', values: ['50'] }, 'b'],
  ['a number of an event', { kind: 'attribute', scope: 'event', key: 'cost', min: 4 }, 'a b'],
  ['no such event', { kind: 'attribute', scope: 'event', key: 'cost', min: 6, exclude: true }, 'a c d Abc'],
  ['an odd key', { kind: 'attribute', scope: 'event', key: 'odd/~key "x"', values: ["it's"] }, 'd'],
  ['a team', { kind: 'party', dimension: 'team', values: ['y', 'z'] }, 'a b Abc'],
  ['not a team', { kind: 'party', dimension: 'team', values: ['y'], exclude: true }, 'b c d'],
  ['a resource', { kind: 'party', dimension: 'resource', values: ['bob'] }, 'a'],
  ['a role', { kind: 'party', dimension: 'role', values: ['rep'] }, 'b'],
  ['a system', { kind: 'party', dimension: 'system', values: ['ERP'] }, 'c'],
  ['a legal entity', { kind: 'party', dimension: 'legal_entity', values: ['DE'] }, 'c'],
  ['any activity', { kind: 'activity', values: ['B', 'C'], match: 'any' }, 'a b c Abc'],
  ['all activities', { kind: 'activity', values: ['A', 'B', 'A'], match: 'all' }, 'a b'],
  ['all, one unknown', { kind: 'activity', values: ['A', '?'], match: 'all' }, ''],
  ['no activity', { kind: 'activity', values: ['B', 'C'], match: 'none' }, 'd'],
  ['start activity', { kind: 'endpoint', at: 'start', values: ['Z'] }, 'd'],
  ['end activity', { kind: 'endpoint', at: 'end', values: ['A', 'C'] }, 'c Abc'],
  ['directly', { kind: 'path', from: 'A', to: 'Z', relation: 'directly' }, 'b'],
  ['not directly', { kind: 'path', from: 'A', to: 'Z', relation: 'directly', exclude: true }, 'a c d Abc'],
  ['directly, in time', { kind: 'path', from: 'A', to: 'B', relation: 'directly', max_ms: 2 * hour }, 'a'],
  ['directly, late', { kind: 'path', from: 'A', to: 'B', relation: 'directly', min_ms: hour + 1 }, 'b'],
  ['directly, half-open', { kind: 'path', from: 'A', to: 'B', relation: 'directly', max_ms: hour }, ''],
  ['eventually', { kind: 'path', from: 'A', to: 'Z', relation: 'eventually' }, 'a b'],
  ['eventually itself', { kind: 'path', from: 'A', to: 'A', relation: 'eventually' }, 'b Abc'],
  ['eventually, in time', { kind: 'path', from: 'A', to: 'Z', relation: 'eventually', max_ms: 3 * hour }, 'a'],
  ['a handoff', { kind: 'handoff', dimension: 'team', from: 'x', to: 'y' }, 'a'],
  ['a handoff over somebody unknown', { kind: 'handoff', dimension: 'team', from: 'x', to: 'z' }, 'b'],
  ['a handoff to oneself is none', { kind: 'handoff', dimension: 'team', from: 'x', to: 'x' }, ''],
  ['duration', { kind: 'duration', max_ms: 3 * hour }, 'a d'],
  ['duration, half-open', { kind: 'duration', min_ms: 2 * hour, max_ms: 2 * hour + 1 }, 'a'],
  ['open', { kind: 'status', status: 'open' }, 'c Abc'],
  ['closed', { kind: 'status', status: 'closed' }, 'a b d'],
  ['self-loop', { kind: 'rework', type: 'self_loop' }, 'b'],
  ['loop-back', { kind: 'rework', type: 'loop_back' }, 'b Abc'],
  ['self-loop of an activity', { kind: 'rework', type: 'self_loop', activity: 'A' }, ''],
  ['loop-back of an activity', { kind: 'rework', type: 'loop_back', activity: 'A' }, 'b Abc'],
  ['case id', { kind: 'case', contains: 'A' }, 'a Abc'],
  ['case id, no pattern', { kind: 'case', contains: '%' }, ''],
  ['only some events', { kind: 'events', activities: ['B', 'C'], keep: true }, 'a b c Abc'],
  ['all but some events', { kind: 'events', activities: ['Z'], keep: false }, 'a b c Abc']
];

const ids = async (filter: Filter, view = context) =>
  (await listCases(view, filter, { sort: 'start', order: 'asc' })).cases.map(({ case_id }) => case_id).join(' ');

describe('a filter keeps', () => {
  test.each(clauses)('%s', async (_, clause, expected) => {
    expect((await ids([clause])).split(' ').sort()).toEqual(expected.split(' ').sort());
  });

  test('a variant', async () => {
    const { variants: rows } = await variants(context);
    const [first, second] = rows.filter(({ sequence }) => ['AC', 'Z'].includes(sequence.join('')));
    expect(await ids([{ kind: 'variant', ids: [first?.id ?? '', second?.id ?? ''] }])).toBe('d c');
    expect(await ids([{ kind: 'variant', ids: [first?.id ?? '', 'f'.repeat(16)], exclude: true }])).not.toContain('d');
  });

  test('what all clauses keep', async () => {
    expect(
      await ids([
        { kind: 'activity', values: ['A'], match: 'any' },
        { kind: 'status', status: 'closed' },
        { kind: 'duration', min_ms: 3 * hour }
      ])
    ).toBe('b');
  });

  test('open and closed only where the view says what ends a case', async () => {
    await expect(ids([{ kind: 'status', status: 'open' }], plain)).rejects.toThrow(BadUse);
  });
});

describe('every analysis runs under every clause', () => {
  test.each(clauses)('%s', async (_, clause, expected) => {
    const cases = expected === '' ? 0 : expected.split(' ').length;
    const relinked = clause.kind === 'events';
    expect(await summary(context, [clause])).toMatchObject({ cases, relinked });
    expect(await variants(context, [clause])).toMatchObject({ total_cases: cases, covered_cases: cases, relinked });
    expect(await rework(context, [clause])).toMatchObject({ cases, relinked });
    const graph = await directlyFollowsGraph(context, [clause]);
    expect(Object.values(graph.start_activities).reduce((sum, n) => sum + n, 0)).toBe(cases);
    const { closed, open, histogram } = await cycleTime(context, [clause]);
    expect((closed?.n ?? 0) + (open?.n ?? 0)).toBe(cases);
    expect(histogram.reduce((sum, bin) => sum + bin.cases, 0)).toBe(closed?.n ?? 0);
    const { handoffs, pairs } = await transitionHandoffs(context, [clause]);
    expect(pairs.reduce((sum, { count }) => sum + count, 0)).toBe(handoffs);
    expect((await attributeProfile(context, [clause])).relinked).toBe(relinked);
  });
});
