import type { TableMapping } from '#ingest/mapping/mapping.ts';
import type { Previous } from '#ingest/mapping/previous.ts';
import type { Findings } from '#ingest/report.ts';
import type { Staging } from '#ingest/staging.ts';
import type { InputFile } from './bytes.ts';

/** What every format's reader is given. */
export interface Reading {
  file: InputFile;
  mapping: TableMapping;
  /** What is known of the source's last import. */
  previous?: Previous | undefined;
  staging: Staging;
  findings: Findings;
  /** Tells how far it is; calls may be as many as one likes. */
  progress: { bytes(done: number): void; rows(done: number): void };
  signal: AbortSignal;
}
