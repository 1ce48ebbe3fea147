import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { streamOfColumns } from '#ingest/mapping/recognise.ts';
import { streamOf } from '#ingest/mapping/systems.ts';
import { preview } from '#ingest/preview.ts';

const exports = fileURLToPath(new URL('../../../sample-logs/exports', import.meta.url));

describe('a file without a path', () => {
  it('is known by its columns: every export of the sample firm', async () => {
    const files = (await readdir(exports, { recursive: true })).filter((file) => file.endsWith('.gz'));
    expect(files.length).toBe(23);
    for (const file of files) {
      const seen = await preview({ path: join(exports, file), name: 'upload' });
      expect([file, seen.recognised?.stream]).toEqual([file, streamOf(file)?.stream]);
    }
  }, 60_000);

  it.each([
    ['a column is missing', ['Zahlung', 'Rechnung', 'Betrag', 'Währung', 'Eingang am']],
    ['there are hardly any', ['id', 'case']],
    ['it is a log of events', ['case', 'activity', 'timestamp', 'resource', 'amount', 'currency']]
  ])('is not when %s', (_, columns) => {
    expect(streamOfColumns(columns, true)).toBeUndefined();
  });

  it('may have more columns than are known, and is no CSV because JSON has such members', () => {
    const columns = ['Zahlung', 'Rechnung', 'Betrag', 'Währung', 'Eingang am', 'Ausgleich', 'Konto'];
    expect(streamOfColumns(columns, true)?.stream).toBe('ledgerline/payments');
    expect(streamOfColumns(columns, false)).toBeUndefined();
  });
});
