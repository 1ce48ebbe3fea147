import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig, type Plugin } from 'vite';
import type { compose as Compose } from './src/lib/server/start.ts';

/** In development the application runs beside Vite, by Node and unbundled, as it does behind the built pages. */
function throughline(): Plugin {
  return {
    name: 'throughline',
    apply: 'serve',
    async configureServer(server) {
      if (process.env['VITEST']) return;
      const start = pathToFileURL(resolve('src/lib/server/start.ts')).href;
      const { compose } = (await import(start)) as { compose: typeof Compose };
      const application = await compose(resolve(process.env['THROUGHLINE_STORE'] ?? '.throughline'));
      server.httpServer?.once('close', () => void application.close());
    }
  };
}

export default defineConfig({
  plugins: [throughline(), sveltekit()],
  worker: { format: 'es' },
  build: { chunkSizeWarningLimit: 1500 }
});
