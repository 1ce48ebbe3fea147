#!/usr/bin/env node
/**
 * Makes a clone ready to run, before `npm start`, `npm test` and `npm run build`: installs the pinned packages when they
 * changed, finds a Node that can run the product, builds the pages when their sources changed, finds a browser for the
 * tests. Where nothing changed it says nothing and takes a fraction of a second.
 *
 * It runs before anything is installed, so it imports nothing but Node's own modules and keeps to what Node 20 knows.
 *
 *     node src/cli/prepare.mjs start | build | test
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const INSTALLED = join(ROOT, 'node_modules', '.throughline-installed');
const NODE_NEEDED = 24;
const WINDOWS = process.platform === 'win32';

/** What the built pages depend on: a change in any of these files means a new build. */
const SOURCES = ['src', 'dashboards', 'models', 'mining', 'ingest'];
const CONFIGURATION = ['package.json', 'package-lock.json', 'svelte.config.js', 'vite.config.ts', 'tsconfig.json'];

/** Stops the command with what is wrong and what mends it. */
class CannotPrepare extends Error {}

/** @param {string} text */
function say(text) {
  process.stderr.write(`throughline: ${text}\n`);
}

/**
 * SHA-256 over the names and contents of files and folders (in sorted order, dot files left out, missing ones noted).
 * @param {string} root
 * @param {string[]} paths relative to root
 */
export function fingerprint(root, paths) {
  const hash = createHash('sha256');
  /** @param {string} path */
  const add = (path) => {
    const full = join(root, path);
    let bytes;
    try {
      bytes = readFileSync(full);
    } catch (error) {
      if (error.code !== 'EISDIR') {
        hash.update(`${path}\0missing\0`);
        return;
      }
      const names = readdirSync(full).filter((name) => !name.startsWith('.'));
      for (const name of names.sort()) add(`${path}/${name}`);
      return;
    }
    hash.update(`${path}\0${bytes.length}\0`);
    hash.update(bytes);
  };
  for (const path of paths) add(path);
  return hash.digest('hex');
}

/** @param {string} path */
function readMarker(path) {
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
}

/** Installs the pinned packages when package.json, the lockfile or the platform changed since the last time. */
function install() {
  const wanted = () =>
    `${process.platform}-${process.arch} ${fingerprint(ROOT, ['package.json', 'package-lock.json'])}`;
  if (readMarker(INSTALLED) === wanted()) return;
  say('installing the packages that package-lock.json pins (about a minute the first time) …');
  // `npm install`, not `npm ci`: ci refuses a lockfile whose packages for other platforms a registry does not have.
  const words = ['install', '--no-audit', '--no-fund', '--loglevel=error', '--include=dev', '--include=optional'];
  const cli = process.env.npm_execpath;
  const result =
    cli && /npm-cli\.[cm]?js$/.test(cli)
      ? spawnSync(process.env.npm_node_execpath ?? process.execPath, [cli, ...words], { cwd: ROOT, stdio: noInput })
      : spawnSync('npm', words, { cwd: ROOT, stdio: noInput, shell: WINDOWS });
  if (result.status !== 0) {
    throw new CannotPrepare('npm install failed: see its message above. Mend that (often the network) and try again.');
  }
  mkdirSync(dirname(INSTALLED), { recursive: true });
  writeFileSync(INSTALLED, `${wanted()}\n`);
}

/** @type {import('node:child_process').StdioOptions} */
const noInput = ['ignore', 'inherit', 'inherit'];

/**
 * The major version that a Node binary says it has; 0 where it does not run here.
 * @param {string} binary
 */
function majorOf(binary) {
  const result = spawnSync(binary, ['--version'], { encoding: 'utf8' });
  return result.status === 0 ? Number(/^v(\d+)\./.exec(result.stdout)?.[1] ?? 0) : 0;
}

/** Path of a Node that runs the product: the one npm installed for this platform, else the system's when new enough. */
function findNode() {
  const installed = join(ROOT, 'node_modules', '.bin', WINDOWS ? 'node.cmd' : 'node');
  if (existsSync(installed)) {
    const own = WINDOWS ? join(ROOT, 'node_modules', `node-win-${process.arch}`, 'bin', 'node.exe') : installed;
    if (realpathSync(own) === realpathSync(process.execPath) || majorOf(own) >= NODE_NEEDED) return own;
    // npm puts this file first on the path: one that does not run here (another C library) must not stay in the way.
    rmSync(installed, { force: true });
  }
  if (majorOf('node') >= NODE_NEEDED) return 'node';
  // npm passes over an optional package that it cannot fetch, without a word: let the next run try again.
  rmSync(INSTALLED, { force: true });
  throw new CannotPrepare(
    `Throughline runs on Node ${NODE_NEEDED}, and npm installed none that runs here ` +
      `(${process.platform}-${process.arch}); the Node on your path is ${process.version}. ` +
      `Run the same command again in case a download failed, or install Node ${NODE_NEEDED} or newer (https://nodejs.org).`
  );
}

/**
 * Builds the pages when a source changed since the last build.
 * @param {string} node
 */
function build(node) {
  const marker = join(ROOT, 'build', '.sources');
  const wanted = fingerprint(ROOT, [...SOURCES, ...CONFIGURATION]);
  if (readMarker(marker) === wanted && existsSync(join(ROOT, 'build', 'handler.js'))) return;
  say('building the pages (about 20 seconds) …');
  rmSync(marker, { force: true });
  const vite = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
  const path = `${join(ROOT, 'node_modules', '.bin')}${delimiter}${process.env.PATH ?? ''}`;
  const env = { ...process.env, PATH: path };
  // Its chatter helps nobody who only wants to see the product; a failure shows all of it.
  const result = spawnSync(node, [vite, 'build'], {
    cwd: ROOT,
    env,
    encoding: 'utf8',
    maxBuffer: 64e6,
    stdio: ['ignore', 'pipe', 'pipe']
  });
  if (result.status !== 0) {
    process.stderr.write(`${result.stdout}${result.stderr}`);
    throw new CannotPrepare('the build failed: see the message of vite above.');
  }
  // Hashed before the build began: a file saved while it ran means another build next time.
  writeFileSync(marker, `${wanted}\n`);
}

/** Path of a Chromium or Chrome for the browser tests, or undefined. $CHROMIUM_PATH decides where it is set. */
export function findBrowser() {
  const chosen = process.env.CHROMIUM_PATH;
  if (chosen) {
    if (existsSync(chosen)) return chosen;
    throw new CannotPrepare(`CHROMIUM_PATH is ${chosen}, and no such file exists. Correct it or unset it.`);
  }
  const known = [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe'
  ];
  return [playwrightsOwn(), ...known].find((path) => path !== undefined && existsSync(path));
}

/** Where Playwright would keep a browser that it downloaded itself. */
function playwrightsOwn() {
  try {
    return createRequire(join(ROOT, 'package.json'))('playwright-core').chromium.executablePath();
  } catch {
    return undefined; // Not installed, or no browser of its own for this platform.
  }
}

/** Finds a browser, installs Debian's where this is allowed, or says loudly that the browser tests will not run. */
function prepareBrowser() {
  if (findBrowser()) return;
  if (process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
    say('no browser found: installing chromium with apt-get, for the browser tests …');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    spawnSync('apt-get', ['update', '-qq'], { stdio: noInput, env });
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], { stdio: noInput, env });
    if (findBrowser()) return;
  }
  say('----------------------------------------------------------------------------');
  say('NO BROWSER FOUND: the browser tests will be SKIPPED.');
  say('Install Chromium or Chrome, or set CHROMIUM_PATH to one, and run npm test again.');
  say('----------------------------------------------------------------------------');
}

/** @param {string | undefined} task */
function prepare(task) {
  if (task !== 'start' && task !== 'build' && task !== 'test') {
    throw new CannotPrepare(`unknown task ${task ?? '(none)'}. Use: node src/cli/prepare.mjs start | build | test`);
  }
  install();
  const node = findNode();
  if (task === 'test') prepareBrowser();
  else build(node);
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    prepare(process.argv[2]);
  } catch (error) {
    if (!(error instanceof CannotPrepare)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}
