import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/**
 * Writes every export of a folder cut into two files, unpacked: `time.ndjson.gz` becomes `time-1.ndjson` and
 * `time-2.ndjson`. Rows stay whole (the exports hold one a line) and in their order.
 */
export async function cutInHalves(from: string, to: string): Promise<void> {
  for (const name of await readdir(from, { recursive: true })) {
    if (name.endsWith('setup.json')) {
      await mkdir(to, { recursive: true });
      await writeFile(join(to, name), await readFile(join(from, name)));
    }
    const [, stem, ending] = /^(.*)\.(csv|json|ndjson)\.gz$/.exec(name) ?? [];
    if (stem === undefined || ending === undefined) continue;
    const text = gunzipSync(await readFile(join(from, name))).toString();
    await mkdir(dirname(join(to, name)), { recursive: true });
    for (const [n, half] of halves(text, ending).entries())
      await writeFile(join(to, `${stem}-${n + 1}.${ending}`), half);
  }
}

function halves(text: string, ending: string): [string, string] {
  const lines = text.split('\n').filter((line) => line !== '');
  if (ending === 'json') {
    const rows = lines.slice(1, -1).map((line) => line.replace(/,$/, ''));
    const array = (some: string[]) => `[\n${some.join(',\n')}\n]\n`;
    return cut(rows).map(array) as [string, string];
  }
  const header = ending === 'csv' ? lines.splice(0, 1) : [];
  return cut(lines).map((some) => `${[...header, ...some].join('\n')}\n`) as [string, string];
}

const cut = (rows: string[]): [string[], string[]] => {
  const middle = Math.ceil(rows.length / 2);
  return [rows.slice(0, middle), rows.slice(middle)];
};
