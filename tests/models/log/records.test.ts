import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findLog } from '#models/log/catalogue.ts';
import { directory } from '#models/log/directory.ts';
import { links } from '#models/log/links.ts';
import { confirmReference, listReferences } from '#models/log/references.ts';
import { logContent } from '#models/log/sources.ts';
import { sql } from '#models/store/sql.ts';
import { ensureDefaultViews } from '#models/views/catalogue.ts';
import { freshView } from '#models/views/materialise.ts';
import { segmentsHash } from '#models/views/segments-hash.ts';
import { caseDetail } from '#mining/case-detail.ts';
import { openFixture, type Fixture } from '../../mining/fixture.ts';
import { loadRecordFile, type RecordFile, type WrittenRecord } from './record-fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.close());

const load = (file: RecordFile) => loadRecordFile(fixture.store, file, ensureDefaultViews);
const at = (minute: number) => `2024-01-01T08:${String(minute).padStart(2, '0')}:00Z`;
const linksOf = async (log: string) => {
  const { log_id } = await findLog(fixture.store.engine, log);
  return fixture.store.engine.query<{ from: string; qualifier: string; to: string }>(sql`
    select f.id as "from", qualifier, t.id as "to" from (${links(log_id)}) l
    join object f on f.object_no = from_no join object t on t.object_no = to_no order by all`);
};

describe('records', () => {
  const project = (steps: string[], parent: string): WrittenRecord => ({
    ref: 'P1',
    objects: [['project', 'P1', { name: 'Move to the cloud' }]],
    events: steps.map((activity, minute) => ({ activity, at: at(minute), objects: [['project', 'P1']] })),
    links: [[['project', 'P1'], 'for', ['opportunity', parent]]]
  });
  const activities = async (log: string) => {
    const view = await freshView(fixture.store, log, 'project');
    const { events } = await caseDetail({ engine: fixture.store.engine, view, now: at(59) }, 'P1');
    return events.map(({ activity }) => activity);
  };

  test('a known record adds nothing, a new version takes back what the old one said', async () => {
    const file = { log: 'versions', source: 'PSA' };
    const first = await load({ ...file, records: [project(['created', 'on hold'], 'O1')] });
    expect(first).toMatchObject({ rows_in: 1, loaded: 1, duplicates: 0, events: 2, object_objects: 1 });
    const again = project(['created', 'on hold'], 'O1');
    expect(await load({ ...file, records: [again, again] })).toMatchObject({ loaded: 0, duplicates: 2, events: 0 });
    // The step was a mistake, and so was the parent.
    const mended = await load({ ...file, records: [project(['created', 'started', 'closed'], 'O2')] });
    expect(mended).toMatchObject({ loaded: 1, superseded: 1, events: 3 });
    expect(await activities('versions')).toEqual(['created', 'started', 'closed']);
    expect(await linksOf('versions')).toEqual([{ from: 'P1', qualifier: 'for', to: 'O2' }]);
  });

  test('of two versions in one file the one recorded last holds', async () => {
    const records = [
      { ...project(['created', 'closed'], 'O1'), recorded: at(30) },
      { ...project(['created'], 'O1'), recorded: at(20) }
    ];
    expect(await load({ log: 'two at once', source: 'PSA', records })).toMatchObject({ loaded: 2, superseded: 1 });
    expect(await activities('two at once')).toEqual(['created', 'closed']);
  });

  test('where times tie, a record that stands in two parts is in its first, whichever came first', async () => {
    const row = (ref: string): WrittenRecord => ({
      ref,
      objects: [['project', 'P1', { last: ref }]],
      events: [{ activity: ref, at: at(1), objects: [['project', 'P1']] }]
    });
    const parts = [
      { file: 'part2.json', records: ['a', 'b', 'c'].map(row) },
      { file: 'part10.json', records: ['d', 'a', 'e'].map(row) }
    ];
    const hashes: string[] = [];
    for (const [log, order] of Object.entries({ forth: parts, back: [...parts].reverse() })) {
      let duplicates = 0;
      for (const part of order) duplicates += (await load({ log, source: 'PSA', ...part })).duplicates;
      expect(duplicates).toBe(1);
      expect(await activities(log)).toEqual(['a', 'b', 'c', 'd', 'e']);
      hashes.push(await segmentsHash(fixture.store.engine, await freshView(fixture.store, log, 'project')));
    }
    expect(hashes[0]).toBe(hashes[1]);
  });

  test('equal rows without an id are as many facts as there are rows', async () => {
    const row: WrittenRecord = { events: [{ activity: 'Ping', at: at(1), objects: [['project', 'P1']] }] };
    expect(await load({ log: 'no id', source: 'PSA', records: [row, row] })).toMatchObject({ loaded: 2, events: 2 });
    expect(await load({ log: 'no id', source: 'PSA', records: [row, row, row] })).toMatchObject({
      loaded: 1,
      duplicates: 2
    });
  });
});

describe('what a record says no longer', () => {
  const contract = (customer: string): WrittenRecord => ({
    ref: 'C1',
    objects: [
      ['contract', 'C1'],
      ['customer', customer]
    ],
    links: [[['contract', 'C1'], 'of', ['customer', customer]]]
  });

  test('is not in the log, unless another record says it too', async () => {
    const file = { log: 'withdrawn', source: 'CRM' };
    const objects = async () => (await logContent(fixture.store.engine, file.log)).objects;
    await load({ ...file, records: [contract('A11')] });
    await load({ log: file.log, source: 'ERP', records: [{ ref: 'a', objects: [['customer', 'A2']] }] });
    const asks: WrittenRecord = {
      ref: 'm',
      objects: [['mirror', 'M']],
      references: [[['mirror', 'M'], 'same_as', 'customer', 'A11', 'A11']]
    };
    await load({ log: file.log, source: 'ERP', file: 'mirrors.csv', records: [asks] });
    expect(await objects()).toContainEqual({ type: 'customer', count: 2 });
    await load({ ...file, records: [contract('A1')] });
    expect(await objects()).toContainEqual({ type: 'customer', count: 2 });
    expect(await linksOf(file.log)).toEqual([{ from: 'C1', qualifier: 'of', to: 'A1' }]);
    await load({ ...file, records: [contract('A2')] });
    expect(await objects()).toContainEqual({ type: 'customer', count: 1 });
    const { rows } = await listReferences(fixture.store.engine, file.log, { state: 'unmatched' });
    expect(rows).toMatchObject([{ from_id: 'M', candidates: [] }]);
  });

  test('takes no link away that a file of events states as well', async () => {
    const log = 'stated twice';
    await load({ log, source: 'CRM', records: [contract('A1')] });
    const event = { activity: 'Called', at: at(1), objects: [['contract', 'C1', ''] as [string, string, string]] };
    await fixture.load({ log, events: [event], links: [['contract', 'C1', 'customer', 'A1', 'of']] });
    await load({ log, source: 'CRM', records: [contract('A2')] });
    expect((await linksOf(log)).map(({ to }) => to)).toEqual(['A1', 'A2']);
  });
});

describe('references between systems', () => {
  const projects: WrittenRecord[] = ['PRJ-1042', 'PRJ-1043', 'PRJ-2000'].map((code) => ({
    ref: code,
    objects: [['project', code, { name: `Project ${code}` }]]
  }));
  const mirror = (number: string, ...codes: (string | null)[]): WrittenRecord => ({
    ref: number,
    objects: [['erp_project', number]],
    references: codes.map((code) => [['erp_project', number], 'same_as', 'project', code, code ?? 'see e-mail'])
  });
  const mirrors = [
    mirror('10.1042', 'PRJ-1042', 'PRJ-1042'),
    mirror('10.1043', 'PRJ-1043', 'PRJ-1042'),
    mirror('10.2009', 'PRJ-20000', 'PRJ-20000'),
    mirror('10.7777', null)
  ];
  const psa = { source: 'PSA', file: 'projects.json', records: projects };
  const erp = { source: 'ERP', file: 'projects.csv', records: mirrors };

  test('lead where all codes agree, in any order of import; the rest waits for a person', async () => {
    for (const [log, files] of Object.entries({ 'psa first': [psa, erp], 'erp first': [erp, psa] })) {
      for (const file of files) await load({ log, ...file });
      expect(await linksOf(log), log).toEqual([{ from: '10.1042', qualifier: 'same_as', to: 'PRJ-1042' }]);
      const unmatched = await listReferences(fixture.store.engine, log, { state: 'unmatched' });
      expect(unmatched).toMatchObject({
        total: 2,
        rows: [
          { from_id: '10.2009', codes: ['PRJ-20000'], candidates: [{ id: 'PRJ-2000', name: 'Project PRJ-2000' }] },
          { from_id: '10.7777', codes: [], said: ['see e-mail'], candidates: [] }
        ]
      });
      const [contradictory] = (await listReferences(fixture.store.engine, log, { state: 'contradictory' })).rows;
      expect(contradictory).toMatchObject({ from_id: '10.1043', codes: ['PRJ-1042', 'PRJ-1043'] });
      expect(contradictory?.candidates.map(({ id, score }) => [id, score])).toEqual([
        ['PRJ-1042', 1],
        ['PRJ-1043', 1]
      ]);
    }
  });

  test('a person decides, also against the codes, and may take it back', async () => {
    const log = 'decided';
    for (const file of [psa, erp]) await load({ log, ...file });
    const { rows } = await listReferences(fixture.store.engine, log, { state: 'contradictory' });
    const key = rows[0]?.key ?? '';
    const decide = (to: string | null) =>
      confirmReference(fixture.store, log, key, { to, by: 'Ada' }, new Date('2024-02-01T00:00:00Z'));
    await decide('PRJ-1043');
    expect(await linksOf(log)).toContainEqual({ from: '10.1043', qualifier: 'same_as', to: 'PRJ-1043' });
    // A later import must not undo it.
    await load({ log, source: 'PSA', records: [{ ref: 'PRJ-3000', objects: [['project', 'PRJ-3000']] }] });
    expect(await linksOf(log)).toHaveLength(2);
    expect((await listReferences(fixture.store.engine, log, { state: 'confirmed' })).rows).toMatchObject([
      { from_id: '10.1043', confirmed_to: 'PRJ-1043', confirmed_by: 'Ada', confirmed_at: '2024-02-01T00:00:00.000Z' }
    ]);
    await decide(null);
    expect(await linksOf(log)).toHaveLength(1);
    await confirmReference(fixture.store, log, key, null, new Date());
    expect((await listReferences(fixture.store.engine, log, { state: 'contradictory' })).total).toBe(1);
    await expect(decide('PRJ-9')).rejects.toThrow('the log has no project "PRJ-9"');
    await expect(confirmReference(fixture.store, log, '1~x~y', null, new Date())).rejects.toThrow('has no reference');
  });

  test('have keys whatever types are called; a short code looks like no other', async () => {
    const log = 'odd names';
    const ids = ["o'Hara #1", 'a~b:c/é', 'Q7'];
    await load({ log, source: 'PSA', records: ids.map((id) => ({ ref: id, objects: [['pro~ject', id]] })) });
    const records = ids.map((id, i): WrittenRecord => {
      const code = id === 'Q7' ? 'X1' : `${id}x`;
      return {
        ref: `${i}`,
        objects: [['mirror', `${i}`]],
        references: [[['mirror', `${i}`], 'is~a', 'pro~ject', code, code]]
      };
    });
    await load({ log, source: 'ERP', records });
    const { rows } = await listReferences(fixture.store.engine, log, { state: 'unmatched' });
    expect(rows.map(({ candidates }) => candidates.map(({ id }) => id))).toEqual([["o'Hara #1"], ['a~b:c/é'], []]);
    const decided = { to: 'a~b:c/é', by: 'Ada' };
    await confirmReference(fixture.store, log, rows[1]?.key ?? '', decided, new Date());
    expect(await linksOf(log)).toEqual([{ from: '1', qualifier: 'is~a', to: 'a~b:c/é' }]);
  });

  test('find lookalikes among thousands without holding each against each', { timeout: 60_000 }, async () => {
    const log = 'many';
    const objects = Array.from({ length: 6_000 }, (_, i): WrittenRecord => ({
      ref: `${i}`,
      objects: [['project', `PRJ-${10_000 + i}`]]
    }));
    await load({ log, source: 'PSA', records: objects });
    const records = Array.from({ length: 1_000 }, (_, i) => mirror(`${10_000 + i}`, `PJR-${10_000 + i}X`));
    await load({ log, source: 'ERP', records });
    const since = performance.now();
    const { rows } = await listReferences(fixture.store.engine, log, { state: 'unmatched', limit: 1_000 });
    expect(rows.every(({ from_id, candidates }) => candidates[0]?.id === `PRJ-${from_id}`)).toBe(true);
    // Six million comparisons take fifteen.
    expect(performance.now() - since).toBeLessThan(10_000);
  });
});

describe('the people directory', () => {
  const person = (team: string, zone: string, from: string, to: string | null): WrittenRecord => ({
    ref: `E1 ${from}`,
    objects: [['person', 'E1']],
    changes: [['person', 'E1', from, { team, zone, role: 'Consultant', integration: false, valid_to: to }]]
  });

  test('says who belonged where and when; a last day ends on the clocks of its zone', async () => {
    const log = 'people';
    const event = { activity: 'Ping', at: at(1), resource: 'E1', objects: [['project', 'P1']] as [string, string][] };
    await load({ log, source: 'PSA', records: [{ ref: 'e', events: [event] }] });
    await load({
      log,
      source: 'HR',
      records: [
        person('Sales', 'America/New_York', '2024-01-01T05:00:00Z', '2024-01-31'),
        person('Delivery', 'America/New_York', '2024-03-01T05:00:00Z', null)
      ]
    });
    const { log_id } = await findLog(fixture.store.engine, log);
    expect(
      await fixture.store.engine.query(sql`
        select t.value as team, integration, strftime(valid_from, '%Y-%m-%dT%H:%M') as valid_from,
          case when isfinite(valid_to) then strftime(valid_to, '%Y-%m-%dT%H:%M') end as valid_to
        from (${directory(log_id)}) d join term t on t.log_id = ${log_id} and t.kind = 'team' and t.id = d.team
        order by d.valid_from`)
    ).toEqual([
      { team: 'Sales', integration: false, valid_from: '2024-01-01T05:00', valid_to: '2024-02-01T05:00' },
      { team: 'Delivery', integration: false, valid_from: '2024-03-01T05:00', valid_to: null }
    ]);
  });

  test('says the same whichever of two changes at one instant came first, and knows no zone that is none', async () => {
    const said = (team: string): WrittenRecord => ({
      ref: team,
      changes: [['person', 'E1', '2024-01-01T00:00:00Z', { team, zone: 'Berlin', valid_to: '2024-01-31' }]]
    });
    const files = ['Sales', 'Delivery'].map((team) => ({ source: 'HR', file: `${team}.csv`, records: [said(team)] }));
    const event = { activity: 'Ping', at: at(1), resource: 'E1', objects: [['project', 'P1']] as [string, string][] };
    for (const [log, order] of Object.entries({ 'one way': files, 'other way': [...files].reverse() })) {
      await load({ log, source: 'PSA', records: [{ ref: 'e', objects: [['project', 'P1']], events: [event] }] });
      for (const file of order) await load({ log, ...file });
      const view = await freshView(fixture.store, log, 'project');
      const { events } = await caseDetail({ engine: fixture.store.engine, view, now: at(59) }, 'P1');
      expect(
        events.map(({ team }) => team),
        log
      ).toEqual(['Sales']);
    }
  });
});
