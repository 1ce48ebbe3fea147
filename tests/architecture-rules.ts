/**
 * Who may import whom, as code: the table of CONTRIBUTING.md. `architecture.test.ts` holds every import of the tree
 * against it, and tries the rules themselves on small examples.
 */
import { posix } from 'node:path';
import { parse as parseSvelte } from 'svelte/compiler';
import ts from 'typescript';

/** One import, re-export or dynamic import as written. `type` ones leave nothing behind when types are stripped. */
export interface Import {
  from: string;
  specifier: string;
  kind: 'value' | 'type' | 'dynamic';
  names: string[];
}

/** Where an import leads: a file of the tree (path from its root), a package, or a module that SvelteKit makes. */
export type Target = { kind: 'file'; path: string } | { kind: 'package'; name: string } | { kind: 'kit' };

export type Zone =
  | 'pure'
  | 'models'
  | 'ingest'
  | 'mining'
  | 'dashboards'
  | 'server'
  | 'page-server'
  | 'browser'
  | 'sample-logs'
  | 'tests'
  | 'top';

const PURE = /^models\/(filter|lifecycle|metrics|units)\//;
const KIT_SERVER = /(^|\/)(\+(page|layout)\.server|\+server|hooks\.server)\.ts$/;
const API_TYPE = 'src/lib/server/api/app.ts';

export function zoneOf(path: string): Zone {
  if (PURE.test(path)) return 'pure';
  const top = path.includes('/') ? path.slice(0, path.indexOf('/')) : '';
  if (top === 'models' || top === 'ingest' || top === 'mining' || top === 'dashboards') return top;
  if (top === 'sample-logs' || top === 'tests') return top;
  if (path.startsWith('src/lib/server/') || path.startsWith('src/cli/')) return 'server';
  if (KIT_SERVER.test(path)) return 'page-server';
  return top === 'src' ? 'browser' : 'top';
}

/** Zones whose modules each zone may load; a second list for those it may take only types of. */
const TABLE: Record<Zone, { values: Zone[]; types: Zone[] }> = {
  pure: { values: ['pure'], types: ['models'] },
  models: { values: ['pure', 'models'], types: [] },
  ingest: { values: ['pure', 'models', 'ingest'], types: [] },
  mining: { values: ['pure', 'models', 'mining'], types: [] },
  dashboards: { values: ['pure', 'dashboards'], types: ['models', 'mining'] },
  server: { values: ['pure', 'models', 'ingest', 'mining', 'dashboards', 'server'], types: [] },
  // Bundled by Vite: a value import of the server would put a second copy of the store into the bundle.
  'page-server': { values: ['pure', 'dashboards', 'browser', 'page-server'], types: ['models', 'mining', 'server'] },
  browser: { values: ['pure', 'dashboards', 'browser'], types: ['models', 'mining', 'page-server'] },
  'sample-logs': { values: ['pure', 'models', 'sample-logs'], types: [] },
  tests: {
    values: [
      'pure',
      'models',
      'ingest',
      'mining',
      'dashboards',
      'server',
      'page-server',
      'browser',
      'sample-logs',
      'tests',
      'top'
    ],
    types: []
  },
  top: { values: ['top', 'server', 'tests'], types: [] }
};

const BROWSER_SAFE: Zone[] = ['pure', 'dashboards', 'browser'];

/** Says what is wrong with an import, or undefined where it is allowed. */
export function breach(found: Import, target: Target): string | undefined {
  const zone = zoneOf(found.from);
  if (found.specifier.startsWith('$lib')) return 'write #lib/… instead of $lib';
  if (target.kind === 'kit')
    return BROWSER_SAFE.includes(zone) || zone === 'page-server' ? undefined : 'only pages know $app';
  if (target.kind === 'package') {
    const heavy = target.name.startsWith('node:') || target.name.startsWith('@duckdb/');
    return heavy && found.kind !== 'type' && BROWSER_SAFE.includes(zone)
      ? `${target.name} does not exist in a browser, and ${zone} code runs there`
      : undefined;
  }
  if (target.path === 'package.json') return undefined; // The version is read from there.
  const to = zoneOf(target.path);
  if (found.specifier.startsWith('.') && topOf(found.from) !== topOf(target.path) && topOf(found.from) !== '') {
    return 'a relative path leaves its top folder: use the package import (#models/…, #lib/…)';
  }
  if (zone === 'server' && to === 'sample-logs') {
    return found.from.startsWith('src/cli/') && found.kind === 'dynamic'
      ? undefined
      : 'only src/cli, by import(), loads sample-logs';
  }
  if (zone === 'browser' && to === 'server') {
    const onlyTheType = found.kind === 'type' && target.path === API_TYPE && found.names.join() === 'AppType';
    return onlyTheType
      ? undefined
      : `browser code takes the type AppType of ${API_TYPE} and nothing else of the server`;
  }
  const allowed = TABLE[zone];
  if (allowed.values.includes(to)) return undefined;
  if (allowed.types.includes(to)) {
    return found.kind === 'type' ? undefined : `${zone} takes only types of ${to}: write \`import type { … }\``;
  }
  return `${zone} may not import ${to}`;
}

function topOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : '';
}

/** Resolves a specifier by package.json's `imports`, by path, or as a package. Vite's ?worker and the like are cut. */
export function resolveImport(from: string, specifier: string, imports: Record<string, string>): Target {
  const bare = specifier.replace(/\?.*$/, '');
  if (
    bare.startsWith('$app') ||
    bare.startsWith('$env') ||
    bare.startsWith('$service') ||
    /(^|\/)\$types(\.js)?$/.test(bare)
  ) {
    return { kind: 'kit' };
  }
  if (bare.startsWith('.')) return { kind: 'file', path: posix.join(posix.dirname(from), bare) };
  for (const [pattern, path] of Object.entries(imports)) {
    const start = pattern.slice(0, -1);
    if (bare.startsWith(start)) return { kind: 'file', path: posix.join(path.replace('*', bare.slice(start.length))) };
  }
  return { kind: 'package', name: bare };
}

/** Every import of a TypeScript, JavaScript or Svelte file. `nameless` counts `import(…)` of something not spelled out. */
export function importsOf(from: string, text: string): { imports: Import[]; nameless: number } {
  if (!from.endsWith('.svelte')) return importsOfScript(from, text);
  const { instance, module, fragment } = parseSvelte(text, { modern: true });
  const found: { imports: Import[]; nameless: number } = { imports: [], nameless: 0 };
  // The markup may hold `{#await import('…')}`: reading it as a script of its expressions finds those as well.
  const inMarkup = [...JSON.stringify(fragment).matchAll(/"type":"ImportExpression".*?"value":"([^"]+)"/g)];
  for (const [, specifier = ''] of inMarkup) found.imports.push({ from, specifier, kind: 'dynamic', names: [] });
  for (const script of [module, instance]) {
    if (!script) continue;
    const { start, end } = script.content as unknown as { start: number; end: number };
    const inner = importsOfScript(from, text.slice(start, end));
    found.imports.push(...inner.imports);
    found.nameless += inner.nameless;
  }
  return found;
}

function importsOfScript(from: string, text: string): { imports: Import[]; nameless: number } {
  const file = ts.createSourceFile(from, text, ts.ScriptTarget.Latest, true);
  const imports: Import[] = [];
  let nameless = 0;
  const add = (specifier: ts.Node | undefined, kind: Import['kind'], names: string[]) => {
    if (specifier && ts.isStringLiteralLike(specifier)) imports.push({ from, specifier: specifier.text, kind, names });
    else nameless += 1;
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      const clause = node.importClause;
      // `import { type A }` still loads the module at run time (verbatimModuleSyntax): only `import type` is a type.
      const typeOnly = clause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
      const named = clause?.namedBindings;
      const names =
        named && ts.isNamedImports(named) ? named.elements.map((e) => (e.propertyName ?? e.name).text) : ['*'];
      add(node.moduleSpecifier, typeOnly ? 'type' : 'value', clause?.name ? ['default', ...names] : names);
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
      const named = node.exportClause;
      const names =
        named && ts.isNamedExports(named) ? named.elements.map((e) => (e.propertyName ?? e.name).text) : ['*'];
      add(node.moduleSpecifier, node.isTypeOnly ? 'type' : 'value', names);
    } else if (ts.isImportTypeNode(node)) {
      const argument = node.argument;
      const name = node.qualifier ? node.qualifier.getText(file) : '*';
      add(ts.isLiteralTypeNode(argument) ? argument.literal : undefined, 'type', [name]);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], 'dynamic', []);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return { imports, nameless };
}

/** Whether a script has a default export, or re-exports everything of another (a barrel). */
export function exportFaults(from: string, text: string): string[] {
  const faults: string[] = [];
  for (const statement of ts.createSourceFile(from, text, ts.ScriptTarget.Latest, true).statements) {
    const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
    const isDefault = modifiers.some((modifier) => modifier.kind === ts.SyntaxKind.DefaultKeyword);
    if (isDefault || (ts.isExportAssignment(statement) && !statement.isExportEquals)) faults.push('a default export');
    if (ts.isExportDeclaration(statement) && statement.moduleSpecifier && !statement.exportClause) {
      faults.push('a barrel (export * from …)');
    }
  }
  return faults;
}

/** The circles of a graph, each as the list of files on it (Tarjan's strongly connected components). */
export function circles(edges: Map<string, string[]>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (node: string): number => {
    const number = index.size;
    let lowest = number;
    index.set(node, number);
    stack.push(node);
    for (const next of edges.get(node) ?? []) {
      if (!index.has(next)) lowest = Math.min(lowest, visit(next));
      else if (stack.includes(next)) lowest = Math.min(lowest, index.get(next) ?? number);
    }
    low.set(node, lowest);
    if (lowest === number) {
      const members = stack.splice(stack.indexOf(node));
      if (members.length > 1 || edges.get(node)?.includes(node)) found.push(members.sort());
    }
    return lowest;
  };
  for (const node of edges.keys()) if (!index.has(node)) visit(node);
  return found;
}
