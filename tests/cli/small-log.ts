/** A log small enough to count by hand: 3 cases, 8 events, 3 activities; two cases take the same way. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROWS = [
  'case,activity,time,person,team',
  'A,Open,2024-01-01T08:00:00Z,ann,Sales',
  'A,Check,2024-01-01T10:00:00Z,bob,Finance',
  'A,Close,2024-01-02T10:00:00Z,bob,Finance',
  'B,Open,2024-01-03T08:00:00Z,ann,Sales',
  'B,Check,2024-01-03T09:00:00Z,cid,Finance',
  'B,Close,2024-01-03T19:00:00Z,ann,Sales',
  'C,Open,2024-01-04T08:00:00Z,ann,Sales',
  'C,Close,2024-01-04T08:30:00Z,ann,Sales'
];

export const COLUMNS = [
  '--case',
  'case',
  '--activity',
  'activity',
  '--timestamp',
  'time',
  '--resource',
  'person',
  '--team',
  'team'
];

/** Writes the log into `folder` and returns its path. */
export function writeSmallLog(folder: string): string {
  const path = join(folder, 'small.csv');
  writeFileSync(path, `${ROWS.join('\n')}\n`);
  return path;
}
