import { describe, expect, it } from 'vitest';
import { jsonArray, ndjson, pick, readStream, told } from '../../staged.ts';

const history = (...actions: string[]) =>
  actions.map((action, i) => ({ at: `2025-07-01 1${i}:00:00`, by: `E${i}`, action }));
const activities = async (stream: string, actions: string[]) => {
  const record = { id: 'X-1', code: 'X-1', name: 'x', project: 'PRJ-1', office: 'SIN', history: history(...actions) };
  return pick((await readStream(stream, jsonArray(record))).event, 'activity', 'happened_at');
};

describe('Planbase', () => {
  it('projects: times on the clocks of the office', async () => {
    const staged = await readStream(
      'planbase/projects',
      jsonArray({
        code: 'PRJ-1042',
        opportunity: '006A',
        contract: '8001',
        name: 'Cloud',
        region: 'EMEA',
        legal_entity: 'Meridian GmbH',
        service_line: 'Cloud',
        office: 'BER',
        manager: 'E7',
        budget: 1200.5,
        currency: 'EUR',
        planned_start: '2025-07-01',
        planned_end: '2025-12-31',
        folder_colour: 'blue',
        history: [
          { at: '2025-07-01 09:00:00', by: 'E1', action: 'created' },
          { at: '2025-12-01 09:00:00', by: 'E2', action: 'on_hold', note: 'waits for the customer' }
        ]
      })
    );
    expect(told(staged)).toEqual({
      events: [
        '0 Project created @2025-07-01 07:00:00 by E1 → project PRJ-1042',
        '1 Project put on hold @2025-12-01 08:00:00 by E2 → project PRJ-1042 {"note":"waits for the customer"}'
      ],
      objects: [
        'project PRJ-1042 {"budget":1200.5,"currency":"EUR","folder_colour":"blue","legal_entity":"Meridian GmbH","manager":"E7","name":"Cloud","office":"BER","planned_end":"2025-12-31","planned_start":"2025-07-01","region":"EMEA","service_line":"Cloud"}'
      ],
      changes: [],
      links: ['project PRJ-1042 --for--> opportunity 006A', 'project PRJ-1042 --for--> contract 8001'],
      references: [],
      quarantine: []
    });
    expect(pick(staged.event, 'system', 'legal_entity', 'source_ref')).toEqual([
      ['Planbase', 'Meridian GmbH', 'projects:PRJ-1042#0'],
      ['Planbase', 'Meridian GmbH', 'projects:PRJ-1042#1']
    ]);
    expect(staged.report.mapping).toMatchObject({
      stream: 'planbase/projects',
      version: '1',
      offices: { BER: 'Europe/Berlin' }
    });
  });

  it('has an activity for each action', async () => {
    const expected: Record<string, [string, string][]> = {
      'planbase/projects': [
        ['created', 'Project created'],
        ['erp_linked', 'ERP project linked'],
        ['code_reentered', 'Project code re-entered'],
        ['staffing_confirmed', 'Staffing confirmed'],
        ['delivery_started', 'Delivery started'],
        ['on_hold', 'Project put on hold'],
        ['resumed', 'Project resumed'],
        ['delivery_completed', 'Delivery completed'],
        ['closed', 'Project closed'],
        ['reopened', 'Project reopened']
      ],
      'planbase/resource_requests': [
        ['requested', 'Resources requested'],
        ['picked_up', 'Staffing started'],
        ['proposed', 'Candidate proposed'],
        ['rejected', 'Candidate rejected'],
        ['confirmed', 'Resource request fulfilled'],
        ['cancelled', 'Resource request cancelled']
      ],
      'planbase/milestones': [
        ['planned', 'Milestone planned'],
        ['reached', 'Milestone reached'],
        ['evidence_submitted', 'Evidence submitted'],
        ['evidence_bounced', 'Evidence bounced'],
        ['evidence_accepted', 'Evidence accepted']
      ],
      'planbase/change_requests': [
        ['raised', 'Change requested'],
        ['submitted', 'Change submitted for approval'],
        ['approved', 'Change approved'],
        ['rejected', 'Change rejected'],
        ['work_started', 'Change work started'],
        ['implemented', 'Change implemented']
      ]
    };
    for (const [stream, pairs] of Object.entries(expected))
      expect(
        await activities(
          stream,
          pairs.map(([action]) => action)
        )
      ).toEqual(
        // Singapore is eight hours ahead, the year round.
        pairs.map(([, activity], i) => [activity, `2025-07-01 ${String(i + 2).padStart(2, '0')}:00:00`])
      );
  });

  it('requests, assignments, milestones and changes are parts of their project', async () => {
    const request = { id: 'RR-1', project: 'PRJ-1', office: 'NYC', role: 'Architect', skill: 'AWS', hours: 80 };
    expect(
      told(await readStream('planbase/resource_requests', jsonArray({ ...request, history: history('requested') })))
    ).toMatchObject({
      events: ['0 Resources requested @2025-07-01 14:00:00 by E0 → resource_request RR-1, project PRJ-1'],
      objects: ['resource_request RR-1 {"hours":80,"office":"NYC","role":"Architect","skill":"AWS"}'],
      links: ['resource_request RR-1 --part_of--> project PRJ-1']
    });
    const assignment = {
      id: 'ASG-1',
      project: 'PRJ-1',
      request: 'RR-1',
      office: 'BLR',
      person: 'E0123',
      hours: 40,
      from: '2025-07-01',
      to: '2025-09-30',
      created_at: '2025-07-01 10:00:00',
      created_by: 'E0007'
    };
    expect(told(await readStream('planbase/assignments', jsonArray(assignment)))).toMatchObject({
      events: ['0 Assignment created @2025-07-01 04:30:00 by E0007 → assignment ASG-1, project PRJ-1'],
      objects: ['assignment ASG-1 {"from":"2025-07-01","hours":40,"office":"BLR","person":"E0123","to":"2025-09-30"}'],
      links: [
        'assignment ASG-1 --part_of--> project PRJ-1',
        'assignment ASG-1 --for--> resource_request RR-1',
        'assignment ASG-1 --of--> person E0123'
      ]
    });
    const milestone = {
      id: 'MS-1',
      project: 'PRJ-1',
      office: 'BER',
      name: 'Design',
      amount: 10,
      currency: 'EUR',
      planned_date: '2025-07-31',
      evidence_required: 3,
      evidence_delivered: 2,
      history: history('reached')
    };
    expect(told(await readStream('planbase/milestones', jsonArray(milestone)))).toMatchObject({
      events: ['0 Milestone reached @2025-07-01 08:00:00 by E0 → milestone MS-1, project PRJ-1'],
      objects: [
        'milestone MS-1 {"amount":10,"currency":"EUR","evidence_delivered":2,"evidence_required":3,"name":"Design","office":"BER","planned_date":"2025-07-31"}'
      ],
      links: ['milestone MS-1 --part_of--> project PRJ-1']
    });
    const change = {
      id: 'CR-1',
      project: 'PRJ-1',
      office: 'BER',
      type: 'scope',
      amount: 5,
      currency: 'EUR',
      reason: 'more'
    };
    expect(
      told(await readStream('planbase/change_requests', jsonArray({ ...change, history: history('raised') })))
    ).toMatchObject({
      events: ['0 Change requested @2025-07-01 08:00:00 by E0 → change_request CR-1, project PRJ-1'],
      objects: ['change_request CR-1 {"amount":5,"currency":"EUR","office":"BER","reason":"more","type":"scope"}'],
      links: ['change_request CR-1 --part_of--> project PRJ-1']
    });
  });

  it('time: happened when it was worked, recorded when it was entered', async () => {
    const time = {
      id: 'TE-1',
      timesheet: 'TS-E0123-2026-W14',
      project: 'PRJ-1',
      office: 'BER',
      person: 'E0123',
      started_at: '2026-04-01 09:00:00',
      hours: 7.5,
      billable: true,
      entered_at: '2026-04-10 17:30:00'
    };
    const staged = await readStream(
      'planbase/time',
      ndjson(time, { ...time, id: 'TE-2', change_request: 'CR-1', billable: false })
    );
    expect(told(staged)).toMatchObject({
      events: [
        '0 Time booked @2026-04-01 07:00:00 by E0123 → project PRJ-1, timesheet TS-E0123-2026-W14 {"billable":true,"hours":7.5}',
        '4096 Time booked @2026-04-01 07:00:00 by E0123 → project PRJ-1, timesheet TS-E0123-2026-W14, change_request CR-1 {"billable":false,"hours":7.5}'
      ],
      objects: Array(2).fill('timesheet TS-E0123-2026-W14 {"person":"E0123","week":"2026-W14"}'),
      links: []
    });
    expect(pick(staged.event, 'recorded_at')).toEqual(Array(2).fill(['2026-04-10 15:30:00']));
    expect(pick(staged.record, 'source_ref', 'recorded_at')).toEqual([
      ['time:TE-1', '2026-04-10 15:30:00'],
      ['time:TE-2', '2026-04-10 15:30:00']
    ]);
    expect(staged.report.format).toBe('ndjson');
  });

  it('expenses', async () => {
    const expense = {
      id: 'EX-1',
      project: 'PRJ-1',
      office: 'BER',
      person: 'E1',
      spent_at: '2026-04-01 09:00:00',
      cost: 12.4,
      currency: 'EUR',
      billable: true,
      entered_at: '2026-04-10 17:30:00'
    };
    expect(told(await readStream('planbase/expenses', ndjson(expense)))).toMatchObject({
      events: ['0 Expense booked @2026-04-01 07:00:00 by E1 → expense EX-1, project PRJ-1'],
      objects: ['expense EX-1 {"billable":true,"cost":12.4,"currency":"EUR","office":"BER","person":"E1"}'],
      links: ['expense EX-1 --part_of--> project PRJ-1']
    });
  });
});
