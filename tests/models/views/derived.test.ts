import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#models/store/sql.ts';
import { freshDerived } from '#models/views/derived.ts';
import { freshLedger } from '#models/views/handoff-ledger.ts';
import { openFixture, type Fixture } from '../../mining/fixture.ts';
import { at, load, startFirm, thing } from './firm.ts';
import { by, firm, milestone, project } from './small-ledger.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.close());

/** Tables that carry the mark of their making, with it and their number within the database. */
const marked = (): Promise<{ name: string; oid: number; mark: string }[]> =>
  fixture.store.engine.query(sql`
    select table_name as name, table_oid::double as oid, comment as mark from duckdb_tables()
    where comment is not null and not temporary order by name`);

test('what pages ask for stands made, and the first who asks does not make it again', async () => {
  await firm(fixture.store, 'made', [
    project('P1'),
    milestone('M1', [
      ['Evidence submitted', at(9, 4), by('d1')],
      ['Invoice posted', at(9, 5), by('f1')]
    ])
  ]);
  await freshDerived(fixture.store, 'made');
  const made = await marked();
  const kinds = made.map(({ name }) => name.replace(/_\d+$/, ''));
  for (const kind of ['handoff', 'team_calendar']) expect(kinds).toContain(kind);
  expect(new Set(kinds).size, kinds.join(', ')).toBeGreaterThanOrEqual(5);
  await freshLedger(fixture.store, 'made');
  await freshDerived(fixture.store, 'made');
  expect(await marked()).toEqual(made);
});

test('a log without projects, and one that is not there, have nothing to make', async () => {
  const before = await marked();
  await startFirm(fixture.store, 'deals');
  await load(fixture.store, 'deals', [thing('opportunity:O1', [['Deal won', at(9, 4), by('s1')]])]);
  await expect(freshDerived(fixture.store, 'nobody')).resolves.toBeUndefined();
  await expect(freshDerived(fixture.store, 'deals')).resolves.toBeUndefined();
  const handoffs = (tables: { name: string }[]) => tables.filter(({ name }) => name.startsWith('handoff_'));
  expect(handoffs(await marked())).toEqual(handoffs(before));
});
