import { NOW } from './firm/clock.ts';
import { CELL, simulateFirm, type FirmTruth } from './firm/simulate.ts';
import { writeFirm as write, type FirmExports } from './writing/write-firm.ts';

/** What `truth.json` says of a firm. */
export type SampleFirm = FirmExports<FirmTruth>;

export interface SampleFirmOptions {
  seed: number;
  projects: number;
  /** Where the exports go; files of the same names are overwritten. */
  directory: string;
}

/**
 * Simulates the sample firm and writes the exports of its seven systems, `setup.json` and `truth.json`. The same seed
 * and number of projects give the same bytes, once unpacked.
 *
 * @example await writeFirm({ seed: 7, projects: 1_200, directory: 'sample-logs/exports' })
 */
export function writeFirm({ seed, projects, directory }: SampleFirmOptions): Promise<SampleFirm> {
  return write({
    seed,
    projects,
    directory,
    now: NOW,
    simulate: simulateFirm,
    projectsPerCell: CELL,
    isCode: codesOf(Math.ceil(projects / CELL))
  });
}

/** Whether a code lies among the numbers that the projects and change requests of all cells may have. */
function codesOf(cells: number): (code: string) => boolean {
  return (code) => {
    const [, kind, digits = ''] = /^(PRJ|CR)-(\d+)$/.exec(code) ?? [];
    const number = Number(digits);
    if (kind === 'PRJ') return digits === String(number) && number >= 1_000 && number < 1_000 + cells * CELL;
    return kind === 'CR' && digits === String(number).padStart(5, '0') && number <= cells * 4_000;
  };
}
