import { describe, expect, it } from 'vitest';
import { parseMapping } from '#ingest/mapping/mapping.ts';
import { parseSystem } from '#ingest/mapping/record-mapping.ts';
import { systems } from '#ingest/mapping/systems.ts';
import { BadUse } from '#models/log/errors.ts';
import { kinds, ndjson, pick, read, readStream, told } from '../../staged.ts';

/** A ticket system as a user would describe it: nested objects, dates by the end of day, a mapping in plain JSON. */
const ticketing = {
  system: 'Ticket Desk',
  version: '3',
  streams: [
    {
      name: 'tickets',
      file: 'export/tickets.ndjson',
      format: 'ndjson',
      times: { format: 'dd.MM.yyyy HH:mm', zone: 'Europe/Lisbon' },
      id: ['desk', 'number'],
      required: ['customer.id'],
      legal_entity: { value: 'Acme Lda' },
      lists: ['log', 'lines', 'lines.parts'],
      objects: [
        {
          type: 'ticket',
          id: { template: '{desk}-{number}' },
          attributes: {
            customer: 'customer.name',
            urgent: { field: 'urgent', type: 'boolean' },
            kind: { value: 'incident' },
            opened: { field: 'opened', type: 'time' },
            year: { field: 'opened', pattern: '\\d\\d\\.(\\d\\d)\\.(\\d{4})', template: '{2}/{1}' }
          }
        },
        {
          type: 'line',
          in: 'lines',
          id: { template: '{number}/{lines.no}' },
          when: [{ field: 'lines.kind', is_not: ['void'] }]
        }
      ],
      events: [
        {
          activity: 'Ticket opened',
          at: 'opened',
          by: ['agent', 'customer.id'],
          objects: [{ type: 'ticket', id: { template: '{desk}-{number}' } }]
        },
        {
          in: 'log',
          activity: { by: 'log.what', is: { seen: null, closed: 'Ticket closed' } },
          at: 'log.at',
          start: 'log.since',
          team: 'log.team',
          role: { value: 'agent' },
          when: [{ field: 'urgent', filled: true }],
          objects: [{ type: 'ticket', id: { template: '{desk}-{number}' }, qualifier: 'subject' }]
        }
      ],
      changes: [{ type: 'customer', id: 'customer.id', at: 'opened', attributes: { name: 'customer.name' } }],
      links: [
        {
          in: 'lines.parts',
          from: { type: 'line', id: { template: '{number}/{lines.no}' } },
          qualifier: 'uses',
          to: { type: 'part', id: 'lines.parts.sku' }
        }
      ],
      references: [
        {
          from: { type: 'ticket', id: { template: '{desk}-{number}' } },
          qualifier: 'for',
          to: 'project',
          codes: [{ field: 'subject', pattern: '#(\\d+)', template: 'PRJ-{1}' }]
        }
      ]
    }
  ]
};
const ticket = {
  desk: 'A',
  number: 7,
  subject: 'see #12 and #13, again #12',
  customer: { id: 'C1', name: 'Bosch', city: 'Porto' },
  urgent: 'Yes',
  opened: '01.07.2025 10:00',
  log: [
    { what: 'seen', at: '01.07.2025 10:05' },
    { what: 'closed', at: '02.07.2025 10:00', since: '02.07.2025 09:00', team: 'Second line' }
  ],
  lines: [
    { no: 1, kind: 'new', parts: [{ sku: 'P1' }, { sku: 'P2' }] },
    { no: 2, kind: 'void', parts: [] }
  ]
};

describe("a user's own mapping", () => {
  it('says of a record whatever it holds', async () => {
    const staged = await read('tickets.ndjson', ndjson(ticket), { stream: 'ticket-desk/tickets', system: ticketing });
    expect(told(staged)).toEqual({
      events: [
        '0 Ticket opened @2025-07-01 09:00:00 by C1 → ticket A-7',
        '2 Ticket closed @2025-07-02 09:00:00 by - → ticket A-7'
      ],
      objects: [
        'ticket A-7 {"customer":"Bosch","customer.city":"Porto","kind":"incident","opened":"2025-07-01T09:00:00.000Z","urgent":true,"year":"2025/07"}',
        'line 7/1'
      ],
      changes: ['customer C1 @2025-07-01 09:00:00 {"name":"Bosch"}'],
      links: ['line 7/1 --uses--> part P1', 'line 7/1 --uses--> part P2'],
      references: [
        'ticket A-7 --for--> project PRJ-12 ("see #12 and #13, again #12")',
        'ticket A-7 --for--> project PRJ-13 ("see #12 and #13, again #12")'
      ],
      quarantine: []
    });
    expect(pick(staged.event, 'system', 'legal_entity', 'start_at', 'team', 'role', 'source_ref')).toEqual([
      ['Ticket Desk', 'Acme Lda', null, null, null, 'tickets:A/7#0'],
      ['Ticket Desk', 'Acme Lda', '2025-07-02 08:00:00', 'Second line', 'agent', 'tickets:A/7#2']
    ]);
    expect(pick(staged.event_object, 'qualifier')).toEqual([[''], ['subject']]);
    expect(kinds(staged)).toEqual(['unmapped_column']);
    expect(staged.report.mapping).toEqual({
      stream: 'ticket-desk/tickets',
      system: 'Ticket Desk',
      version: '3',
      fingerprint: expect.stringMatching(/^[0-9a-f]{12}$/),
      zone: 'Europe/Lisbon'
    });
  });

  it('is enough by itself: the stream is the one that fits the file, or the only one', async () => {
    const inFull = await read('tickets.ndjson', ndjson(ticket), ticketing);
    expect(inFull.report.mapping).toMatchObject({ stream: 'ticket-desk/tickets' });
    expect(parseMapping({ ...ticketing, zone: 'UTC', offices: { X: 'Asia/Tokyo' } })).toMatchObject({
      zone: 'UTC',
      offices: { X: 'Asia/Tokyo' }
    });
    const two = {
      ...ticketing,
      streams: [...ticketing.streams, { ...ticketing.streams[0], name: 'old', file: 'old.ndjson' }]
    };
    expect(parseMapping(two, '/data/old-2.ndjson.gz')).toMatchObject({ name: 'ticket-desk/old' });
    expect(() => parseMapping(two, '/data/new.ndjson')).toThrow('no stream of the mapping has files like');
  });

  it('makes nothing of what its conditions exclude', async () => {
    const staged = await read('tickets.ndjson', ndjson({ ...ticket, urgent: null }), ticketing);
    expect(pick(staged.event, 'activity')).toEqual([['Ticket opened']]);
  });

  it('may be a JSON array that is not written line by line', async () => {
    const staged = await read('tickets.json', JSON.stringify([ticket, { ...ticket, number: 8 }], null, 1), ticketing);
    expect(pick(staged.record, 'source_ref')).toEqual([['tickets:A/7'], ['tickets:A/8']]);
  });
});

describe('a mapping that is wrong', () => {
  const [stream] = ticketing.streams;
  const withStream = (changed: object) => ({ ...ticketing, streams: [{ ...stream, ...changed }] });
  const event = { activity: 'x', at: 'opened', objects: [{ type: 'ticket', id: 'number' }] };
  it.each<[string, unknown, string]>([
    ['nothing', null, 'the mapping is wrong'],
    ['no streams', { ...ticketing, streams: [] }, 'at streams'],
    ['an unknown key', withStream({ evnts: [] }), 'at streams[0] (tickets): Unrecognized key: "evnts"'],
    [
      'an unknown type',
      withStream({ objects: [{ type: 't', id: 'number', attributes: { a: { field: 'b', type: 'money' } } }] }),
      'at streams[0] (tickets).objects[0].attributes.a'
    ],
    [
      'no time of an event',
      withStream({ events: [{ ...event, at: undefined }] }),
      'at streams[0] (tickets).events[0].at'
    ],
    [
      'an event without objects',
      withStream({ events: [{ ...event, objects: [] }] }),
      'at streams[0] (tickets).events[0].objects'
    ],
    ['an unknown zone', withStream({ times: { zone: 'Europe/Atlantis' } }), 'at streams[0] (tickets).times.zone'],
    [
      'an unknown time format',
      withStream({ times: { format: 'soon' } }),
      'at streams[0] (tickets).times.format: is no time format'
    ],
    [
      'a pattern that is none',
      withStream({ objects: [{ type: 't', id: { field: 'a', pattern: '(' } }] }),
      'objects[0].id'
    ],
    [
      'a pattern only JavaScript knows',
      withStream({
        references: [
          { from: { type: 't', id: 'number' }, qualifier: 'q', to: 'x', codes: [{ field: 'a', pattern: '(?=x)' }] }
        ]
      }),
      'references[0].codes[0]'
    ],
    [
      'an unknown list',
      withStream({ events: [{ ...event, in: 'history' }] }),
      'at streams[0] (tickets).events[0].in: history is not one of the lists'
    ],
    [
      'a field of a list',
      withStream({ events: [{ ...event, at: 'log.at' }] }),
      'at streams[0] (tickets).events[0]: log.at is a field of the list log: say "in": "log"'
    ],
    [
      'a field of another list',
      withStream({ events: [{ ...event, in: 'log', by: 'lines.kind' }] }),
      'lines.kind is a field of the list lines'
    ],
    [
      'an id in a list',
      withStream({ id: 'log.at' }),
      'at streams[0] (tickets).id: log.at is a field of the list log, not of the record'
    ],
    [
      'lists in the wrong order',
      withStream({ lists: ['lines.parts', 'lines', 'log'] }),
      'name lines.parts after the list that holds it'
    ],
    ['lists in CSV', withStream({ format: 'csv' }), 'a row of a CSV file holds no lists'],
    [
      'two streams of a name',
      { ...ticketing, streams: [stream, stream] },
      'at streams[1] (tickets).name: two streams are called tickets'
    ],
    [
      'two conditions in one',
      withStream({ events: [{ ...event, when: [{ field: 'a', is: 'b', filled: true }] }] }),
      'say one of'
    ],
    [
      'nothing said',
      withStream({ objects: [], events: [], changes: [], links: [], references: [] }),
      'it says no object, event'
    ]
  ])('is refused where it is wrong: %s', (_, system, message) => {
    expect(() => parseSystem(system)).toThrow(BadUse);
    expect(() => parseSystem(system)).toThrow(message);
  });

  it.each<[string, object, string]>([
    ['an unknown stream', { stream: 'planbase/milestone' }, 'there is no stream planbase/milestone'],
    [
      'an unknown key',
      { stream: 'planbase/milestones', office: {} },
      'the mapping is wrong: Unrecognized key: "office"'
    ],
    [
      'an office on the moon',
      { stream: 'planbase/milestones', offices: { X: 'Moon/Base' } },
      'the office X has no time zone Moon/Base'
    ],
    ['an unknown zone', { stream: 'ledgerline/payments', zone: 'Berlin' }, 'there is no time zone Berlin'],
    [
      'one zone for places of several',
      { stream: 'planbase/milestones', zone: 'Europe/Berlin' },
      "clocks of each record's place"
    ]
  ])('is refused when it is asked for: %s', (_, input, message) => {
    expect(() => parseMapping(input)).toThrow(BadUse);
    expect(() => parseMapping(input)).toThrow(message);
  });

  it('survives a text that no time, number or pattern was made for', async () => {
    const odd = { ...ticket, number: "7'; drop table row; --", subject: '\\1 {0} $1' };
    const staged = await read('tickets.ndjson', ndjson(odd), ticketing);
    expect(pick(staged.record, 'source_ref')).toEqual([["tickets:A/7'; drop table row; --"]]);
    expect(told(staged).references).toEqual([expect.stringContaining('project ? ("\\1 {0} $1")')]);
  });
});

describe('the shipped mappings', () => {
  it('are plain data: as JSON they say the same', () => {
    expect(systems.map((system) => parseSystem(JSON.parse(JSON.stringify(system))))).toEqual(systems);
  });

  it('compile to SQL that the database takes, each stream with the least that a record may hold', async () => {
    for (const { system, streams } of systems)
      for (const stream of streams) {
        const name = `${system.toLowerCase()}/${stream.name}`;
        const content =
          stream.format === 'csv' ? `${[...stream.id, ...stream.required].join(stream.delimiter)}\n` : '{}\n';
        const staged = await readStream(name, content);
        expect([name, staged.record.length, staged.report.rowsIn]).toEqual([name, 0, stream.format === 'csv' ? 0 : 1]);
      }
  }, 60_000);
});
