import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { preview } from '#ingest/preview.ts';
import { TableMapping } from '#ingest/mapping/mapping.ts';
import { inFolder, query } from './staged.ts';

async function previewOf(name: string, content: string, mapping?: unknown) {
  return inFolder(async (folder) => {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    return preview({ path, name, staging: folder, ...(mapping === undefined ? {} : { mapping }) });
  });
}

describe('a preview', () => {
  it('shows the columns, what each seems to mean, and a mapping that can be sent back', async () => {
    const seen = await previewOf(
      'log.csv',
      'case_id,activity,start,end,who,case:region\n1,A,1/2/2020,3/4/2020,,N\n1,B,1/2/2020,3/4/2020,Ann,N\n'
    );
    expect(seen).toEqual({
      format: 'csv',
      columns: [
        { name: 'case_id', samples: ['1'], guess: 'case' },
        { name: 'activity', samples: ['A', 'B'], guess: 'activity' },
        { name: 'start', samples: ['1/2/2020'], guess: 'start' },
        { name: 'end', samples: ['3/4/2020'], guess: 'timestamp' },
        { name: 'who', samples: ['Ann'], guess: null },
        { name: 'case:region', samples: ['N'], guess: 'case_attribute' }
      ],
      mapping: { case: 'case_id', activity: 'activity', start: 'start', timestamp: 'end' },
      problems: [expect.stringContaining('end: days and months'), expect.stringContaining('start: days and months')],
      rows_sampled: 2
    });
    expect(TableMapping.safeParse(seen.mapping).success).toBe(true);
  });

  it('says what stands in the way', async () => {
    const seen = await previewOf('log.csv', 'number,state,when\n1,A,2020-01-01\n');
    expect(seen.problems).toEqual(
      ['case', 'activity', 'timestamp'].map((role) => `No column was found for the ${role}: choose one.`)
    );
    expect(
      (
        await previewOf('log.csv', 'number,state,when\n1,A,2020-01-01\n', {
          case: 'number',
          activity: 'state',
          timestamp: 'when'
        })
      ).problems
    ).toEqual([]);
  });

  it('works for JSON records and Parquet, and needs nothing of XES and OCEL', async () => {
    expect((await previewOf('log.ndjson', '{"case":1,"activity":"A","time":"2020-01-01"}\n')).mapping).toEqual({
      case: 'case',
      activity: 'activity',
      timestamp: 'time'
    });
    expect((await previewOf('log.xes', '<log/>')).columns).toEqual([]);
    await inFolder(async (folder) => {
      const path = join(folder, 'log.parquet');
      await query(
        `copy (select 1 as "case", 'A' as activity, timestamp '2020-01-01' as "time") to '${path}' (format parquet)`
      );
      expect(await preview({ path, name: 'log.parquet' })).toMatchObject({
        format: 'parquet',
        rows_sampled: 1,
        mapping: { timestamp: 'time' }
      });
    });
  });

  it('recognises the export of a known system by its path or its columns, and lets it be mapped otherwise', async () => {
    const content = 'id,staff_no,from,to,kind\nLV-1,E1,2025-07-01,2025-07-14,holiday\nLV-2,E1,2025-08-01,2025-08-14,\n';
    const seen = await previewOf('hr/leave.csv', content);
    expect(seen).toEqual({
      format: 'csv',
      columns: [
        { name: 'id', samples: ['LV-1', 'LV-2'], guess: null },
        { name: 'staff_no', samples: ['E1'], guess: null },
        { name: 'from', samples: ['2025-07-01', '2025-08-01'], guess: null },
        { name: 'to', samples: ['2025-07-14', '2025-08-14'], guess: null },
        { name: 'kind', samples: ['holiday'], guess: null }
      ],
      mapping: {},
      problems: [],
      rows_sampled: 2,
      recognised: { system: 'Peopledesk', stream: 'peopledesk/leave' }
    });
    expect(await previewOf('leave-2025.csv', content)).toEqual(seen);
    expect(await previewOf('leave.csv', content.replace('kind', 'type'))).not.toHaveProperty('recognised');
    expect(await previewOf('leave.csv', content, { stream: 'peopledesk/leave' })).toEqual(seen);
    const other = await previewOf('hr/leave.csv', content, { case: 'staff_no', activity: 'kind', timestamp: 'from' });
    expect(other).not.toHaveProperty('recognised');
    expect(other.mapping).toEqual({ case: 'staff_no', activity: 'kind', timestamp: 'from' });
  });

  it('recognises JSON too', async () => {
    const seen = await previewOf('psa/time.ndjson', '{"id":"TE-1","hours":1}\n');
    expect(seen).toMatchObject({ format: 'ndjson', recognised: { system: 'Planbase', stream: 'planbase/time' } });
  });
});
