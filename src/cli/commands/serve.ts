import { parseArgs } from 'node:util';
import { BadUse } from '#models/log/errors.ts';
import { serve } from '#lib/server/start.ts';
import { storeDirectory, storeOption } from '../connection.ts';
import type { Command } from '../throughline.ts';

export const serveCommand: Command = {
  usage: 'serve [--port N] [--host ADDRESS] [--no-sample]',
  about:
    'Serves the dashboard and the API (PORT and HOST pick the address; 127.0.0.1 unless told otherwise). A store that was never used is filled with the sample firm; --no-sample or THROUGHLINE_SAMPLE=off leaves it empty.',
  async run(args) {
    const { values } = parseArgs({
      args,
      options: { ...storeOption, port: { type: 'string' }, host: { type: 'string' }, 'no-sample': { type: 'boolean' } }
    });
    const port = portOf(values.port ?? process.env['PORT']);
    const running = await serve({
      directory: storeDirectory(values.store),
      host: values.host ?? (process.env['HOST'] || '127.0.0.1'),
      port,
      sample: values['no-sample'] !== true && process.env['THROUGHLINE_SAMPLE'] !== 'off'
    });
    const stopped = new Promise<void>((done) => {
      const stop = () => void running.close().then(done);
      process.once('SIGINT', stop);
      process.once('SIGTERM', stop);
    });
    console.log(`Throughline is at ${running.url}`);
    await stopped;
    return 0;
  }
};

function portOf(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new BadUse(`"${text}" is no port`, 'a port is a number from 0 to 65535; 0 takes a free one');
}
