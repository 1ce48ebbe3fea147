import { parseArgs } from 'node:util';
import type { LogSummary } from '#lib/server/api/log-routes.ts';
import { segment, storeDirectory, storeOption, withConnection } from '../connection.ts';
import type { Command, ExitCode } from '../throughline.ts';

export const logsCommand: Command = {
  usage: 'logs [--delete NAME] [--json]',
  about: 'Lists the logs of the store with their counts and views, or deletes one.',
  async run(args) {
    const { values } = parseArgs({
      args,
      options: { ...storeOption, json: { type: 'boolean' }, delete: { type: 'string' } }
    });
    return withConnection(storeDirectory(values.store), async (connection): Promise<ExitCode> => {
      if (values.delete !== undefined) {
        const answer = await connection.send<{ deleted: string }>('DELETE', `/logs/${segment(values.delete)}`);
        console.log(values.json ? JSON.stringify(answer, null, 2) : `deleted ${answer.deleted}`);
        return 0;
      }
      const { logs } = await connection.get<{ logs: LogSummary[] }>('/logs');
      if (values.json) console.log(JSON.stringify(logs, null, 2));
      else if (logs.length === 0) console.log('The store is empty. Import a file: throughline import FILE --as NAME');
      else
        for (const log of logs) {
          const views = log.views.map(({ name }) => name).join(', ');
          console.log(
            `${log.name}: ${log.events} events, ${log.objects} objects, ${log.first_event ?? '–'} to ${log.last_event ?? '–'}; views: ${views || '–'}`
          );
        }
      return 0;
    });
  }
};
