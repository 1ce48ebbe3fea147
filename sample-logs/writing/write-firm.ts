import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CalendarRow, Department, Emit, ExportName, Exports, Instant } from '../firm/rows.ts';
import { Clocks } from './clocks.ts';
import { add, countActivities, countObjects, type Counts } from './counts.ts';
import type { Cell } from './dirt/cell.ts';
import { isDoubtful } from './dirt/clock-changes.ts';
import { dirty, type RecordDirt } from './dirt/dirty.ts';
import { Draw } from './dirt/draw.ts';
import { ExportFile } from './export-file.ts';
import type { Layout } from './layout.ts';
import { exportNames, layouts } from './layouts.ts';
import { ledgerMinutesFast } from './times.ts';
import { frameOf, writeRecords, type ExportCounts } from './write-cell.ts';

/** Projects of one cell: a firm of the size of the sample, with its own people; a large firm has many. */
export const projectsPerCell = 1_200;

/** Emits all records of one cell, in any order, and says what was planted in it. */
export type SimulateCell<Truth> = (cell: { seed: number; projects: number; cell: number }, emit: Emit) => Truth;

export interface FirmOptions<Truth> {
  seed: number;
  projects: number;
  /** Where the exports go; files of the same names are overwritten. */
  directory: string;
  now: Instant;
  simulate: SimulateCell<Truth>;
  projectsPerCell?: number;
  /** Whether some cell may have a project or change request of this code; none has, beside the cell at hand, unless told. */
  isCode?: (code: string) => boolean;
}

/** What is known to stand in the exports of a firm: `truth.json`. */
export interface FirmExports<Truth> {
  seed: number;
  projects: number;
  cells: number;
  now: string;
  /** By file, without `.gz`. */
  exports: Record<string, ExportCounts>;
  /** Distinct objects that records declare, by canonical type. */
  objects: Counts;
  /** Events after duplicates are removed, by canonical activity. */
  activities: Counts;
  dirt: RecordDirt & {
    clock: { system: 'Ledgerline'; minutesFast: number };
    duplicates: WithTotal;
    unparsable: WithTotal;
  };
  /** What the simulation planted; a list, one a cell, where there are several. */
  truths: Truth | Truth[];
}

export interface WithTotal {
  exports: Counts;
  total: number;
}

/** Records that all cells share: the first that emits one has told it for all. */
const firmWide: readonly ExportName[] = ['hr/calendars', 'erp/fx_rates'];

const functions: Record<Department, string> = {
  Sales: 'sales',
  'Deal Desk': 'deal_desk',
  'Project Operations': 'project_operations',
  'Resource Management': 'resource_management',
  Procurement: 'procurement',
  Delivery: 'delivery',
  'Finance Operations': 'finance_operations',
  Approvers: 'approvers',
  'Customer Success': 'customer_success',
  Integration: 'integration'
};

/**
 * Simulates a firm cell by cell and writes its exports, `setup.json` and `truth.json`. At most one cell is in memory.
 * `truth.json` is written last: a folder that has one is complete.
 */
export async function writeFirm<Truth extends object>(options: FirmOptions<Truth>): Promise<FirmExports<Truth>> {
  const { seed, projects, directory } = options;
  await rm(join(directory, 'truth.json'), { force: true });
  const files = new Map<ExportName, ExportFile>();
  try {
    for (const name of exportNames)
      files.set(name, await ExportFile.create(join(directory, `${layouts[name].file}.gz`)));
    const writer = new FirmWriter(options, files);
    for (let left = projects; left > 0;) {
      const size = Math.min(left, options.projectsPerCell ?? projectsPerCell);
      left -= size;
      await writer.writeCell(size);
    }
    const { setup, truth } = await writer.close();
    await writeJson(join(directory, 'setup.json'), setup);
    await writeJson(join(directory, 'truth.json'), sorted({ seed, projects, ...truth }));
    return { seed, projects, ...truth };
  } catch (error) {
    for (const file of files.values()) await file.abandon();
    throw error;
  }
}

class FirmWriter<Truth extends object> {
  private readonly options: FirmOptions<Truth>;
  private readonly files: Map<ExportName, ExportFile>;
  private cells = 0;
  private calendars: CalendarRow[] = [];
  private readonly told = new Set<string>();
  private readonly exports: Record<string, ExportCounts> = {};
  private objects: Counts = {};
  private activities: Counts = {};
  private dirt: RecordDirt | undefined;
  private readonly truths: Truth[] = [];

  constructor(options: FirmOptions<Truth>, files: Map<ExportName, ExportFile>) {
    this.options = options;
    this.files = files;
  }

  async writeCell(projects: number): Promise<void> {
    const { seed, simulate, now } = this.options;
    const number = this.cells++;
    const cell = emptyCell();
    this.truths.push(simulate({ seed, projects, cell: number }, (name, row) => cell[name].push(row)));
    if (number === 0) this.calendars = cell['hr/calendars'];
    for (const name of firmWide) this.dropTold(cell, name);
    const clocks = new Clocks(this.calendars, cell['hr/people']);
    const dirt = dirty(cell, {
      seed,
      number,
      clocks,
      calendars: this.calendars,
      now,
      isTaken: this.options.isCode ?? (() => false)
    });
    this.dirt = add(this.dirt, dirt);
    this.objects = add(this.objects, countObjects(cell));
    this.activities = add(this.activities, countActivities(cell));
    for (const name of exportNames) await this.writeExport(name, cell, clocks, number);
  }

  async close(): Promise<{ setup: object; truth: Omit<FirmExports<Truth>, 'seed' | 'projects'> }> {
    const { now } = this.options;
    for (const [name, file] of this.files) {
      const { before, after } = frameOf<never>(layouts[name]);
      if (!this.exports[layouts[name].file]) await file.write(before);
      await file.write(after);
      await file.close();
    }
    const date = new Date(now).toISOString();
    const totalOf = (kind: 'duplicates' | 'unparsable'): WithTotal => {
      const counts = Object.fromEntries(Object.entries(this.exports).map(([file, found]) => [file, found[kind]]));
      return { exports: counts, total: Object.values(counts).reduce((sum, count) => sum + count, 0) };
    };
    if (!this.dirt) throw new Error('the firm has no projects');
    const [only, ...others] = this.truths;
    return {
      setup: {
        offices: Object.fromEntries(this.calendars.map(({ office, zone }) => [office, zone])),
        functions,
        lifecycle: { layers: [] },
        now: date
      },
      truth: {
        cells: this.cells,
        now: date,
        exports: this.exports,
        objects: this.objects,
        activities: this.activities,
        dirt: {
          ...this.dirt,
          clock: { system: 'Ledgerline', minutesFast: ledgerMinutesFast },
          duplicates: totalOf('duplicates'),
          unparsable: totalOf('unparsable')
        },
        truths: only === undefined || others.length > 0 ? this.truths : only
      }
    };
  }

  /** Leaves of a cell's records only those that no cell before has told. */
  private dropTold<Name extends ExportName>(cell: Cell, name: Name): void {
    const { key, file } = layouts[name];
    const rows: Exports[Name][] = cell[name];
    const fresh = rows.filter((row) => !this.told.has(`${file} ${key(row)}`));
    for (const row of fresh) this.told.add(`${file} ${key(row)}`);
    cell[name] = fresh as Cell[Name];
  }

  private async writeExport<Name extends ExportName>(name: Name, cell: Cell, clocks: Clocks, number: number) {
    const layout: Layout<Exports[Name]> = layouts[name];
    const rows: Exports[Name][] = cell[name];
    const file = this.files.get(name);
    if (!file) throw new Error(`${layout.file} is not open`);
    refuseEqualKeys(layout, rows);
    const known = this.exports[layout.file];
    if (!known) await file.write(frameOf(layout).before);
    const draw = (decision: string) => new Draw(this.options.seed, number, decision);
    const isFirst = known === undefined || known.rows === 0;
    // Twice the same row would be one time of which nobody can say whether it is one doubt or two.
    const isSpared = (row: Exports[Name]) => isDoubtful(name, row, clocks);
    const counts = await writeRecords(file, layout, rows, { clocks, draw, isFirst, isSpared });
    this.exports[layout.file] = add(known, counts);
  }
}

function emptyCell(): Cell {
  return Object.fromEntries(exportNames.map((name) => [name, []])) as unknown as Cell;
}

/** Two records of one key would be counted as two, and read as one. */
function refuseEqualKeys<Row>({ file, key }: Layout<Row>, rows: readonly Row[]): void {
  const seen = new Set<string>();
  for (const row of rows) {
    const own = key(row);
    if (seen.has(own)) throw new Error(`${file}: two records have the key ${own}`);
    seen.add(own);
  }
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFile(path, `${JSON.stringify(value, null, 2)}\n`);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]));
}
