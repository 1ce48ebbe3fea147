import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Emit, ExportName, Exports } from '#sample-logs/firm/rows.ts';
import { Clocks } from '#sample-logs/writing/clocks.ts';
import { Draw } from '#sample-logs/writing/dirt/draw.ts';
import { ExportFile } from '#sample-logs/writing/export-file.ts';
import type { Layout } from '#sample-logs/writing/layout.ts';
import { writeRecords } from '#sample-logs/writing/write-cell.ts';
import { writeFirm, type FirmExports } from '#sample-logs/writing/write-firm.ts';
import { fakeFirm, now, type FakeTruth } from './fake-firm.ts';
import { files, ledgerInstantOf, parseCsv, readCsv, readJson, unpacked } from './read-back.ts';
import { recount } from './recount.ts';

const projects = 400;
const folders: string[] = [];
const folder = () => {
  const path = mkdtempSync(join(tmpdir(), 'throughline-firm-'));
  folders.push(path);
  return path;
};
const write = (seed: number, size = projects, projectsPerCell = projects) => {
  const directory = folder();
  return writeFirm({ seed, projects: size, directory, now, simulate: fakeFirm, projectsPerCell }).then((truth) => ({
    directory,
    truth
  }));
};

let directory: string;
let truth: FirmExports<FakeTruth>;
/** What the firm emitted, before any dirt. */
const clean = new Map<ExportName, Exports[ExportName][]>();
const cleanRows = <Name extends ExportName>(name: Name) => (clean.get(name) ?? []) as Exports[Name][];

beforeAll(async () => {
  ({ directory, truth } = await write(7));
  const emit: Emit = (name, row) => {
    const rows = clean.get(name) ?? [];
    rows.push(row);
    clean.set(name, rows);
  };
  fakeFirm({ seed: 7, projects, cell: 0 }, emit);
});
afterAll(() => folders.forEach((path) => rmSync(path, { recursive: true, force: true })));

describe('truth.json', () => {
  test('is what was returned, with sorted keys', () => {
    const text = readFileSync(join(directory, 'truth.json'), 'utf8');
    const read = JSON.parse(text) as FirmExports<FakeTruth>;
    expect(read).toEqual(truth);
    for (const part of [read, read.exports, read.dirt, read.objects, read.activities])
      expect(Object.keys(part)).toEqual(Object.keys(part).toSorted());
    expect(read).toMatchObject({
      seed: 7,
      projects,
      cells: 1,
      now: '2026-06-30T16:00:00.000Z',
      truths: { cell: 0, projects }
    });
  });

  test('says of rows, objects, activities and dirt what can be counted in the files', () => {
    const counted = recount(directory);
    expect(truth.exports).toEqual(counted.exports);
    expect(truth.objects).toEqual(counted.objects);
    expect(truth.activities).toEqual(counted.activities);
    const { halfMatched, repeated, missing, ...dirt } = counted.dirt;
    expect(truth.dirt).toMatchObject(dirt);
    expect(truth.dirt.dst).toMatchObject({ repeated, missing });
    expect(halfMatched).toBe(0);
  });

  test('has the shares that were asked for', () => {
    const { dirt } = truth;
    expect(dirt.unmatched).toEqual({ approvals: 16, cs: 8, erp: 8, procurement: 8 });
    expect(dirt.contradictory).toBe(2);
    expect(dirt.missingFields.contracts).toBe(8 + 6);
    expect(dirt.clock).toEqual({ system: 'Ledgerline', minutesFast: 7 });
    expect(dirt.duplicates.total).toBe(
      Object.values(truth.exports).reduce((sum, file) => sum + Math.round(file.records / 100), 0)
    );
    expect(dirt.unparsable.total).toBe(40);
    expect(dirt.unparsable.exports).toMatchObject({ 'psa/time.ndjson': 2, 'hr/calendars.json': 0 });
    const rows = cleanRows('psa/time').length;
    expect(dirt.late).toEqual({ time: Math.round(rows * 0.03), expenses: 12 });
    expect(Math.min(dirt.dst.onCall.repeated, dirt.dst.onCall.missing, dirt.dst.onCall.control)).toBeGreaterThan(0);
  });
});

test('no fact of the simulation is lost, and none is added but on call', () => {
  for (const { code } of cleanRows('psa/projects'))
    expect(unpacked(directory, 'psa/projects.json')).toContain(`"${code}"`);
  for (const [name, rows] of clean) {
    const file = files.find((one) => one.startsWith(`${name}.`)) ?? '';
    const { repeated, missing, control } = truth.dirt.dst.onCall;
    const added = name === 'psa/time' ? repeated + missing + control : 0;
    expect([file, truth.exports[file]?.records]).toEqual([file, rows.length + added]);
  }
});

describe('the files', () => {
  test('have the columns of the systems, in their order', () => {
    const head = (file: string) => unpacked(directory, file).split('\n', 1)[0];
    expect(head('crm/opportunities.csv')).toBe(
      'Id,Name,AccountId,AccountName,Region__c,LegalEntity__c,ServiceLine__c,Amount,CurrencyIsoCode,OwnerId,AccountTeam__c,CreatedDate,CreatedById,CloseDate'
    );
    expect(head('crm/field_history.csv')).toBe('Id,OpportunityId,Field,OldValue,NewValue,CreatedDate,CreatedById');
    expect(head('crm/contracts.csv')).toBe(
      'Id,OpportunityId,Value__c,CurrencyIsoCode,BillingModel__c,CreatedDate,CreatedById,SignedDate,SignedById,TaxId__c,PurchaseOrder__c,BillingContact__c,CostCentre__c'
    );
    expect(head('erp/projects.csv')).toBe(
      'Projekt;PSA-Projekt;Buchungskreis;Angelegt am;Angelegt von;Einrichtung begonnen am;Einrichtung begonnen von;Freigegeben am;Freigegeben von'
    );
    expect(head('erp/resource_plan.csv')).toBe(
      'Projekt;Zuordnung;Person;Monat;Stunden je Woche;Erfasst am;Erfasst von'
    );
    expect(head('erp/billing_schedule.csv')).toBe(
      'Zeile;Projekt;Bezug;Plandatum;Betrag;Währung;Angelegt am;Angelegt von'
    );
    expect(head('erp/invoices.csv')).toBe(
      'Rechnung;Projekt;Zeile;Meilenstein;Betrag;Währung;Gebucht am;Gebucht von;Versandt am;Fällig am'
    );
    expect(head('erp/credit_notes.csv')).toBe(
      'Gutschrift;Rechnung;Betrag;Währung;Grund;Gebucht am;Gebucht von;Vollständig'
    );
    expect(head('erp/payments.csv')).toBe('Zahlung;Rechnung;Betrag;Währung;Eingang am;Ausgleich');
    expect(head('erp/fx_rates.csv')).toBe('Monat;Von;Nach;Kurs');
    expect(head('procurement/purchase_requests.csv')).toBe(
      'request_id,project,kind,amount,currency,requested_at,requested_by,picked_up_at,picked_up_by,ordered_at,ordered_by,delivered_at'
    );
    expect(head('hr/people.csv')).toBe(
      'staff_no,name,team,department,role,office,zone,integration,manager,valid_from,valid_to'
    );
    expect(head('hr/leave.csv')).toBe('id,staff_no,from,to,kind');
    expect(head('cs/transitions.csv')).toBe(
      'id,project,created_at,created_by,accepted_at,accepted_by,completed_at,completed_by,due_date,renewal_date'
    );
  });

  test('quote what must be quoted', () => {
    const [, first] = parseCsv(unpacked(directory, 'crm/opportunities.csv'), ',');
    expect(first?.slice(0, 4)).toEqual(['0061000', 'Migration, "phase 0"; line\ntwo', '00100', 'Kunde & Söhne']);
    expect(unpacked(directory, 'hr/people.csv')).toContain('E1000,"Müller, Jörg ""Jo""",Team BER');
  });

  test('write JSON in the words of the PSA and of approvals', () => {
    const project = readJson(directory, 'psa/projects.json').records[0];
    expect(Object.keys(project ?? {})).toEqual([
      'code',
      'opportunity',
      'contract',
      'name',
      'region',
      'legal_entity',
      'service_line',
      'office',
      'manager',
      'budget',
      'currency',
      'planned_start',
      'planned_end',
      'folder_colour',
      'history'
    ]);
    expect(project?.history?.[0]).toEqual({
      at: '2024-07-06 10:00:00',
      by: 'E1001',
      action: 'created',
      note: 'by hand'
    });
    const time = readJson(directory, 'psa/time.ndjson').records;
    expect(Object.keys(time[0] ?? {})).not.toContain('change_request');
    expect(time.filter((row) => 'change_request' in row)).toHaveLength(
      cleanRows('psa/time').filter(({ changeRequest }) => changeRequest !== null).length
    );
    const approval = readJson(directory, 'approvals/requests.ndjson').records[1];
    expect(approval?.rounds).toEqual([
      {
        round: 1,
        submitted_at: Date.UTC(2024, 6, 22, 8),
        steps: [
          {
            step: 'line manager',
            activated_at: Date.UTC(2024, 6, 22, 8, 0, 1, 500),
            approver: 'E1000',
            delegate: 'E1001',
            decided_at: null,
            decision: null
          }
        ]
      }
    ]);
  });

  test('have each system’s clock', () => {
    const opportunities = new Map(readCsv(directory, 'crm/opportunities.csv').records.map((row) => [row['Id'], row]));
    for (const { id, createdAt } of cleanRows('crm/opportunities'))
      expect(Date.parse(opportunities.get(id)?.['CreatedDate'] ?? '')).toBe(createdAt);
    const invoices = new Map(readCsv(directory, 'erp/invoices.csv').records.map((row) => [row['Rechnung'], row]));
    for (const { id, postedAt } of cleanRows('erp/invoices'))
      expect(ledgerInstantOf(invoices.get(id)?.['Gebucht am'] ?? '')).toBe(postedAt + 7 * 60_000);
  });

  test('name the offices and functions in setup.json', () => {
    expect(JSON.parse(readFileSync(join(directory, 'setup.json'), 'utf8'))).toMatchObject({
      offices: { BER: 'Europe/Berlin', NYC: 'America/New_York', SIN: 'Asia/Singapore', BLR: 'Asia/Kolkata' },
      functions: { 'Deal Desk': 'deal_desk', Integration: 'integration' },
      lifecycle: { layers: [] },
      now: '2026-06-30T16:00:00.000Z'
    });
  });
});

describe('the outage', () => {
  test('is a hole of six hours on a working day, and nothing of a record changes its order', () => {
    const { from, to, records } = truth.dirt.outage;
    const [begin, end] = [Date.parse(from), Date.parse(to)];
    expect(end - begin).toBe(6 * 3_600_000);
    expect(from).toMatch(/T08:00:00/);
    expect([2, 3, 4]).toContain(new Date(from).getUTCDay());
    const { recorded } = recount(directory);
    expect(recorded.filter((at) => at >= begin && at < end)).toEqual([]);
    expect(records).toBeGreaterThan(0);
    for (const file of ['psa/projects.json', 'psa/milestones.json', 'psa/change_requests.json'])
      for (const { history = [] } of readJson(directory, file).records)
        expect(history.map(({ at }) => at)).toEqual(history.map(({ at }) => at).toSorted());
  });
});

describe('the same seed', () => {
  const everyByte = (path: string) => [
    ...files.map((file) => unpacked(path, file)),
    ...['setup.json', 'truth.json'].map((file) => readFileSync(join(path, file), 'utf8'))
  ];

  test('gives the same bytes, another seed others', async () => {
    const again = await write(7);
    expect(everyByte(again.directory)).toEqual(everyByte(directory));
    const other = await write(8);
    expect(unpacked(other.directory, 'erp/projects.csv')).not.toBe(unpacked(directory, 'erp/projects.csv'));
    expect(unpacked(other.directory, 'psa/time.ndjson')).not.toBe(unpacked(directory, 'psa/time.ndjson'));
  });

  test('leaves no time and no name in a gzip’s head', () => {
    const head = readFileSync(join(directory, 'psa/time.ndjson.gz')).subarray(0, 10);
    expect([...head.subarray(0, 8)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]);
  });
});

describe('a firm of several cells', () => {
  test('adds up, and shares calendars and exchange rates', async () => {
    const large = await write(7, 250, 100);
    expect(large.truth).toMatchObject({ cells: 3, truths: [{ projects: 100 }, { projects: 100 }, { projects: 50 }] });
    const counted = recount(large.directory);
    expect(large.truth.exports).toEqual(counted.exports);
    expect(large.truth.objects).toEqual(counted.objects);
    expect(large.truth.activities).toEqual(counted.activities);
    const { halfMatched, repeated, missing, ...dirt } = counted.dirt;
    expect(large.truth.dirt).toMatchObject(dirt);
    expect(large.truth.dirt.dst).toMatchObject({ repeated, missing });
    expect(halfMatched).toBe(0);
    expect(large.truth.dirt.clock.minutesFast).toBe(7);
    expect(large.truth.objects).toMatchObject({ calendar: 4, fx_rate: 6, project: 250 });
    const { from, to } = large.truth.dirt.outage;
    expect(counted.recorded.filter((at) => at >= Date.parse(from) && at < Date.parse(to))).toEqual([]);
  });

  test('never holds more than one of them', () => {
    const run = (cells: number) =>
      JSON.parse(
        execFileSync(
          process.execPath,
          ['--max-old-space-size=44', join(import.meta.dirname, 'write-cells.ts'), folder(), String(cells)],
          { encoding: 'utf8' }
        )
      ) as { rows: number; peak: number };
    const one = run(1);
    // The records of twelve cells do not fit into this heap, those of one do.
    const twelve = run(12);
    expect(twelve.rows).toBeGreaterThan(11 * one.rows);
    expect(twelve.peak).toBeLessThan(2.5 * one.peak);
  });
});

test('a time that leaves its instant open is counted, and stands in its file once', () => {
  const { dst } = truth.dirt;
  // One in the ERP and one in the PSA at least, beside those on call; all are counted again above.
  expect(dst.repeated).toBeGreaterThanOrEqual(dst.onCall.repeated + 2);
  expect(dst.missing).toBe(dst.onCall.missing);
});

test('what is spared stands in a file once, and whole', async () => {
  const rows = Array.from({ length: 300 }, (_, n) => `r${n}`);
  const layout: Layout<string> = {
    file: 'rows.ndjson',
    format: 'ndjson',
    key: (row) => row,
    breaks: { id: 'id' },
    columns: [
      ['id', (row) => row],
      ['n', () => 1]
    ]
  };
  const path = join(folder(), 'rows.ndjson.gz');
  const file = await ExportFile.create(path);
  const counts = await writeRecords(file, layout, rows, {
    clocks: new Clocks([], []),
    draw: (decision) => new Draw(7, 0, decision),
    isFirst: true,
    isSpared: (row) => row !== 'r7' && row !== 'r8'
  });
  await file.close();
  const lines = gunzipSync(readFileSync(path)).toString().trimEnd().split('\n');
  expect(counts).toEqual({ rows: 304, records: 300, duplicates: 2, unparsable: 2 });
  const times = (row: string) => lines.filter((line) => line === `{"id":"${row}","n":1}`).length;
  expect(lines).toHaveLength(304);
  expect(rows.filter((row) => times(row) > 1)).toEqual(['r7', 'r8']);
  expect(rows.filter((row) => times(row) === 0)).toEqual([]);
});

test('two records of one key are refused', async () => {
  const twice = (cell: { seed: number; projects: number; cell: number }, emit: Emit): FakeTruth => {
    fakeFirm(cell, emit);
    return fakeFirm(cell, (name, row) => name === 'erp/payments' && emit(name, row));
  };
  await expect(writeFirm({ seed: 7, projects: 4, directory: folder(), now, simulate: twice })).rejects.toThrow(
    'erp/payments.csv: two records have the key ZE-1000'
  );
});
