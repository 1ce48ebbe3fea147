import { describe, expect, it } from 'vitest';
import { pick, readStream, told } from '../../staged.ts';

const headers = {
  projects:
    'Projekt;PSA-Projekt;Buchungskreis;Angelegt am;Angelegt von;Einrichtung begonnen am;Einrichtung begonnen von;Freigegeben am;Freigegeben von',
  resource_plan: 'Projekt;Zuordnung;Person;Monat;Stunden je Woche;Erfasst am;Erfasst von',
  billing_schedule: 'Zeile;Projekt;Bezug;Plandatum;Betrag;Währung;Angelegt am;Angelegt von',
  invoices: 'Rechnung;Projekt;Zeile;Meilenstein;Betrag;Währung;Gebucht am;Gebucht von;Versandt am;Fällig am',
  credit_notes: 'Gutschrift;Rechnung;Betrag;Währung;Grund;Gebucht am;Gebucht von;Vollständig',
  payments: 'Zahlung;Rechnung;Betrag;Währung;Eingang am;Ausgleich',
  fx_rates: 'Monat;Von;Nach;Kurs'
};
const readRows = (stream: keyof typeof headers, rows: string[], options = {}) =>
  readStream(`ledgerline/${stream}`, [headers[stream], ...rows, ''].join('\n'), options);

describe('Ledgerline', () => {
  it('projects: three steps on Berlin clocks, two codes for the project', async () => {
    const staged = await readRows('projects', [
      '10.1042.GmbH;PRJ-1042;Meridian GmbH;01.03.2025 10:07;E0900;02.04.2025 14:00;E0001;03.04.2025 15:30;E0002',
      '10.1043.GmbH;PRJ-1044;Meridian GmbH;01.03.2025 10:07;E0900;;;;'
    ]);
    expect(told(staged)).toEqual({
      events: [
        '0 Project created in ERP @2025-03-01 09:07:00 by E0900 → erp_project 10.1042.GmbH',
        '1 Financial set-up started @2025-04-02 12:00:00 by E0001 → erp_project 10.1042.GmbH',
        '2 Financial set-up completed @2025-04-03 13:30:00 by E0002 → erp_project 10.1042.GmbH',
        '4096 Project created in ERP @2025-03-01 09:07:00 by E0900 → erp_project 10.1043.GmbH'
      ],
      objects: [
        'erp_project 10.1042.GmbH {"legal_entity":"Meridian GmbH"}',
        'erp_project 10.1043.GmbH {"legal_entity":"Meridian GmbH"}'
      ],
      changes: [],
      links: [],
      references: [
        'erp_project 10.1042.GmbH --same_as--> project PRJ-1042 ("PRJ-1042")',
        'erp_project 10.1042.GmbH --same_as--> project PRJ-1042 ("10.1042.GmbH")',
        'erp_project 10.1043.GmbH --same_as--> project PRJ-1043 ("10.1043.GmbH")',
        'erp_project 10.1043.GmbH --same_as--> project PRJ-1044 ("PRJ-1044")'
      ],
      quarantine: []
    });
    expect(pick(staged.event, 'system', 'legal_entity')[0]).toEqual(['Ledgerline', 'Meridian GmbH']);
    expect(staged.report.mapping).toMatchObject({ stream: 'ledgerline/projects', zone: 'Europe/Berlin' });
  });

  it('projects: a project without any code is a reference without one', async () => {
    const staged = await readRows('projects', ['neu;;Meridian GmbH;01.03.2025 10:07;E0900;;;;']);
    expect(told(staged).references).toEqual(['erp_project neu --same_as--> project ? ("neu")']);
  });

  it('reads the clocks of another server where the mapping says so', async () => {
    const staged = await readRows('payments', ['ZE-1;RE-1;1,00;EUR;01.07.2025 10:00;ja'], { zone: 'America/New_York' });
    expect(pick(staged.event, 'happened_at')).toEqual([['2025-07-01 14:00:00']]);
  });

  it('resource plan: by assignment and month', async () => {
    const staged = await readRows('resource_plan', ['10.1.GmbH;ASG-1;E1;2026-05;37,5;01.07.2025 10:00;E2']);
    expect(told(staged)).toMatchObject({
      events: [
        '0 Plan recorded in ERP @2025-07-01 08:00:00 by E2 → assignment ASG-1, erp_project 10.1.GmbH {"hours_per_week":37.5,"month":"2026-05","person":"E1"}'
      ],
      objects: []
    });
    expect(pick(staged.record, 'source_ref')).toEqual([['resource_plan:ASG-1/2026-05']]);
  });

  it('billing schedule: for a milestone, for a change, or for neither', async () => {
    const staged = await readRows('billing_schedule', [
      'BL-1;10.1.GmbH;MS-1;30.09.2025;1.234,50;EUR;01.07.2025 10:00;E2',
      'BL-2;10.1.GmbH;CR-1;30.09.2025;1234567,8;EUR;01.07.2025 10:00;E2',
      'BL-3;10.1.GmbH;;30.09.2025;-12;EUR;01.07.2025 10:00;E2'
    ]);
    expect(told(staged)).toMatchObject({
      objects: [
        'billing_schedule BL-1 {"amount":1234.5,"currency":"EUR","planned_date":"2025-09-30","reference":"MS-1"}',
        'billing_schedule BL-2 {"amount":1234567.8,"currency":"EUR","planned_date":"2025-09-30","reference":"CR-1"}',
        'billing_schedule BL-3 {"amount":-12,"currency":"EUR","planned_date":"2025-09-30"}'
      ],
      links: [
        'billing_schedule BL-1 --part_of--> erp_project 10.1.GmbH',
        'billing_schedule BL-1 --for--> milestone MS-1',
        'billing_schedule BL-2 --part_of--> erp_project 10.1.GmbH',
        'billing_schedule BL-2 --for--> change_request CR-1',
        'billing_schedule BL-3 --part_of--> erp_project 10.1.GmbH'
      ]
    });
    expect(told(staged).events[0]).toBe(
      '0 Billing line created @2025-07-01 08:00:00 by E2 → billing_schedule BL-1, erp_project 10.1.GmbH'
    );
  });

  it('invoices: posted and sent, with their milestone when they name one', async () => {
    const staged = await readRows('invoices', [
      'RE-1;10.1.GmbH;BL-1;MS-1;1234,50;EUR;01.07.2025 10:00;E2;02.07.2025 06:00;31.07.2025',
      'RE-2;10.1.GmbH;BL-3;;1,00;EUR;01.07.2025 10:00;E2;;31.07.2025'
    ]);
    expect(told(staged)).toMatchObject({
      events: [
        '0 Invoice posted @2025-07-01 08:00:00 by E2 → invoice RE-1, erp_project 10.1.GmbH, milestone MS-1',
        '1 Invoice sent @2025-07-02 04:00:00 by - → invoice RE-1, erp_project 10.1.GmbH, milestone MS-1',
        '4096 Invoice posted @2025-07-01 08:00:00 by E2 → invoice RE-2, erp_project 10.1.GmbH'
      ],
      objects: [
        'invoice RE-1 {"amount":1234.5,"currency":"EUR","due_date":"2025-07-31"}',
        'invoice RE-2 {"amount":1,"currency":"EUR","due_date":"2025-07-31"}'
      ],
      links: [
        'invoice RE-1 --part_of--> erp_project 10.1.GmbH',
        'invoice RE-1 --for--> billing_schedule BL-1',
        'invoice RE-1 --for--> milestone MS-1',
        'invoice RE-2 --part_of--> erp_project 10.1.GmbH',
        'invoice RE-2 --for--> billing_schedule BL-3'
      ]
    });
  });

  it('credit notes and payments: whole or in part', async () => {
    expect(
      told(
        await readRows('credit_notes', [
          'GS-1;RE-1;10,00;EUR;goodwill;01.07.2025 10:00;E2;nein',
          'GS-2;RE-1;100,00;EUR;wrong amount;01.07.2025 10:00;E2;ja'
        ])
      )
    ).toMatchObject({
      events: [
        '0 Credit note posted @2025-07-01 08:00:00 by E2 → credit_note GS-1, invoice RE-1',
        '4096 Invoice credited @2025-07-01 08:00:00 by E2 → credit_note GS-2, invoice RE-1'
      ],
      objects: [
        'credit_note GS-1 {"amount":10,"currency":"EUR","is_full":false,"reason":"goodwill"}',
        'credit_note GS-2 {"amount":100,"currency":"EUR","is_full":true,"reason":"wrong amount"}'
      ],
      links: ['credit_note GS-1 --for--> invoice RE-1', 'credit_note GS-2 --for--> invoice RE-1']
    });
    expect(
      told(
        await readRows('payments', ['ZE-1;RE-1;10,00;EUR;01.07.2025 10:00;nein', 'ZE-2;RE-1;9;EUR;02.07.2025 10:00;ja'])
      )
    ).toMatchObject({
      events: [
        '0 Part payment received @2025-07-01 08:00:00 by - → payment ZE-1, invoice RE-1',
        '4096 Invoice paid @2025-07-02 08:00:00 by - → payment ZE-2, invoice RE-1'
      ],
      objects: [
        'payment ZE-1 {"amount":10,"currency":"EUR","is_final":false}',
        'payment ZE-2 {"amount":9,"currency":"EUR","is_final":true}'
      ],
      links: ['payment ZE-1 --for--> invoice RE-1', 'payment ZE-2 --for--> invoice RE-1']
    });
  });

  it('exchange rates: objects without events', async () => {
    const staged = await readRows('fx_rates', ['2026-05;EUR;USD;1,0832']);
    expect(told(staged)).toMatchObject({ events: [], objects: ['fx_rate 2026-05/EUR/USD {"rate":1.0832}'] });
    expect(pick(staged.record, 'source_ref')).toEqual([['fx_rates:2026-05/EUR/USD']]);
  });
});
