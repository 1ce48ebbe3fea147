import { findBrowser } from '#cli/prepare.mjs';
import { startServer } from './own-server.ts';

/** Starts the real server on an empty store, once for all browser tests but those of the sample firm. */
export default async function start(): Promise<() => Promise<void>> {
  if (!findBrowser()) return async () => {};
  const { url, stop } = await startServer({ sample: false });
  process.env.THROUGHLINE_URL = url;
  return stop;
}
