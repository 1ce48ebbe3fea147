import { describe, expect, it } from 'vitest';
import { kinds, ndjson, offices, pick, readStream, told } from '../../staged.ts';

type Office = keyof typeof offices;

/** Time booked at these local times, in UTC. */
async function utc(office: Office, ...local: string[]) {
  const staged = await readStream(
    'planbase/time',
    ndjson(
      ...local.map((started_at, i) => ({
        id: `TE-${i}`,
        timesheet: 'TS-E1-2025-W13',
        project: 'PRJ-1',
        office,
        person: 'E1',
        started_at,
        hours: 1,
        billable: true,
        entered_at: '2025-12-31 12:00:00'
      }))
    )
  );
  return { instants: pick(staged.event, 'happened_at').flat(), findings: staged.report.findings, staged };
}

/** The oracle: what the clocks of a zone show at an instant, by JavaScript's own time zones. */
const shown = (instant: string, zone: string) =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }).format(
    new Date(`${instant.replace(' ', 'T')}Z`)
  );

describe('the weekends when clocks change', () => {
  it.each<[string, Office, string[], string[], { repeated?: number; missing?: number }]>([
    [
      'Berlin in spring: 02:00 → 03:00 at 01:00 UTC',
      'BER',
      [
        '2025-03-30 01:59:59',
        '2025-03-30 02:00:00',
        '2025-03-30 02:30:00',
        '2025-03-30 02:59:59',
        '2025-03-30 03:00:00'
      ],
      [
        '2025-03-30 00:59:59',
        '2025-03-30 01:00:00',
        '2025-03-30 01:30:00',
        '2025-03-30 01:59:59',
        '2025-03-30 01:00:00'
      ],
      { missing: 3 }
    ],
    [
      'Berlin in autumn: 03:00 → 02:00 at 01:00 UTC',
      'BER',
      [
        '2025-10-26 01:59:59',
        '2025-10-26 02:00:00',
        '2025-10-26 02:30:00',
        '2025-10-26 02:59:59',
        '2025-10-26 03:00:00'
      ],
      [
        '2025-10-25 23:59:59',
        '2025-10-26 00:00:00',
        '2025-10-26 00:30:00',
        '2025-10-26 00:59:59',
        '2025-10-26 02:00:00'
      ],
      { repeated: 3 }
    ],
    [
      'New York in spring: 02:00 → 03:00 at 07:00 UTC',
      'NYC',
      [
        '2025-03-09 01:59:59',
        '2025-03-09 02:00:00',
        '2025-03-09 02:30:00',
        '2025-03-09 02:59:59',
        '2025-03-09 03:00:00'
      ],
      [
        '2025-03-09 06:59:59',
        '2025-03-09 07:00:00',
        '2025-03-09 07:30:00',
        '2025-03-09 07:59:59',
        '2025-03-09 07:00:00'
      ],
      { missing: 3 }
    ],
    [
      'New York in autumn: 02:00 → 01:00 at 06:00 UTC',
      'NYC',
      [
        '2025-11-02 00:59:59',
        '2025-11-02 01:00:00',
        '2025-11-02 01:30:00',
        '2025-11-02 01:59:59',
        '2025-11-02 02:00:00'
      ],
      [
        '2025-11-02 04:59:59',
        '2025-11-02 05:00:00',
        '2025-11-02 05:30:00',
        '2025-11-02 05:59:59',
        '2025-11-02 07:00:00'
      ],
      { repeated: 3 }
    ],
    [
      'Singapore on the same weekends: nothing',
      'SIN',
      ['2025-03-30 02:30:00', '2025-10-26 02:30:00', '2025-03-09 02:30:00', '2025-11-02 01:30:00'],
      ['2025-03-29 18:30:00', '2025-10-25 18:30:00', '2025-03-08 18:30:00', '2025-11-01 17:30:00'],
      {}
    ],
    [
      'Kolkata on the same weekends: nothing',
      'BLR',
      ['2025-03-30 02:30:00', '2025-10-26 02:30:00', '2025-03-09 02:30:00', '2025-11-02 01:30:00'],
      ['2025-03-29 21:00:00', '2025-10-25 21:00:00', '2025-03-08 21:00:00', '2025-11-01 20:00:00'],
      {}
    ]
  ])('%s', async (_, office, local, expected, told) => {
    const { instants, findings } = await utc(office, ...local);
    expect(instants).toEqual(expected);
    const counts = Object.fromEntries(findings.map(({ kind, count }) => [kind.replace('_hour', ''), count]));
    expect(counts).toEqual(told);
    // Every time that was not moved is what the clocks of the place show at that instant.
    if (!told.missing) expect(instants.map((instant) => shown(String(instant), offices[office]))).toEqual(local);
  });

  it('are told with an example that can be found', async () => {
    const { findings } = await utc('BER', '2025-03-30 02:30:00', '2025-10-26 02:30:00');
    expect(findings.map(({ kind, count, example }) => [kind, count, example])).toEqual([
      ['missing_hour', 1, 'started_at: 2025-03-30 02:30:00 in Europe/Berlin'],
      ['repeated_hour', 1, 'started_at: 2025-10-26 02:30:00 in Europe/Berlin']
    ]);
  });

  it('are told once of a record that stands in the file twice', async () => {
    const time = {
      id: 'TE-1',
      timesheet: 'T',
      project: 'P',
      office: 'BER',
      person: 'E1',
      hours: 1,
      entered_at: '2025-12-31'
    };
    const row = { ...time, started_at: '2025-03-30 02:30:00' };
    const staged = await readStream('planbase/time', ndjson(row, row, { ...row, hours: 2 }));
    expect(staged.report.findings).toMatchObject([{ kind: 'missing_hour', count: 2 }]);
    expect(staged.record).toHaveLength(3);
  });

  it('are not told of records that are not taken', async () => {
    const { findings, staged } = await utc('BER', '2025-03-30 02:30:00 and more');
    expect([findings, staged.quarantine.length]).toEqual([[], 1]);
  });

  it('agree with JavaScript for every hour of two years, in all four places', async () => {
    const hours = Array.from({ length: 731 * 24 }, (_, i) => new Date(Date.UTC(2024, 6, 1, i, 17)));
    const local = hours.map((hour) => hour.toISOString().slice(0, 19).replace('T', ' '));
    for (const office of Object.keys(offices) as Office[]) {
      const { instants, findings } = await utc(office, ...local);
      const wrong = instants.filter((instant, i) => shown(String(instant), offices[office]) !== local[i]);
      const missing = findings.find(({ kind }) => kind === 'missing_hour')?.count ?? 0;
      const repeated = findings.find(({ kind }) => kind === 'repeated_hour')?.count ?? 0;
      const changes = office === 'BER' || office === 'NYC' ? 2 : 0;
      expect([office, wrong.length, missing, repeated]).toEqual([office, changes, changes, changes]);
    }
  }, 60_000);
});

describe('a fixed zone', () => {
  const header = 'Zahlung;Rechnung;Betrag;Währung;Eingang am;Ausgleich\n';
  const payment = (at: string) => `ZE-1;RE-1;1,00;EUR;${at};ja\n`;
  it('changes its clocks too', async () => {
    const rows = ['30.03.2025 02:30', '26.10.2025 02:30', '26.10.2025 03:30'].map(payment).join('');
    const staged = await readStream('ledgerline/payments', header + rows);
    expect(pick(staged.event, 'happened_at')).toEqual([
      ['2025-03-30 01:30:00'],
      ['2025-10-26 00:30:00'],
      ['2025-10-26 02:30:00']
    ]);
    expect(kinds(staged)).toEqual(['missing_hour', 'repeated_hour']);
  });

  it('may be UTC', async () => {
    const staged = await readStream('ledgerline/payments', header + payment('30.03.2025 02:30'), { zone: 'UTC' });
    expect(pick(staged.event, 'happened_at')).toEqual([['2025-03-30 02:30:00']]);
    expect(kinds(staged)).toEqual([]);
  });

  it('places a mere date at the start of its day, and says so', async () => {
    const staged = await readStream('ledgerline/payments', header + payment('01.07.2025'));
    expect(pick(staged.event, 'happened_at', 'precision')).toEqual([['2025-06-30 22:00:00', 'day']]);
  });
});

describe('an office', () => {
  const time = {
    id: 'TE-1',
    timesheet: 'TS-E1-2025-W13',
    project: 'PRJ-1',
    person: 'E1',
    started_at: '2025-07-01 10:00:00',
    hours: 1,
    entered_at: '2025-07-01 12:00:00'
  };
  it('that the set-up does not know sends its records to quarantine', async () => {
    const staged = await readStream('planbase/time', ndjson({ ...time, office: 'LON' }, { ...time, id: 'TE-2' }));
    expect(told(staged).quarantine).toEqual([
      'record 1, office: no time zone is known for the office LON',
      'record 2, office: no time zone is known for the office (empty)'
    ]);
    expect(staged.quarantine[0]).toMatchObject({ fix: 'add it to offices in the set-up' });
    expect(staged.event).toEqual([]);
  });

  it('does not matter for times that bring their offset', async () => {
    const at = { started_at: '2025-07-01T10:00:00+01:00', entered_at: '2025-07-01T10:00:00Z' };
    const staged = await readStream('planbase/time', ndjson({ ...time, ...at, office: 'LON' }), { offices: {} });
    expect(pick(staged.event, 'happened_at', 'recorded_at')).toEqual([['2025-07-01 09:00:00', '2025-07-01 10:00:00']]);
  });
});
