import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { areHere, differences, factsOf, folder, golden, note, openRealStore, type RealStore } from './real-logs.ts';

let real: RealStore;
let scratch: string;
beforeAll(async () => {
  real = await openRealStore();
  scratch = await mkdtemp(join(tmpdir(), 'throughline-parts-'));
});
afterAll(async () => {
  await real.close();
  await rm(scratch, { recursive: true, force: true });
});

/** A text cut in two behind the given mark that is nearest to a third of it. `head` begins both parts, `tail` ends them. */
function cut(text: string, mark: string, head: string, tail: string): [string, string] {
  const body = text.slice(head.length, text.length - tail.length);
  const at = body.indexOf(mark, Math.floor(body.length / 3)) + mark.length;
  return [head + body.slice(0, at) + tail, head + body.slice(at) + tail];
}

const logs = [
  {
    name: 'Receipt_WABO',
    file: 'csv/receipt.csv',
    // A case may go on in the second part.
    parts: (text: string) => cut(text, '\n', text.slice(0, text.indexOf('\n') + 1), '')
  },
  {
    name: 'P2PFin',
    file: 'csv/P2PFin.csv.gz',
    parts: (text: string) => cut(text, '\n', text.slice(0, text.indexOf('\n') + 1), '')
  },
  {
    name: 'Sepsis_Cases-Event_Log',
    file: 'xes/Sepsis_Cases-Event_Log.xes.gz',
    parts: (text: string) => cut(text, '</trace>', text.slice(0, text.indexOf('<trace>')), '</log>\n')
  }
];

describe.skipIf(!areHere)(`a log cut into two consecutive parts, in either order${note}`, () => {
  test.each(logs)('$name', async ({ name, file, parts }) => {
    const bytes = readFileSync(join(folder, file));
    const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
    const extension = file.includes('.xes') ? 'xes' : 'csv';
    const { columns, facts } = golden(name);
    const mapping = columns ? { mapping: columns } : {};
    await real.import({ log: name, path: join(folder, file), ...mapping });
    const whole = await real.hash(name);

    const paths = await Promise.all(
      parts(text).map(async (part, i) => {
        const path = join(scratch, `${name} part ${i + 1}.${extension}`);
        await writeFile(path, part);
        return path;
      })
    );
    for (const [log, order] of [
      [`${name} in order`, paths],
      [`${name} reversed`, paths.toReversed()]
    ] as const) {
      for (const path of order) {
        await real.import({ log, path, ...mapping });
        // Segments of the first part are built, then refreshed by the second.
        await real.context(log);
      }
      expect(await real.hash(log)).toBe(whole);
      expect(differences(await factsOf(await real.context(log)), facts)).toEqual([]);
    }
  });
});
