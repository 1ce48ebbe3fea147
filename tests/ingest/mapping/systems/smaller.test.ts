import { describe, expect, it } from 'vitest';
import { jsonArray, pick, readStream, told } from '../../staged.ts';

describe('Buydesk', () => {
  it('purchase requests', async () => {
    const staged = await readStream(
      'buydesk/purchase_requests',
      'request_id,project,kind,amount,currency,requested_at,requested_by,picked_up_at,picked_up_by,ordered_at,ordered_by,delivered_at\n' +
        'PR-1,PRJ-1042,licence,99.9,EUR,2025-07-01T08:00:00Z,E1,2025-07-02T08:00:00Z,E2,2025-07-03T08:00:00Z,E3,2025-07-04T08:00:00Z\n' +
        'PR-2,,subcontractor,5,EUR,2025-07-01T08:00:00Z,E1,,,,,\n'
    );
    expect(told(staged)).toEqual({
      events: [
        '0 Purchase requested @2025-07-01 08:00:00 by E1 → purchase_request PR-1',
        '1 Purchase picked up @2025-07-02 08:00:00 by E2 → purchase_request PR-1',
        '2 Purchase ordered @2025-07-03 08:00:00 by E3 → purchase_request PR-1',
        '3 Purchase delivered @2025-07-04 08:00:00 by - → purchase_request PR-1',
        '4096 Purchase requested @2025-07-01 08:00:00 by E1 → purchase_request PR-2'
      ],
      objects: [
        'purchase_request PR-1 {"amount":99.9,"currency":"EUR","kind":"licence"}',
        'purchase_request PR-2 {"amount":5,"currency":"EUR","kind":"subcontractor"}'
      ],
      changes: [],
      links: [],
      references: [
        'purchase_request PR-1 --for--> project PRJ-1042 ("PRJ-1042")',
        'purchase_request PR-2 --for--> project ? ("")'
      ],
      quarantine: []
    });
    expect(pick(staged.event, 'system')[0]).toEqual(['Buydesk']);
  });
});

describe('Peopledesk', () => {
  it('people: who somebody is from a day on, in the zone of the place', async () => {
    const staged = await readStream(
      'peopledesk/people',
      'staff_no,name,team,department,role,office,zone,integration,manager,valid_from,valid_to\n' +
        'E1,Ann Lee,Sales Nord,Sales,Account Manager,BER,Europe/Berlin,false,E9,2025-03-01,2025-06-30\n' +
        'E1,Ann Lee,Deal Desk,Deal Desk,Analyst,NYC,America/New_York,false,E8,2025-07-01,\n' +
        'E900,Sync,Integration,Integration,Bot,BER,Europe/Berlin,true,,2024-01-01,\n' +
        'E2,Bo,Sales,Sales,x,MOON,Moon/Base,false,,2025-03-01,\n'
    );
    expect(told(staged)).toEqual({
      events: [],
      objects: ['person E1', 'person E1', 'person E900'],
      changes: [
        'person E1 @2025-02-28 23:00:00 {"department":"Sales","integration":false,"manager":"E9","name":"Ann Lee","office":"BER","role":"Account Manager","team":"Sales Nord","valid_to":"2025-06-30","zone":"Europe/Berlin"}',
        'person E1 @2025-07-01 04:00:00 {"department":"Deal Desk","integration":false,"manager":"E8","name":"Ann Lee","office":"NYC","role":"Analyst","team":"Deal Desk","zone":"America/New_York"}',
        'person E900 @2023-12-31 23:00:00 {"department":"Integration","integration":true,"name":"Sync","office":"BER","role":"Bot","team":"Integration","zone":"Europe/Berlin"}'
      ],
      links: [],
      references: [],
      quarantine: ['row 5, zone: there is no time zone Moon/Base']
    });
    expect(pick(staged.record, 'source_ref')[1]).toEqual(['people:E1/2025-07-01']);
  });

  it('leave and calendars', async () => {
    expect(
      told(await readStream('peopledesk/leave', 'id,staff_no,from,to,kind\nLV-1,E1,2025-07-01,2025-07-14,holiday\n'))
    ).toMatchObject({
      objects: ['leave LV-1 {"from":"2025-07-01","kind":"holiday","to":"2025-07-14"}'],
      links: ['leave LV-1 --of--> person E1']
    });
    const calendar = {
      office: 'BER',
      zone: 'Europe/Berlin',
      hours: { mon: [['09:00', '18:00']], sat: [] },
      holidays: ['2025-12-25']
    };
    for (const text of [jsonArray(calendar), JSON.stringify([calendar], null, 2)])
      expect(told(await readStream('peopledesk/calendars', text)).objects).toEqual([
        'calendar BER {"holidays":["2025-12-25"],"hours":{"mon":[["09:00","18:00"]],"sat":[]},"zone":"Europe/Berlin"}'
      ]);
  });
});

describe('Aftercare', () => {
  it('transitions', async () => {
    const staged = await readStream(
      'aftercare/transitions',
      'id,project,created_at,created_by,accepted_at,accepted_by,completed_at,completed_by,due_date,renewal_date\n' +
        'CST-1,PRJ-1042,2025-07-01T08:00:00Z,E1,2025-07-02T08:00:00Z,E2,2025-07-03T08:00:00Z,E2,2025-07-10,2026-07-01\n'
    );
    expect(told(staged)).toMatchObject({
      events: [
        '0 Transition prepared @2025-07-01 08:00:00 by E1 → cs_transition CST-1',
        '1 Transition accepted @2025-07-02 08:00:00 by E2 → cs_transition CST-1',
        '2 Transition completed @2025-07-03 08:00:00 by E2 → cs_transition CST-1'
      ],
      objects: ['cs_transition CST-1 {"due_date":"2025-07-10","renewal_date":"2026-07-01"}'],
      references: ['cs_transition CST-1 --for--> project PRJ-1042 ("PRJ-1042")']
    });
  });
});
