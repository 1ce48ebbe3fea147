import { describe, expect, it } from 'vitest';
import { jsonArray, ndjson, pick, readStream, told } from '../../staged.ts';

const milestone = {
  id: 'MS-1',
  project: 'PRJ-1',
  office: 'BER',
  name: 'Design',
  amount: 10,
  currency: 'EUR',
  planned_date: '2025-07-31',
  history: [{ at: '2025-07-01 10:00:00', by: 'E1', action: 'planned' }]
};
const withoutId = Object.fromEntries(Object.entries(milestone).filter(([key]) => key !== 'id'));
const entry = milestone.history[0];
const payments = 'Zahlung;Rechnung;Betrag;Währung;Eingang am;Ausgleich\n';

describe('a record that cannot be read', () => {
  it.each<[string, object, string]>([
    ['no id', withoutId, 'id: no id'],
    ['an empty id', { ...milestone, id: ' ' }, 'id: no id'],
    ['a required field', { ...milestone, project: null }, 'project: no project'],
    ['letters in an amount', { ...milestone, amount: '10 h.c.' }, 'amount: the number cannot be read'],
    ['an infinite amount', { ...milestone, amount: 'infinity' }, 'amount: the number cannot be read'],
    ['an impossible date', { ...milestone, planned_date: '2025-02-30' }, 'planned_date: the date cannot be read'],
    [
      'an impossible time',
      { ...milestone, history: [entry, { ...entry, at: '2025-02-30 10:00:00' }] },
      'history.at: the time cannot be read'
    ],
    ['no time', { ...milestone, history: [{ ...entry, at: '' }] }, 'history.at: no history.at'],
    ['no action', { ...milestone, history: [{ ...entry, action: undefined }] }, 'history.action: no history.action'],
    ['no list', { ...milestone, history: 'planned' }, 'history: it is no list'],
    ['a list of texts', { ...milestone, history: ['planned'] }, 'history.at: no history.at'],
    ['another list', { ...milestone, history: { at: 1 } }, 'history: it is no list']
  ])('goes to quarantine as a whole: %s', async (_, record, expected) => {
    const staged = await readStream('planbase/milestones', jsonArray(record, { ...milestone, id: 'MS-2' }));
    expect(told(staged).quarantine).toEqual([`record 1, ${expected}`]);
    expect(staged.quarantine[0]).toMatchObject({
      position: 0,
      fix: expect.stringMatching(/\w/),
      raw: JSON.stringify(record)
    });
    expect(told(staged).objects).toEqual([expect.stringContaining('milestone MS-2')]);
    expect(pick(staged.event, 'position')).toEqual([[4096]]);
    expect(pick(staged.record, 'position', 'source_ref')).toEqual([[1, 'milestones:MS-2']]);
    expect(pick(staged.object_object, 'from_id')).toEqual([['MS-2']]);
    expect(staged.report.rowsIn).toBe(2);
  });

  it('says what is missing first, once', async () => {
    const staged = await readStream('planbase/milestones', jsonArray({ amount: 'x', history: [{}, {}] }));
    expect(told(staged).quarantine).toEqual(['record 1, id: no id']);
  });

  it('costs its line where an array has a record a line', async () => {
    const lines = [milestone, { ...milestone, id: 'MS-2' }, { ...milestone, id: 'MS-3' }].map((one) =>
      JSON.stringify(one)
    );
    for (const cut of [20, 70, 150]) {
      const [a = '', b = '', c = ''] = lines;
      const staged = await readStream('planbase/milestones', `[\n${a},\n${b.slice(0, cut)}\n${c}\n]\n`);
      expect(pick(staged.record, 'position', 'source_ref')).toEqual([
        [0, 'milestones:MS-1'],
        [2, 'milestones:MS-3']
      ]);
      expect(staged.quarantine).toMatchObject([
        { position: 1, locator: 'record 2', reason: 'it is no JSON object', raw: b.slice(0, cut) }
      ]);
    }
  });

  it('does not hide that an array is cut off', async () => {
    await expect(readStream('planbase/milestones', `[\n${JSON.stringify(milestone)},\n`)).rejects.toMatchObject({
      name: 'BadInput',
      message: expect.stringContaining('cut off')
    });
  });

  it('is a row of CSV, too', async () => {
    const rows = [
      'ZE-1;RE-1;10,00;EUR;01.07.2025 10:00;ja',
      ';RE-1;10,00;EUR;01.07.2025 10:00;ja',
      'ZE-3;RE-1;10.00,1O;EUR;01.07.2025 10:00;ja',
      'ZE-4;RE-1;10,00;EUR;30.02.2025 10:00;ja',
      'ZE-5;RE-1;10,00;EUR;01.07.2025 10:00;vielleicht',
      'ZE-6;RE-1;10,00',
      '"ZE-7;RE-1;10,00;EUR;01.07.2025 10:00;ja'
    ];
    const staged = await readStream('ledgerline/payments', `${payments}${rows.join('\n')}\n`);
    expect(told(staged).quarantine).toEqual([
      'row 3, Zahlung: no Zahlung',
      'row 4, Betrag: the number cannot be read',
      'row 5, Eingang am: the time cannot be read',
      'row 6, Ausgleich: it is neither yes nor no',
      'row 7, -: 3 columns instead of 6',
      'row 8, -: a quote is never closed'
    ]);
    expect(pick(staged.quarantine, 'fix')[1]).toEqual(['write it like 1.234,56']);
    expect(pick(staged.quarantine, 'raw').slice(0, 2)).toEqual([[rows[1]], [rows[2]]]);
    expect([staged.record.length, staged.report.rowsIn]).toEqual([1, 7]);
  });

  it('has more events than fit', async () => {
    const history = Array.from({ length: 4097 }, (_, i) => ({
      ...entry,
      at: `2025-07-01 10:00:${String(i % 60).padStart(2, '0')}`
    }));
    const staged = await readStream(
      'planbase/milestones',
      jsonArray({ ...milestone, history }, { ...milestone, id: 'MS-2', history: history.slice(1) })
    );
    expect(told(staged).quarantine).toEqual(['record 1, history: more than 4096 events in one record']);
    expect(staged.event).toHaveLength(4096);
    expect(pick(staged.event, 'position').at(-1)).toEqual([2 * 4096 - 1]);
  });
});

describe('records of one id', () => {
  it('are all records; the same content has the same digest, whatever the order of members', async () => {
    const { project, ...rest } = milestone;
    const staged = await readStream(
      'planbase/milestones',
      jsonArray(milestone, { ...rest, project }, { ...milestone, name: 'Build' })
    );
    const [a, b, c] = pick(staged.record, 'content').flat();
    expect(a).toMatch(/^[0-9a-f]{32}$/);
    expect(b).toBe(a);
    expect(c).not.toBe(a);
    expect(staged.event).toHaveLength(3);
  });

  it('are another version when they are read in another zone', async () => {
    const contents = await Promise.all(
      ['Europe/Berlin', 'America/New_York'].map(async (BER) =>
        pick((await readStream('planbase/milestones', jsonArray(milestone), { offices: { BER } })).record, 'content')
      )
    );
    expect(contents[0]).not.toEqual(contents[1]);
  });

  it('stay one version when a column comes that is empty', async () => {
    const [header, row] = [payments.trim(), 'ZE-1;RE-1;10,00;EUR;01.07.2025 10:00;ja'];
    const before = await readStream('ledgerline/payments', `${header}\n${row}\n`);
    const after = await readStream('ledgerline/payments', `${header};Konto\n${row};\n`);
    const filled = await readStream('ledgerline/payments', `${header};Konto\n${row};1200\n`);
    expect(after.record).toEqual(before.record);
    expect(filled.record).not.toEqual(before.record);
  });
});

describe('what the mapping does not name', () => {
  const findings = (staged: {
    report: { findings: { kind: string; count: number; example?: string | undefined }[] };
  }) => staged.report.findings.map(({ kind, count, example }) => [kind, count, example]);

  it('stays: with the object that the record is, with the events of a list', async () => {
    const staged = await readStream(
      'planbase/milestones',
      jsonArray({ ...milestone, colour: 'red', name_of: { a: [1] }, none: null, history: [{ ...entry, from: 'x' }] })
    );
    expect(told(staged).objects[0]).toContain('"colour":"red"');
    expect(told(staged).objects[0]).toContain('"name_of":{"a":[1]}');
    expect(told(staged).events).toEqual([
      '0 Milestone planned @2025-07-01 08:00:00 by E1 → milestone MS-1, project PRJ-1 {"from":"x"}'
    ]);
    expect(findings(staged)).toEqual([['unmapped_column', 3, 'colour, name_of, history.from']]);
  });

  it('stays with the events where the record is no object', async () => {
    const time = {
      id: 'TE-1',
      timesheet: 'TS-E1-2025-W13',
      project: 'PRJ-1',
      office: 'BER',
      person: 'E1',
      started_at: '2025-07-01 10:00:00',
      hours: 1,
      entered_at: '2025-07-01 12:00:00',
      task: 'Tests',
      'a "quoted" name': 1
    };
    const staged = await readStream('planbase/time', ndjson(time));
    expect(staged.event[0]).toMatchObject({ attributes: '{"a \\"quoted\\" name":1,"hours":1,"task":"Tests"}' });
    expect(told(staged).objects).toEqual(['timesheet TS-E1-2025-W13 {"person":"E1","week":"2025-W13"}']);
  });

  it('keeps its name beside an attribute of that name', async () => {
    const staged = await readStream(
      'ledgerline/payments',
      `${payments.trim()};amount\nZE-1;RE-1;10,00;EUR;01.07.2025 10:00;ja;ten\n`
    );
    expect(told(staged).objects).toEqual([
      'payment ZE-1 {"amount":10,"amount (as written)":"ten","currency":"EUR","is_final":true}'
    ]);
    expect(findings(staged)).toEqual([['unmapped_column', 1, 'amount']]);
  });

  it('is a finding when a column is gone, and an error when records cannot be without it', async () => {
    const header = 'Projekt;Buchungskreis;Angelegt am\n';
    const staged = await readStream('ledgerline/projects', `${header}10.1.GmbH;Meridian;01.07.2025 10:00\n`);
    expect(findings(staged)).toEqual([['missing_column', 6, expect.stringContaining('PSA-Projekt')]]);
    await expect(readStream('ledgerline/projects', 'Projekt;Buchungskreis\na;b\n')).rejects.toMatchObject({
      name: 'BadInput',
      place: { field: 'Angelegt am' },
      message: expect.stringContaining('has no column Angelegt am')
    });
    await expect(readStream('ledgerline/projects', '{"a":1}\n')).rejects.toMatchObject({
      name: 'BadInput',
      message: expect.stringContaining('come as csv')
    });
  });
});
