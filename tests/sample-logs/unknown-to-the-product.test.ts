import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

/** The words by which code could give away that it knows the sample: the firm, its people, its teams, its truths. */
async function wordsOfTheFirm(): Promise<RegExp[]> {
  const people = gunzipSync(await readFile(join(ROOT, 'sample-logs/exports/hr/people.csv.gz')))
    .toString()
    .split('\n')
    .slice(1)
    .filter((line) => line !== '')
    .map((line) => line.split(','));
  const names = new Set(people.map(([, name = '']) => name.trim()).filter((name) => name.includes(' ')));
  const regional = new Set(
    people.map(([, , team = '']) => team).filter((team) => /\b(EMEA|AMER|APAC|GmbH|Inc)\b/.test(team))
  );
  expect(names.size).toBeGreaterThan(100);
  expect(regional.size).toBeGreaterThan(5);
  const literal = (word: string) => new RegExp(`\\b${word.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}\\b`);
  return [/Meridian/i, /\bGmbH\b|\bInc\b/, /\bT(1[0-7]|[1-9])\b/, /\btruth/i, ...[...names, ...regional].map(literal)];
}

test('ingest, models and mining know nothing of the firm, its people or what was planted', async () => {
  const words = await wordsOfTheFirm();
  const given: string[] = [];
  let files = 0;
  for (const folder of ['ingest', 'models', 'mining']) {
    for (const name of await readdir(join(ROOT, folder), { recursive: true })) {
      if (!name.endsWith('.ts')) continue;
      files += 1;
      const text = await readFile(join(ROOT, folder, name), 'utf8');
      for (const word of words) if (word.test(text)) given.push(`${folder}/${name}: ${word.exec(text)?.[0]}`);
    }
  }
  expect(files).toBeGreaterThan(50);
  expect(given).toEqual([]);
});
