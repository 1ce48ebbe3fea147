import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { streamOf } from '#ingest/mapping/systems.ts';
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

/** Files as they are, and one folder by what is in it; `setup` wins over the folder's own. */
export async function filesAt(paths: readonly string[], setup?: Setup): Promise<FilesToImport> {
  const [first] = paths;
  const info = first === undefined ? null : await stat(first).catch(() => null);
  if (first === undefined || paths.length > 1 || !info?.isDirectory())
    return { files: paths.map((path) => ({ path, name: basename(path) })), setup, ignored: [] };
  const found = await exportsIn(first);
  const said = setup ?? found.setup;
  const files = found.files.map(({ stream, ...file }) => ({
    ...file,
    mapping: { stream, offices: said?.offices ?? {} }
  }));
  return { files, setup: said, ignored: found.ignored };
}

/**
 * The exports of known systems in a folder and below, in the order of their names, and the firm's `setup.json`.
 *
 * @throws {BadInput} when there is none
 * @throws {BadSetup} when the setup is wrong
 */
export async function exportsIn(folder: string): Promise<FolderOfExports> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
  const files: FoundFile[] = [];
  const ignored: string[] = [];
  for (const name of names) {
    if (name === setupName) continue;
    const found = streamOf(name);
    if (found) files.push({ path: join(folder, name), name, source: found.source, stream: found.stream });
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
