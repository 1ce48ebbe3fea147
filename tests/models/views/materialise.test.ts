import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deleteLog } from '#models/log/catalogue.ts';
import { NotFound } from '#models/log/errors.ts';
import { ident, sql } from '#models/store/sql.ts';
import { setEndActivities } from '#models/views/catalogue.ts';
import { freshView } from '#models/views/materialise.ts';
import { segmentsHash } from '#models/views/segments-hash.ts';
import { summary } from '#mining/summary.ts';
import { openFixture, NOW, type Fixture, type FixtureEvent } from '../../mining/fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.close());

const cases = (from: number, to: number): FixtureEvent[] =>
  Array.from({ length: to - from }, (_, i) => i + from).flatMap((n) => [
    { case: `c${n}`, activity: 'Open', at: '2024-01-01T08:00:00Z' },
    { case: `c${n}`, activity: n % 2 === 0 ? 'Close' : 'Wait', at: '2024-01-01T09:00:00Z' }
  ]);

describe('freshView(store, log, name)', () => {
  test('reads and writes only the cases that new events touch, with the result of building whole', async () => {
    const { store } = fixture;
    await fixture.load({ log: 'grown', events: cases(0, 30) });
    const view = await freshView(store, 'grown');
    // What was written before keeps its place in the table; rows written again get new ones.
    const places = (caseId: string) =>
      store.engine.query(sql`select s.rowid::double as place from ${ident(view.segments)} s
        join object o on o.object_no = s.case_no where o.id = ${caseId} order by s.position`);
    const untouched = await places('c5');
    await fixture.load({
      log: 'grown',
      events: [{ case: 'c3', activity: 'Close', at: '2024-01-01T10:00:00Z' }],
      file: 'b.csv'
    });
    const refreshed = await freshView(store, 'grown');
    expect(refreshed.builtBatch).toBeGreaterThan(view.builtBatch);
    expect(await places('c5')).toEqual(untouched);
    expect(await places('c3')).toHaveLength(3);
    const partly = await segmentsHash(store.engine, refreshed);
    await store.write((transaction) =>
      transaction.execute(sql`update view set built_batch = 0 where view_id = ${view.id}`)
    );
    expect(await segmentsHash(store.engine, await freshView(store, 'grown'))).toBe(partly);
  });

  test('tables of an older layout are built anew', async () => {
    const { store } = fixture;
    await fixture.load({ log: 'old', events: cases(0, 30) });
    const view = await freshView(store, 'old');
    const hash = await segmentsHash(store.engine, view);
    await store.write(async (transaction) => {
      await transaction.execute(sql`alter table ${ident(view.segments)} drop column automatic`);
      await transaction.execute(sql`update view set built_by = version() where view_id = ${view.id}`);
    });
    await fixture.load({ log: 'old', events: [], file: 'b.csv' });
    expect(await segmentsHash(store.engine, await freshView(store, 'old'))).toBe(hash);
  });

  test('end activities set while a view is built are the ones that count', async () => {
    const { store } = fixture;
    for (let round = 0; round < 15; round += 1) {
      const log = `raced ${round}`;
      await fixture.load({ log, events: cases(0, 40) });
      await Promise.all([
        freshView(store, log),
        setEndActivities(store, log, 'case', ['Close']),
        freshView(store, log)
      ]);
      const view = await freshView(store, log);
      const { open_cases, closed_cases } = await summary({ engine: store.engine, view, now: NOW });
      expect({ open_cases, closed_cases }, log).toEqual({ open_cases: 20, closed_cases: 20 });
    }
  });

  test('a log deleted while its view waits to be built leaves no table behind', async () => {
    const { store } = fixture;
    await fixture.load({ log: 'doomed', events: cases(0, 3) });
    const deleted = deleteLog(store, 'doomed');
    const asked = freshView(store, 'doomed').catch((error: unknown) => error);
    await deleted;
    expect(await asked).toBeInstanceOf(NotFound);
    expect(
      await store.engine.query(sql`
        select table_name from duckdb_tables() where regexp_matches(table_name, '^(segment|case)_[0-9]+$')
          and regexp_extract(table_name, '[0-9]+')::integer not in (select view_id from view)`)
    ).toEqual([]);
  });
});
