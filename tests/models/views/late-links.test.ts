import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ident, sql } from '#models/store/sql.ts';
import { ensureDefaultViews } from '#models/views/catalogue.ts';
import { freshView } from '#models/views/materialise.ts';
import { segmentsHash } from '#models/views/segments-hash.ts';
import { openFixture, type Fixture } from '../../mining/fixture.ts';
import { loadRecordFile, type WrittenRecord } from '../log/record-fixture.ts';
import { at, startFirm, thing, traces } from './firm.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.close());

const quiet = Array.from({ length: 20 }, (_, n) => thing(`project:quiet ${n}`, [['Project created', at(1)]]));

describe('links that come, change and go', () => {
  const log = 'late';
  let days = 0;
  /** Loads newer versions of records, all of one source. */
  const say = (...records: WrittenRecord[]) =>
    loadRecordFile(
      fixture.store,
      {
        log,
        source: 'psa',
        file: `day ${++days}.json`,
        records: records.map((r) => ({ ...r, recorded: at(0, days) }))
      },
      ensureDefaultViews
    );
  const cases = async () => {
    const found = await traces(fixture.store, log, 'project');
    return Object.fromEntries(Object.entries(found).filter(([id]) => !id.startsWith('quiet')));
  };
  const milestone = (project: string) =>
    thing('milestone:M1', [['Milestone reached', at(5)]], [`part_of project:${project}`]);
  const places = async () => {
    const view = await freshView(fixture.store, log, 'project');
    return fixture.store.engine.query(
      sql`select s.rowid::double as place from ${ident(view.segments)} s join object o on o.object_no = s.case_no
        where o.id like 'quiet%' order by o.id`
    );
  };

  test('move what hangs on one case to another, and nothing else is read again', async () => {
    await startFirm(fixture.store, log);
    await say(
      ...quiet,
      thing('project:A', [['Project created', at(1)]]),
      thing('project:B', [['Project created', at(2)]]),
      milestone('A')
    );
    expect(await cases()).toEqual({ A: 'open: Project created, Milestone reached', B: 'open: Project created' });
    const before = await places();
    await say(milestone('B'));
    expect(await cases()).toEqual({ A: 'open: Project created', B: 'open: Project created, Milestone reached' });
    expect(await places()).toEqual(before);
  });

  test('join by a code, and split when it turns out to be another', async () => {
    const mirror = (code: string): WrittenRecord => ({
      ...thing('erp_project:10.1', [['Project created in ERP', at(3)]]),
      references: [[['erp_project', '10.1'], 'same_as', 'project', code, code]]
    });
    const invoice = thing('invoice:I1', [['Invoice posted', at(6)]], ['part_of erp_project:10.1']);
    await say(mirror('Z'), invoice);
    expect((await cases())['A']).toBe('open: Project created');
    const before = await places();
    // No event comes in; only what the code names.
    await say({ ref: 'Z', objects: [['project', 'Z']] });
    expect((await cases())['Z']).toBe('open: Project created in ERP, Invoice posted');
    await say(mirror('A'));
    expect(await cases()).toEqual({
      A: 'open: Project created, Project created in ERP, Invoice posted',
      B: 'open: Project created, Milestone reached'
    });
    expect(await places()).toEqual(before);
  });

  test('end in what building whole gives', async () => {
    const { store } = fixture;
    const view = await freshView(store, log, 'project');
    const hash = await segmentsHash(store.engine, view);
    await store.write((transaction) => transaction.execute(sql`update view set built_batch = 0`));
    const whole = await freshView(store, log, 'project');
    expect(await segmentsHash(store.engine, whole)).toBe(hash);
    expect(whole.overlap).toEqual(view.overlap);
  });
});
