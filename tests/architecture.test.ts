import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { build } from 'vite';
import { breach, circles, exportFaults, importsOf, resolveImport, type Import } from './architecture-rules.ts';

const ROOT = join(import.meta.dirname, '..');
const PACKAGE = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<
  'imports' | 'dependencies' | 'optionalDependencies' | 'devDependencies',
  Record<string, string>
>;

/** The tree as git sees it: tracked files, and new ones that are not ignored. */
const FILES = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8'
})
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(ROOT, path)));
const SCRIPTS = FILES.filter((path) => /\.(ts|mjs|js|svelte)$/.test(path));
const SOURCES = SCRIPTS.filter((path) => /^(src|ingest|models|mining|dashboards|sample-logs)\//.test(path));
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

describe('the tree', () => {
  const parsed = SCRIPTS.map((path) => ({ path, ...importsOf(path, read(path)) }));
  const all = parsed.flatMap(({ imports }) =>
    imports.map((found) => ({ found, target: resolveImport(found.from, found.specifier, PACKAGE.imports) }))
  );

  test('has imports to read', () => {
    expect(SOURCES.length).toBeGreaterThan(20);
    expect(all.length).toBeGreaterThan(SOURCES.length);
  });

  test('keeps to the import table', () => {
    const broken = all.flatMap(({ found, target }) => {
      const what = breach(found, target);
      return what ? [`${found.from} → ${found.specifier}: ${what}`] : [];
    });
    expect(broken).toEqual([]);
  });

  test('names files that exist, with their endings', () => {
    const lost = all.flatMap(({ found, target }) =>
      target.kind === 'file' && !existsSync(join(ROOT, target.path)) ? [`${found.from} → ${found.specifier}`] : []
    );
    expect(lost).toEqual([]);
  });

  test('spells its dynamic imports out, but where what was built is loaded', () => {
    const hidden = parsed.filter(
      ({ path, nameless }) => nameless > 0 && !/^(src\/lib\/server\/|src\/cli\/|tests\/|vite\.config\.ts$)/.test(path)
    );
    expect(hidden.map(({ path }) => path)).toEqual([]);
  });

  test('has no import circle', () => {
    const edges = new Map<string, string[]>();
    for (const { found, target } of all) {
      if (target.kind !== 'file' || found.kind === 'type') continue;
      edges.set(found.from, [...(edges.get(found.from) ?? []), target.path]);
    }
    expect(circles(edges)).toEqual([]);
  });

  test('has no default export and no barrel', () => {
    const faults = SOURCES.filter((path) => path.endsWith('.ts')).flatMap((path) =>
      exportFaults(path, read(path)).map((fault) => `${path}: ${fault}`)
    );
    expect(faults).toEqual([]);
  });

  test('has the fixed top level', () => {
    const folders = ['src', 'ingest', 'mining', 'models', 'dashboards', 'sample-logs', 'tests'];
    const documents = [
      'README.md',
      'CONTRIBUTING.md',
      'CHANGELOG.md',
      'LICENSE',
      'package.json',
      'package-lock.json',
      'tsconfig.json'
    ];
    const entries = [...new Set(FILES.map((path) => path.split('/')[0] ?? ''))];
    const known = (entry: string) =>
      entry.startsWith('.') ||
      folders.includes(entry) ||
      documents.includes(entry) ||
      /^[a-z]+\.config\.(js|ts)$/.test(entry);
    expect(entries.filter((entry) => !known(entry))).toEqual([]);
  });

  test('has no drawer for everything, and kebab-case names', () => {
    const drawer = /(^|[/.-])(utils?|helpers?|common|misc)([/.-]|$)/;
    expect(SCRIPTS.filter((path) => drawer.test(path))).toEqual([]);
    const kebab = /^(\+?[a-z0-9]+([-.][a-z0-9]+)*|[A-Z][A-Za-z0-9]*)\.(ts|mjs|js|svelte)$/;
    expect(SCRIPTS.filter((path) => !kebab.test(basename(path)))).toEqual([]);
    expect(SCRIPTS.filter((path) => /^[A-Z]/.test(basename(path)) && !path.endsWith('.svelte'))).toEqual([]);
  });

  test('has no source file of more than 400 lines', () => {
    expect(SOURCES.filter((path) => read(path).split('\n').length > 401)).toEqual([]);
  });

  test('names no folder of one machine and no registry', () => {
    const places = ['work', 'farm', 'root', 'home', 'Users'].join('|');
    const machine = new RegExp(`(^|[^A-Za-z0-9_.\\]\\[*])/(${places})/[A-Za-z0-9_.]`, 'm');
    const texts = FILES.filter((path) => /\.(ts|mjs|js|svelte|json|md|css|html|yml|yaml|csv)$|^\.|^[A-Z]+$/.test(path));
    expect(texts.filter((path) => machine.test(read(path)))).toEqual([]);
    expect(read('package-lock.json')).not.toContain('"resolved": "http');
  });
});

describe('the documents', () => {
  const documents = ['README.md', 'CONTRIBUTING.md'];

  test('name files that exist', () => {
    const lost = documents.flatMap((document) => {
      const named = [
        ...read(document).matchAll(/`((?:src|ingest|models|mining|dashboards|tests|sample-logs)\/[\w./-]+)`/g)
      ];
      const linked = [...read(document).matchAll(/\]\(([\w./-]+)\)/g)];
      return [...named, ...linked].flatMap(([, path = '']) =>
        existsSync(join(ROOT, path)) ? [] : [`${document}: ${path}`]
      );
    });
    expect(lost).toEqual([]);
  });

  test('say why each dependency is there, and name no other', () => {
    const table = read('CONTRIBUTING.md').split('## Dependencies')[1]?.split('\n## ')[0] ?? '';
    const rows = table.split('\n').filter((line) => line.startsWith('| `'));
    const named = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name));
    const { dependencies, optionalDependencies, devDependencies } = PACKAGE;
    expect(named.sort()).toEqual(Object.keys({ ...dependencies, ...optionalDependencies, ...devDependencies }).sort());
  });

  test('keep the README short, with a command to run near its top', () => {
    const lines = read('README.md').split('\n');
    expect(lines.length).toBeLessThan(121);
    expect(lines.slice(0, 15)).toContain('npm start');
  });
});

describe('the pure models', () => {
  test('build for a browser without Node', async () => {
    const pure = FILES.filter((path) => /^models\/(filter|lifecycle|metrics|units)\/.*\.ts$/.test(path));
    expect(pure.length).toBeGreaterThan(0);
    const needed = await nodeModulesNeeded(
      pure.map((path) => `import * as m from ${JSON.stringify(`/${path}`)}; keep(m);`)
    );
    expect(needed).toEqual([]);
  });

  test('would be caught when they need Node', async () => {
    expect(await nodeModulesNeeded([`import { join } from 'node:path'; keep(join);`])).toEqual(['node:path']);
    expect(await nodeModulesNeeded([`import fs from 'fs'; keep(fs);`])).toEqual(['fs']);
  });
});

/** Bundles statements for a browser with Vite and lists Node's own modules that anything in the bundle asks for. */
async function nodeModulesNeeded(statements: string[]): Promise<string[]> {
  const needed = new Set<string>();
  const entry = '\0entry.ts';
  await build({
    root: ROOT,
    configFile: false,
    logLevel: 'silent',
    build: { write: false, minify: false, rollupOptions: { input: 'entry' } },
    plugins: [
      {
        name: 'entry-and-watch',
        enforce: 'pre',
        resolveId(id) {
          if (id === 'entry') return entry;
          if (id.startsWith('node:') || builtinModules.includes(id)) needed.add(id);
          return undefined;
        },
        load: (id) =>
          id === entry ? `const keep = (x) => globalThis.kept.push(x);\n${separate(statements).join('\n')}` : undefined
      }
    ]
  });
  return [...needed].sort();
}

/** Gives each statement's binding a name of its own. */
function separate(statements: string[]): string[] {
  return statements.map((statement, n) => statement.replaceAll(/\bm\b/g, `m${n}`));
}

describe('the rules themselves', () => {
  const imports = PACKAGE.imports;
  const judge = (from: string, text: string) =>
    importsOf(from, text).imports.map((found: Import) => breach(found, resolveImport(from, found.specifier, imports)));

  test.each([
    ['mining/dfg.ts', `import { sql } from '#models/store/sql.ts';`],
    [
      'ingest/formats/csv.ts',
      `import { BadInput } from '#models/log/errors.ts'; import { open } from 'node:fs/promises';`
    ],
    [
      'dashboards/charts/a.ts',
      `import type { Rework } from '#mining/rework.ts'; import { days } from '#models/units/duration.ts';`
    ],
    ['src/lib/server/api/app.ts', `export { dfg } from '#mining/dfg.ts';`],
    ['src/lib/api-client.ts', `import type { AppType } from '#lib/server/api/app.ts';`],
    ['src/hooks.server.ts', `import type { Services } from '#lib/server/start.ts'; import { join } from 'node:path';`],
    ['src/cli/serve.ts', `const sample = await import('#sample-logs/generate.ts');`],
    [
      'src/routes/+page.svelte',
      `<script lang="ts">import Map from '#lib/components/Map.svelte'; import { page } from '$app/state';</script>`
    ],
    ['models/filter/url.ts', `import type { View } from '#models/views/view.ts';`],
    ['tests/mining/dfg.test.ts', `import { dfg } from '#mining/dfg.ts';`]
  ])('allow %s', (from, text) => {
    expect(judge(from, text).filter((what) => what !== undefined)).toEqual([]);
    expect(judge(from, text)).not.toEqual([]);
  });

  test.each([
    ['models/views/a.ts', `import { dfg } from '#mining/dfg.ts';`, 'models may not import mining'],
    ['models/filter/a.ts', `import { sql } from '#models/store/sql.ts';`, 'only types'],
    ['models/filter/a.ts', `import { join } from 'node:path';`, 'browser'],
    ['mining/a.ts', `import { csv } from '#ingest/formats/csv.ts';`, 'mining may not import ingest'],
    ['ingest/a.ts', `export { x } from '#mining/x.ts';`, 'ingest may not import mining'],
    ['dashboards/a.ts', `import { rework, type Rework } from '#mining/rework.ts';`, 'only types'],
    ['dashboards/a.ts', `import { type Rework } from '#mining/rework.ts';`, 'only types'],
    ['src/lib/a.ts', `import type { Services } from '#lib/server/start.ts';`, 'AppType'],
    ['src/lib/a.ts', `import type { AppType, Other } from '#lib/server/api/app.ts';`, 'AppType'],
    ['src/lib/a.ts', `import { AppType } from '#lib/server/api/app.ts';`, 'AppType'],
    ['src/lib/a.ts', `type T = import('#lib/server/start.ts').Services;`, 'AppType'],
    ['src/hooks.server.ts', `import { start } from '#lib/server/start.ts';`, 'only types'],
    ['src/routes/+page.svelte', `<script>import { open } from '#models/store/store.ts';</script>`, 'only types'],
    ['src/routes/+page.svelte', `<script module>import fs from 'node:fs';</script>`, 'browser'],
    ['src/routes/+page.svelte', `{#await import('#lib/server/start.ts') then m}{m}{/await}`, 'AppType'],
    ['src/cli/a.ts', `import { generate } from '#sample-logs/generate.ts';`, 'only src/cli'],
    ['src/lib/server/a.ts', `await import('#sample-logs/generate.ts');`, 'only src/cli'],
    ['mining/deep/a.ts', `import { sql } from '../../models/store/sql.ts';`, 'package import'],
    ['mining/a.ts', `import { x } from '#lib/components/x.ts';`, 'mining may not import browser'],
    ['src/lib/a.ts', `import { x } from '$lib/b.ts';`, '#lib'],
    ['models/store/a.ts', `import { page } from '$app/state';`, 'only pages'],
    ['src/cli/a.ts', `import { x } from '../../tests/faults/run.ts';`, 'package import']
  ])('refuse %s: %s', (from, text, reason) => {
    expect(judge(from, text).join()).toContain(reason);
  });

  test('nothing imports tests', () => {
    const found: Import = { from: 'src/cli/a.ts', specifier: '#tests/x.ts', kind: 'value', names: [] };
    for (const from of [
      'models/a.ts',
      'ingest/a.ts',
      'mining/a.ts',
      'dashboards/a.ts',
      'src/cli/a.ts',
      'src/lib/a.ts'
    ]) {
      expect(breach({ ...found, from }, { kind: 'file', path: 'tests/x.ts' })).toContain('may not import tests');
    }
  });

  test('find circles, and only circles', () => {
    expect(
      circles(
        new Map([
          ['a', ['b', 'c']],
          ['b', ['c']]
        ])
      )
    ).toEqual([]);
    expect(
      circles(
        new Map([
          ['a', ['b']],
          ['b', ['c']],
          ['c', ['b']]
        ])
      )
    ).toEqual([['b', 'c']]);
    expect(circles(new Map([['a', ['a']]]))).toEqual([['a']]);
  });

  test('find default exports and barrels', () => {
    expect(exportFaults('a.ts', 'export default function x() {}')).toHaveLength(1);
    expect(exportFaults('a.ts', 'const x = 1; export default x;')).toHaveLength(1);
    expect(exportFaults('a.ts', `export * from './b.ts';`)).toHaveLength(1);
    expect(exportFaults('a.ts', `export { b } from './b.ts'; export const c = 1;`)).toEqual([]);
  });
});
