import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listCases, type CaseSort } from '#mining/cases.ts';
import type { ViewContext } from '#mining/context.ts';
import { fourCases } from './four-cases.ts';
import { openFixture, type Fixture } from './fixture.ts';

let fixture: Fixture;
let open: ViewContext;
beforeAll(async () => {
  fixture = await openFixture();
  open = await fixture.log(fourCases, { ends: ['B'], cases: { 2: { region: 'EU', amount: 12.5 } } });
});
afterAll(() => fixture.close());

const ids = async (sort: CaseSort, order: 'asc' | 'desc') =>
  (await listCases(open, [], { sort, order })).cases.map(({ case_id }) => case_id).join('');

describe('cases', () => {
  test('a row of a closed and of an open case', async () => {
    const { total, cases, relinked } = await listCases(open, [], { sort: 'case_id', order: 'asc' });
    expect([total, relinked]).toEqual([4, false]);
    const variant = expect.stringMatching(/^[0-9a-f]{16}$/) as string;
    expect(cases[1]).toEqual({
      case_id: '2',
      events: 3,
      start: '2020-01-01T00:00:00.000Z',
      end: '2020-01-01T00:50:00.000Z',
      status: 'closed',
      duration_s: 3000,
      age_s: null,
      variant,
      start_activity: 'A',
      end_activity: 'B',
      attributes: { region: 'EU', amount: 12.5 }
    });
    expect(cases[2]).toEqual({
      case_id: '3',
      events: 1,
      start: '2020-01-01T02:00:00.000Z',
      end: '2020-01-01T02:00:00.000Z',
      status: 'open',
      duration_s: null,
      // To 1 March: 60 days less two hours.
      age_s: 60 * 86_400 - 7_200,
      variant,
      start_activity: 'A',
      end_activity: 'A',
      attributes: {}
    });
    expect(cases[3]).toMatchObject({ case_id: '4', end: '2020-01-01T00:05:00.000001Z', duration_s: 0.000001 });
  });

  test('sorts; ties by id; open ones last by duration', async () => {
    expect(await ids('start', 'asc')).toBe('1243');
    expect(await ids('start', 'desc')).toBe('3412');
    expect(await ids('end', 'asc')).toBe('4213');
    expect(await ids('events', 'desc')).toBe('1243');
    expect(await ids('duration', 'desc')).toBe('2413');
    expect(await ids('duration', 'asc')).toBe('4231');
    expect(await ids('case_id', 'desc')).toBe('4321');
  });

  test('pages; the newest first unless asked otherwise', async () => {
    const page = await listCases(open, [], { limit: 2, offset: 1 });
    expect(page.total).toBe(4);
    expect(page.cases.map(({ case_id }) => case_id)).toEqual(['4', '1']);
    expect((await listCases(open, [], { offset: 4 })).cases).toEqual([]);
  });

  test('removed events: what is left of each case', async () => {
    const answer = await listCases(open, [{ kind: 'events', activities: ['B'], keep: true }], { sort: 'case_id' });
    expect(answer.relinked).toBe(true);
    expect(answer.cases).toMatchObject([
      { case_id: '4', events: 1, start_activity: 'B', duration_s: 0 },
      { case_id: '2', events: 1, attributes: { region: 'EU' } },
      { case_id: '1', events: 2, status: 'open' }
    ]);
  });
});
