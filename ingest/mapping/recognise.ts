import { Fields } from './records/fields.ts';
import type { SystemMapping } from './record-mapping.ts';
import { streamName, systems } from './systems.ts';

/** Fewer columns than this are no mark of a system. */
const fewest = 4;

/**
 * The stream whose fields a file has all of, where its path says nothing (a file that was dropped on a page has none). Of
 * several it is the one with most fields.
 *
 * @param columns of a CSV file's header, or the members of JSON records
 */
export function streamOfColumns(
  columns: readonly string[],
  isCsv: boolean,
  among: readonly SystemMapping[] = systems
): { system: SystemMapping; stream: string } | undefined {
  const there = new Set(columns);
  let best: { system: SystemMapping; stream: string; fields: number } | undefined;
  for (const system of among)
    for (const stream of system.streams) {
      if ((stream.format === 'csv') !== isCsv) continue;
      const named = new Fields(stream).in('').map(({ name }) => name);
      const tops = new Set(isCsv ? named : named.map((name) => name.split('.', 1)[0] ?? name));
      const fits = tops.size >= fewest && [...tops].every((name) => there.has(name));
      if (fits && tops.size > (best?.fields ?? 0))
        best = { system, stream: streamName({ system, stream }), fields: tops.size };
    }
  return best && { system: best.system, stream: best.stream };
}
