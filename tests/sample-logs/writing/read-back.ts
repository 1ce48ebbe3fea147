/**
 * Reads a folder of exports back and counts again what `truth.json` says of it. Written from the description of the
 * formats alone: it takes no line of the code that wrote them.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { TZDate } from '@date-fns/tz';

export type Fields = Record<string, string>;

interface Spec {
  key: string[];
  times?: string[];
  numbers?: string[];
}

const csvSpecs: Record<string, Spec> = {
  'crm/opportunities.csv': { key: ['Id'], times: ['CreatedDate'], numbers: ['Amount'] },
  'crm/field_history.csv': { key: ['Id'], times: ['CreatedDate'] },
  'crm/contracts.csv': { key: ['Id'], times: ['CreatedDate', 'SignedDate'], numbers: ['Value__c'] },
  'erp/projects.csv': { key: ['Projekt'], times: ['Angelegt am', 'Einrichtung begonnen am', 'Freigegeben am'] },
  'erp/resource_plan.csv': { key: ['Zuordnung', 'Monat'], times: ['Erfasst am'], numbers: ['Stunden je Woche'] },
  'erp/billing_schedule.csv': { key: ['Zeile'], times: ['Angelegt am'], numbers: ['Betrag'] },
  'erp/invoices.csv': { key: ['Rechnung'], times: ['Gebucht am', 'Versandt am'], numbers: ['Betrag'] },
  'erp/credit_notes.csv': { key: ['Gutschrift'], times: ['Gebucht am'], numbers: ['Betrag'] },
  'erp/payments.csv': { key: ['Zahlung'], times: ['Eingang am'], numbers: ['Betrag'] },
  'erp/fx_rates.csv': { key: ['Monat', 'Von', 'Nach'], numbers: ['Kurs'] },
  'procurement/purchase_requests.csv': {
    key: ['request_id'],
    times: ['requested_at', 'picked_up_at', 'ordered_at', 'delivered_at'],
    numbers: ['amount']
  },
  'hr/people.csv': { key: ['staff_no', 'valid_from'], times: ['valid_from', 'valid_to'] },
  'hr/leave.csv': { key: ['id'], times: ['from', 'to'] },
  'cs/transitions.csv': { key: ['id'], times: ['created_at', 'accepted_at', 'completed_at'] }
};

const jsonSpecs: Record<string, Spec> = {
  'psa/projects.json': { key: ['code'], numbers: ['budget'] },
  'psa/resource_requests.json': { key: ['id'], numbers: ['hours'] },
  'psa/assignments.json': { key: ['id'], times: ['created_at'], numbers: ['hours'] },
  'psa/milestones.json': { key: ['id'], numbers: ['amount'] },
  'psa/change_requests.json': { key: ['id'], numbers: ['amount'] },
  'psa/time.ndjson': { key: ['id'], times: ['started_at', 'entered_at'], numbers: ['hours'] },
  'psa/expenses.ndjson': { key: ['id'], times: ['spent_at', 'entered_at'], numbers: ['cost'] },
  'approvals/requests.ndjson': { key: ['id'], numbers: ['amount'] },
  'hr/calendars.json': { key: ['office'] }
};

export const files = [...Object.keys(csvSpecs), ...Object.keys(jsonSpecs)];

export interface JsonRecord {
  [name: string]: unknown;
  history?: { at: string; by: string; action: string }[];
  rounds?: { round: number; submitted_at: number; steps: Step[] }[];
}
interface Step {
  step: string;
  activated_at: number;
  approver: string;
  delegate: string | null;
  decided_at: number | null;
  decision: string | null;
}

export interface Read<Found> {
  counts: { rows: number; records: number; duplicates: number; unparsable: number };
  /** The distinct good records, in the order of the file. */
  records: Found[];
}

export function unpacked(directory: string, file: string): string {
  return gunzipSync(readFileSync(join(directory, `${file}.gz`))).toString('utf8');
}

export function readCsv(directory: string, file: string): Read<Fields> {
  const spec = csvSpecs[file] as Spec;
  const [head = [], ...rows] = parseCsv(unpacked(directory, file), file.startsWith('erp/') ? ';' : ',');
  return sift(
    rows.map((row) => JSON.stringify(row)),
    (text) => {
      const row = JSON.parse(text) as string[];
      if (row.length !== head.length) return undefined;
      return Object.fromEntries(head.map((name, at) => [name, row[at] ?? '']));
    },
    (record) =>
      spec.key.every((name) => record[name] !== '') &&
      (spec.times ?? []).every((name) => record[name] === '' || isTime(record[name] ?? '')) &&
      (spec.numbers ?? []).every((name) => /^-?\d+([.,]\d+)?$/.test(record[name] ?? ''))
  );
}

export function readJson(directory: string, file: string): Read<JsonRecord> {
  const spec = jsonSpecs[file] as Spec;
  const text = unpacked(directory, file);
  const isArray = file.endsWith('.json');
  const lines = text.trimEnd().split('\n');
  // The whole array is JSON, broken copies and all; and each of its elements has a line to itself.
  if (isArray && (JSON.parse(text) as unknown[]).length !== lines.length - 2) throw new Error(`${file}: lines`);
  return sift(
    isArray ? lines.slice(1, -1).map((line) => line.replace(/,$/, '')) : lines,
    (line) => {
      try {
        return JSON.parse(line) as JsonRecord;
      } catch {
        return undefined;
      }
    },
    (record) =>
      spec.key.every((name) => typeof record[name] === 'string' && record[name] !== '') &&
      (spec.times ?? []).every((name) => isTime(String(record[name]))) &&
      (spec.numbers ?? []).every((name) => typeof record[name] === 'number') &&
      (record.history ?? []).every(({ at }) => isTime(at))
  );
}

function sift<Found>(lines: string[], parse: (line: string) => Found | undefined, isGood: (record: Found) => boolean) {
  const good = new Map<string, Found>();
  let duplicates = 0;
  let unparsable = 0;
  for (const line of lines) {
    const record = parse(line);
    if (record === undefined || !isGood(record)) unparsable += 1;
    else if (good.has(line)) duplicates += 1;
    else good.set(line, record);
  }
  const records = [...good.values()];
  return { counts: { rows: lines.length, records: records.length, duplicates, unparsable }, records };
}

/** RFC 4180, with any delimiter. */
export function parseCsv(text: string, delimiter: string): string[][] {
  const rows: string[][] = [];
  const row: string[] = [];
  let field = '';
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] as string;
    if (isQuoted) {
      if (char !== '"') field += char;
      else if (text[at + 1] === '"') field += text[(at += 1)];
      else isQuoted = false;
    } else if (char === '"' && field === '') isQuoted = true;
    else if (char === delimiter || char === '\n') {
      row.push(field);
      field = '';
      if (char === '\n') rows.push(row.splice(0));
    } else field += char;
  }
  if (field !== '' || row.length > 0 || isQuoted) throw new Error('the last line has no end');
  return rows;
}

/** Whether the date of a time, written in any of the ways, is one of the calendar. */
function isTime(text: string): boolean {
  const iso = /^(\d{4})-(\d\d)-(\d\d)(?:[T ]\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)?)?$/.exec(text);
  const german = /^(\d\d)\.(\d\d)\.(\d{4})(?: \d\d:\d\d)?$/.exec(text);
  const date = iso ? iso.slice(1, 4) : german ? german.slice(1, 4).reverse() : undefined;
  if (!date) return false;
  const [year, month, day] = date.map(Number) as [number, number, number];
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate() && month >= 1 && month <= 12;
}

const hours = new Map<string, number>();

/** The instant of a local time without zone. Offsets change at full hours, so each hour is asked for once. */
export function instantOf(local: string, zone: string): number {
  const key = `${zone} ${local.slice(0, 13)}`;
  const [year = 0, month = 1, day = 1, hour = 0, minutes = 0, seconds = 0] = local.split(/\D/).map(Number);
  const begin = hours.get(key) ?? new TZDate(year, month - 1, day, hour, 0, 0, zone).getTime();
  hours.set(key, begin);
  return begin + (minutes * 60 + seconds) * 1_000;
}

/** The instant of `31.03.2025 09:12` as the ERP's clock shows it, without taking its minutes back. */
export function ledgerInstantOf(text: string): number {
  const [date = '', time = ''] = text.split(' ');
  return instantOf(`${date.split('.').reverse().join('-')} ${time}:00`, 'Europe/Berlin');
}
