import { describe, expect, it } from 'vitest';
import { kinds, pick, read, readStream } from '../staged.ts';

const header = 'case,activity,time\n';
const old = '1,A,3/4/2020\n1,B,5/6/2020\n';
const ndjson = (rows: string) =>
  rows
    .trim()
    .split('\n')
    .map((row) => {
      const [id, activity, time] = row.split(',');
      return JSON.stringify({ case: id, activity, time });
    })
    .join('\n');

describe('a file that grew', () => {
  it.each([
    ['CSV', 'log.csv', (rows: string) => header + rows],
    ['NDJSON', 'log.ndjson', ndjson]
  ])('keeps the order of day and month of its last import: %s', async (_, name, write) => {
    const first = await read(name, write(old));
    expect(first.report.mapping.time_formats).toEqual({ timestamp: 'dmy' });
    const grown = write(`${old}1,C,3/14/2020\n1,E,4/15/2020\n1,D,14/3/2020\n`);
    const second = await read(name, grown, undefined, first.report.mapping);
    expect(second.event.slice(0, 2)).toEqual(first.event);
    expect(pick(second.event, 'activity', 'happened_at').at(-1)).toEqual(['D', '2020-03-14 00:00:00']);
    expect(second.quarantine).toHaveLength(2);
    expect(second.quarantine[0]).toMatchObject({
      reason: 'the time cannot be read as day-first (dmy), the way this source was read before',
      field: 'time',
      fix: expect.stringContaining('timestamp_format')
    });
    expect(kinds(second)).not.toContain('mapping_changed');
    expect(second.report.mapping.time_formats).toEqual({ timestamp: 'dmy' });
  });

  it('says the same of its unreadable rows as the first time', async () => {
    const rows = `${header}${old}1,C,soon\n`;
    const first = await read('log.csv', rows);
    const second = await read('log.csv', rows, undefined, first.report.mapping);
    expect(second.quarantine).toEqual(first.quarantine);
    expect(second.event).toEqual(first.event);
  });

  it('is not bound to a format that no time was read with', async () => {
    const first = await read('log.csv', `${header}1,A,\n`);
    expect(first.report.mapping.time_formats).toEqual({});
    const second = await read('log.csv', `${header}1,A,\n1,B,14/3/2020\n`, undefined, first.report.mapping);
    expect(pick(second.event, 'happened_at')).toEqual([['2020-03-14 00:00:00']]);
  });

  it('keeps a format that was given once, in XES too', async () => {
    const xes = `<log><trace><string key="concept:name" value="1"/><event><string key="concept:name" value="A"/>
      <string key="time:timestamp" value="04.03.2020 10:00"/></event></trace></log>`;
    const first = await read('log.xes', xes, { timestamp_format: 'dd.MM.yyyy HH:mm' });
    const second = await read('log.xes', xes, undefined, first.report.mapping);
    expect(first.event).toHaveLength(1);
    expect(second.event).toEqual(first.event);
    expect(kinds(second)).not.toContain('mapping_changed');
  });
});

describe('a mapping that changed', () => {
  const extra = 'case,activity,time,step\n1,A,3/4/2020,x\n';
  it.each([
    ['zone', { zone: 'Europe/Amsterdam' }, 'zone: UTC before, Europe/Amsterdam now'],
    ['day_at', { day_at: 'end' }, 'day_at: start before, end now'],
    ['a column', { activity: 'step' }, 'activity: activity before, step now'],
    ['the format', { timestamp_format: 'mdy' }, 'format of timestamp: dmy before, mdy now'],
    ['what is left out', { drop: ['step'] }, 'drop: none before, step now']
  ])('is told: %s', async (_, mapping, example) => {
    const first = await read('log.csv', extra);
    const second = await read('log.csv', extra, mapping, first.report.mapping);
    expect(second.report.findings).toContainEqual({
      kind: 'mapping_changed',
      message: expect.stringContaining('count as new'),
      count: 1,
      example
    });
    expect(second.quarantine).toEqual([]);
  });

  it.each([
    ['the same', { case: 'case', zone: 'UTC', timestamp_format: 'dmy' }, undefined],
    ['none before', { zone: 'Europe/Amsterdam' }, null],
    ['something else before', {}, { zone: 5 }]
  ])('is not: %s', async (_, mapping, before) => {
    const first = await read('log.csv', extra);
    const previous = before === undefined ? first.report.mapping : before;
    expect(kinds(await read('log.csv', extra, mapping, previous))).not.toContain('mapping_changed');
  });
});

describe('a stream', () => {
  const header = 'Zahlung;Rechnung;Betrag;Währung;Eingang am;Ausgleich\n';
  const payments = (previous?: unknown, options = {}) =>
    read(
      'payments.csv',
      `${header}ZE-1;RE-1;1,00;EUR;01.07.2025 10:00;ja\n`,
      { stream: 'ledgerline/payments', ...options },
      previous
    );
  const told = async (previous: unknown, options = {}) =>
    (await payments(previous, options)).report.findings.map(({ kind, example }) => [kind, example]);

  it('that is read as before says nothing', async () => {
    const { report } = await payments();
    expect(await told(report.mapping)).toEqual([]);
    expect(await told(JSON.parse(JSON.stringify(report.mapping)))).toEqual([]);
  });

  it('that is read otherwise says how, and what follows', async () => {
    const before = (await payments()).report.mapping;
    expect(await told(before, { zone: 'America/New_York' })).toEqual([
      ['mapping_changed', 'zone: Europe/Berlin before, America/New_York now']
    ]);
    expect(await told({ ...before, version: '0', fingerprint: 'abc' })).toEqual([
      ['mapping_changed', expect.stringMatching(/^mapping: version 0 \(abc\) before, version 1 \([0-9a-f]{12}\) now$/)]
    ]);
    const [finding] = (await payments({ ...before, zone: 'UTC' })).report.findings;
    expect(finding?.message).toContain('replace what was read then');
  });

  it('is no version of another stream, but of a table that it was taken for', async () => {
    const before = (await payments()).report.mapping;
    expect(await told({ ...before, stream: 'ledgerline/invoices', version: '0' })).toEqual([]);
    expect(await told({ case: 'Rechnung', activity: 'Ausgleich', timestamp: 'Eingang am' })).toEqual([
      ['mapping_changed', 'a table of events before, ledgerline/payments now']
    ]);
    const table = await read('log.csv', `case,activity,time\n${old}`, undefined, before);
    expect(table.report.findings.map(({ example }) => example)).toContain(
      'ledgerline/payments before, a table of events now'
    );
  });

  it('knows more offices without having changed', async () => {
    const record = { id: 'MS-1', project: 'P', office: 'BER', history: [] };
    const text = (...offices: string[]) => JSON.stringify(offices.map((office) => ({ ...record, office })));
    const before = (await readStream('planbase/milestones', text('BER'))).report.mapping;
    expect(before).toMatchObject({ offices: { BER: 'Europe/Berlin' } });
    const with_ = async (offices: Record<string, string>) =>
      (await read('m.json', text('BER', 'NYC'), { stream: 'planbase/milestones', offices }, before)).report.findings;
    expect(await with_({ BER: 'Europe/Berlin', NYC: 'America/New_York' })).toEqual([]);
    expect(await with_({ BER: 'Europe/Paris', NYC: 'America/New_York' })).toMatchObject([
      { kind: 'mapping_changed', example: 'zone of BER: Europe/Berlin before, Europe/Paris now' }
    ]);
  });
});
