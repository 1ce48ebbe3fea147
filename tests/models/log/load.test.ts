import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deleteLog, listLogs } from '#models/log/catalogue.ts';
import { loadStaged, RowsUnaccounted } from '#models/log/load.ts';
import { sql } from '#models/store/sql.ts';
import { listViews } from '#models/views/catalogue.ts';
import { freshView } from '#models/views/materialise.ts';
import { segmentsHash } from '#models/views/segments-hash.ts';
import { listCases } from '#mining/cases.ts';
import { caseDetail } from '#mining/case-detail.ts';
import { summary } from '#mining/summary.ts';
import { openFixture, type Fixture, type FixtureEvent } from '../../mining/fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.close());

const at = (minute: number) => `2024-01-01T08:${String(minute).padStart(2, '0')}:00Z`;
const hash = async (log: string) => segmentsHash(fixture.store.engine, await freshView(fixture.store, log));

describe('identity without an id of the source', () => {
  const rows: FixtureEvent[] = [
    { case: 'A', activity: 'Open', at: at(0) },
    { case: 'A', activity: 'Ping', at: at(1) },
    { case: 'A', activity: 'Ping', at: at(1) },
    { case: 'B', activity: 'Ping', at: at(1) }
  ];

  test('true duplicates stay, the same file again adds nothing, a grown one adds its new rows', async () => {
    const first = await fixture.load({ log: 'grown', events: rows });
    expect(first).toMatchObject({ rows_in: 4, loaded: 4, duplicates: 0 });
    const before = await hash('grown');
    expect(await fixture.load({ log: 'grown', events: rows })).toMatchObject({ loaded: 0, duplicates: 4 });
    expect(await hash('grown')).toBe(before);
    const third = { case: 'A', activity: 'Ping', at: at(1) };
    expect(await fixture.load({ log: 'grown', events: [...rows, third] })).toMatchObject({ loaded: 1, duplicates: 4 });
    const { events, self_loop_events } = await summary(await fixture.context('grown'));
    expect({ events, self_loop_events }).toEqual({ events: 5, self_loop_events: 2 });
  });

  test('the same rows of two sources are two facts', async () => {
    await fixture.load({ log: 'two sources', events: rows, file: 'a.csv' });
    expect(await fixture.load({ log: 'two sources', events: rows, file: 'b.csv' })).toMatchObject({ loaded: 4 });
    await fixture.load({ log: 'one source', events: rows, file: 'a.csv', source: 'crm' });
    expect(await fixture.load({ log: 'one source', events: rows, file: 'b.csv', source: 'crm' })).toMatchObject({
      loaded: 0,
      duplicates: 4
    });
  });

  test('at equal times, source and file names decide, not arrival', async () => {
    const [a, b] = [
      { events: [{ case: 'A', activity: 'first', at: at(0) }], file: '1.csv' },
      { events: [{ case: 'A', activity: 'second', at: at(0) }], file: '2.csv' }
    ];
    // Numbers in names count as numbers, so that part 2 comes before part 10.
    const parts = ['part2.csv', 'part10.csv'].map((file, n) => ({
      events: [{ case: 'A', activity: `${n}`, at: at(0) }],
      file
    }));
    for (const part of parts) await fixture.load({ log: 'parts', ...part });
    expect((await listCases(await fixture.context('parts'))).cases).toMatchObject([{ start_activity: '0' }]);
    for (const log of ['forth', 'back'])
      for (const file of log === 'forth' ? [a, b] : [b, a]) await fixture.load({ log, ...file });
    expect(await hash('forth')).toBe(await hash('back'));
    const [only] = (await listCases(await fixture.context('back'))).cases;
    expect(only).toMatchObject({ start_activity: 'first', end_activity: 'second' });
  });
});

describe('versions of a fact with an id', () => {
  const said = (activity: string, recorded?: string): FixtureEvent => ({
    case: 'A',
    activity,
    at: at(0),
    ref: 'e1',
    ...(recorded && { recorded })
  });
  const activityOf = async (log: string) => (await caseDetail(await fixture.context(log), 'A')).events[0]?.activity;
  const load = (log: string, ...events: FixtureEvent[]) => fixture.load({ log, events, source: 'crm' });

  test('the newest batch wins without recording times; what is known changes nothing', async () => {
    await load('batches', said('draft'));
    expect(await load('batches', said('final'))).toMatchObject({ loaded: 1, superseded: 1 });
    expect(await activityOf('batches')).toBe('final');
    expect(await load('batches', said('draft'))).toMatchObject({ loaded: 0, duplicates: 1 });
    expect(await activityOf('batches')).toBe('final');
  });

  test('the newest recording wins whatever came first, and a change back is a version too', async () => {
    await load('recorded', said('final', '2024-01-03T00:00:00Z'));
    expect(await load('recorded', said('draft', '2024-01-02T00:00:00Z'))).toMatchObject({ loaded: 1, superseded: 1 });
    expect(await activityOf('recorded')).toBe('final');
    expect(await load('recorded', said('draft', '2024-01-04T00:00:00Z'))).toMatchObject({ loaded: 1, superseded: 1 });
    expect(await activityOf('recorded')).toBe('draft');
    expect(await load('recorded', said('final', '2024-01-03T00:00:00Z'))).toMatchObject({ loaded: 0, duplicates: 1 });
    expect((await summary(await fixture.context('recorded'))).events).toBe(1);
  });

  test('a content that returns is the newest again, in one file and in any order of files', async () => {
    const [r1, r3, r5] = [
      said('A', '2024-01-01T01:00:00Z'),
      said('B', '2024-01-01T03:00:00Z'),
      said('A', '2024-01-01T05:00:00Z')
    ];
    await load('returned', r1, r3, r5);
    expect(await activityOf('returned')).toBe('A');
    for (const [log, files] of Object.entries({ 'one by one': [r1, r5, r3], backwards: [r5, r3, r1] })) {
      for (const event of files) await load(log, event);
      expect(await activityOf(log), log).toBe('A');
      expect(await load(log, r1, r3, r5), log).toMatchObject({ loaded: 0, duplicates: 3 });
    }
  });

  test('within one file the later row wins, and every version is kept', async () => {
    expect(await load('in one file', said('draft'), said('draft'), said('final'))).toMatchObject({
      rows_in: 3,
      loaded: 2,
      duplicates: 1,
      superseded: 1
    });
    expect(await activityOf('in one file')).toBe('final');
    expect(
      await fixture.store.engine.query(sql`
        select count(*) as n from event join log using (log_id) where log.name = 'in one file'`)
    ).toEqual([{ n: 2 }]);
  });

  test('a version that moves the event to another case takes it from the old one', async () => {
    await load(
      'moved',
      { case: 'A', activity: 'x', at: at(0), ref: 'e1' },
      { case: 'B', activity: 'y', at: at(1), ref: 'e2' }
    );
    expect((await summary(await fixture.context('moved'))).cases).toBe(2);
    await load('moved', { case: 'B', activity: 'x', at: at(0), ref: 'e1' });
    expect((await listCases(await fixture.context('moved'))).cases).toMatchObject([{ case_id: 'B', events: 2 }]);
  });
});

describe('objects and links', () => {
  test('an attribute is what was said last: in the file, by the later file, by the newer import of a file', async () => {
    const events = [{ case: 'A', activity: 'x', at: at(0) }];
    const amount = async (log: string) => (await listCases(await fixture.context(log))).cases[0]?.attributes['amount'];
    await fixture.load({ log: 'said', events, cases: { A: { amount: 1 } }, file: '1.csv' });
    await fixture.load({ log: 'said', events, cases: { A: { amount: 2 } }, file: '2.csv' });
    expect(await amount('said')).toBe(2);
    await fixture.load({ log: 'said', events, cases: { A: { amount: 3 } }, file: '1.csv' });
    expect(await amount('said')).toBe(2);
    await fixture.load({ log: 'said', events, cases: { A: { amount: 4 } }, file: '2.csv' });
    expect(await amount('said')).toBe(4);
  });

  test('a link to an object that is not in the log is kept and reported; the object may come later', async () => {
    const batch = await fixture.load({
      log: 'links',
      events: [{ case: 'A', activity: 'x', at: at(0) }],
      links: [['case', 'A', 'invoice', 'I-1', 'for']]
    });
    expect(batch.object_objects).toBe(1);
    expect(batch.findings).toMatchObject([{ kind: 'dangling_link', count: 1, example: 'I-1' }]);
    const later = await fixture.load({
      log: 'links',
      events: [],
      objects: [['invoice', 'I-1', { amount: 5 }]],
      file: 'i.csv'
    });
    expect(later).toMatchObject({ objects: 1, findings: [] });
    const [log] = (await listLogs(fixture.store.engine)).filter(({ name }) => name === 'links');
    expect(log).toMatchObject({ objects: 2, object_objects: 1 });
  });
});

describe('loadStaged', () => {
  test('rows that do not add up are a defect: nothing is loaded', async () => {
    await fixture.load({ log: 'sound', events: [{ case: 'A', activity: 'x', at: at(0) }] });
    const [before] = await fixture.store.engine.query<{ n: number }>(sql`select max(batch_no) as n from batch`);
    const folder = `${fixture.store.staging}/fixture-1`;
    const report = { format: 'csv', rowsIn: 99, countsObjects: false, mapping: null, findings: [] };
    await expect(
      loadStaged(fixture.store, { log: 'unsound', source: 's', file: 'f', folder, report })
    ).rejects.toBeInstanceOf(RowsUnaccounted);
    const names = (await listLogs(fixture.store.engine)).map(({ name }) => name);
    expect(names).not.toContain('unsound');
    const next = await fixture.load({ log: 'sound', events: [], file: 'empty.csv' });
    expect(next.batch_no).toBe((before?.n ?? 0) + 1);
  });

  test('deleting a log leaves the others alone and takes its tables along', async () => {
    await fixture.load({ log: 'doomed', events: [{ case: 'A', activity: 'x', at: at(0) }] });
    await fixture.load({ log: 'spared', events: [{ case: 'A', activity: 'x', at: at(0) }] });
    const spared = await hash('spared');
    const [view] = await listViews(fixture.store.engine, 'doomed');
    await freshView(fixture.store, 'doomed');
    await deleteLog(fixture.store, 'doomed');
    expect((await listLogs(fixture.store.engine)).map(({ name }) => name)).not.toContain('doomed');
    expect(await hash('spared')).toBe(spared);
    expect(
      await fixture.store.engine.query(
        sql`select table_name from duckdb_tables() where table_name = ${view?.segments ?? ''}`
      )
    ).toEqual([]);
  });
});
