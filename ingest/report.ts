import type { Mapping } from './mapping/mapping.ts';

/** Something a user should know of a file that was read. `count` says how often, `example` shows one. */
export interface Finding {
  kind: string;
  message: string;
  count: number;
  example?: string | undefined;
}

export interface Progress {
  bytesDone: number;
  bytesTotal: number;
  rows: number;
}

export type Format = 'csv' | 'ndjson' | 'json' | 'parquet' | 'xes' | 'ocel-json';

/** What a reader says of the file it staged. `rowsIn` is counted by the parser, apart from what was written. */
export interface ReadReport {
  format: Format;
  rowsIn: number;
  /** Whether an object is a record of the file too (OCEL), or only follows from events. */
  countsObjects: boolean;
  /** Whether the records themselves are counted (record mappings), and not the events made of them. */
  countsRecords?: boolean;
  /** Cases without any event (XES). */
  emptyCases: number;
  /** As used, guesses included. */
  mapping: Mapping;
  findings: Finding[];
}

/** Collects findings: one per kind and message, counted, with the first example. */
export class Findings {
  private readonly found = new Map<string, Finding>();

  add(kind: string, message: string, example?: string, count = 1): void {
    if (count === 0) return;
    const known = this.found.get(`${kind} ${message}`);
    if (known) known.count += count;
    else this.found.set(`${kind} ${message}`, { kind, message, count, ...(example === undefined ? {} : { example }) });
  }

  list(): Finding[] {
    return [...this.found.values()];
  }
}
