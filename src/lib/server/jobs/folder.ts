import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { parseSystem, type SystemMapping } from '#ingest/mapping/record-mapping.ts';
import { streamOf, systems } from '#ingest/mapping/systems.ts';
import { readSetup, type Setup } from '#models/lifecycle/setup.ts';
import { BadInput } from '#models/log/errors.ts';
import type { ImportFile } from './imports.ts';

export interface FoundFile {
  path: string;
  /** Below the folder, with `/`. */
  name: string;
  source: string;
  /** `planbase/milestones` */
  stream: string;
  system: SystemMapping;
}

export interface FolderOfExports {
  files: FoundFile[];
  setup: Setup | undefined;
  /** Files that belong to no system that Throughline knows. */
  ignored: string[];
}

const setupName = 'setup.json';

export interface FilesToImport {
  files: ImportFile[];
  setup: Setup | undefined;
  ignored: string[];
}

export interface FilesAtOptions {
  /** Wins over the folder's own. */
  setup?: Setup | undefined;
  /** A user's own system mapping, whose exports are known too. */
  mapping?: unknown;
}

/**
 * Files as they are, and one folder by what is in it.
 *
 * @throws {BadUse} when the user's system mapping is none
 */
export async function filesAt(
  paths: readonly string[],
  { setup, mapping }: FilesAtOptions = {}
): Promise<FilesToImport> {
  const [first] = paths;
  const info = first === undefined ? null : await stat(first).catch(() => null);
  if (first === undefined || paths.length > 1 || !info?.isDirectory())
    return { files: paths.map((path) => ({ path, name: basename(path) })), setup, ignored: [] };
  const own = ownSystem(mapping);
  const found = await exportsIn(first, own ? [own, ...systems] : systems);
  const said = setup ?? found.setup;
  const files = found.files.map(({ stream, system, ...file }) => ({
    ...file,
    mapping: { stream, offices: said?.offices ?? {}, ...(system === own ? { system } : {}) }
  }));
  return { files, setup: said, ignored: found.ignored };
}

function ownSystem(mapping: unknown): SystemMapping | undefined {
  if (typeof mapping !== 'object' || mapping === null) return undefined;
  if ('streams' in mapping) {
    // What stands beside a system in one file belongs to its reading.
    const system = Object.entries(mapping).filter(([key]) => key !== 'zone' && key !== 'offices');
    return parseSystem(Object.fromEntries(system));
  }
  return 'system' in mapping && typeof mapping.system === 'object' ? parseSystem(mapping.system) : undefined;
}

/**
 * The exports of known systems in a folder and below, in the order of their names, and the firm's `setup.json`.
 *
 * @throws {BadInput} when there is none
 * @throws {BadSetup} when the setup is wrong
 */
export async function exportsIn(folder: string, among: readonly SystemMapping[] = systems): Promise<FolderOfExports> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
  const files: FoundFile[] = [];
  const ignored: string[] = [];
  for (const name of names) {
    if (name === setupName) continue;
    const found = streamOf(name, among);
    if (found) files.push({ path: join(folder, name), name, ...found });
    else ignored.push(name);
  }
  if (files.length === 0)
    throw new BadInput(`${folder} holds no export of a system that Throughline knows`, {
      file: folder,
      fix: 'name its files one by one, with a mapping; the known exports are listed in the README'
    });
  const setup = names.includes(setupName) ? readSetup(await readFile(join(folder, setupName), 'utf8')) : undefined;
  return { files, setup, ignored };
}
