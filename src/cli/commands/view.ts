import { parseArgs } from 'node:util';
import type { ViewSummary } from '#lib/server/api/log-routes.ts';
import { BadUse } from '#models/log/errors.ts';
import { segment, storeDirectory, storeOption, withConnection } from '../connection.ts';
import type { Command } from '../throughline.ts';

export const viewCommand: Command = {
  usage: 'view NAME --log NAME [--type OBJECT_TYPE] [--grain event|instance] [--end ACTIVITY … | --no-end] [--json]',
  about: 'Adds a case view (with --type), or says which activities end a case of an existing one (with --end).',
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        ...storeOption,
        log: { type: 'string' },
        type: { type: 'string' },
        grain: { type: 'string' },
        end: { type: 'string', multiple: true },
        'no-end': { type: 'boolean' },
        json: { type: 'boolean' }
      }
    });
    const [name, ...more] = positionals;
    if (name === undefined || more.length > 0 || values.log === undefined)
      throw new BadUse('name one view and its log', 'throughline view approvals --log NAME --type approval');
    const end_activities = values['no-end'] ? [] : values.end;
    if (values.type === undefined && end_activities === undefined)
      throw new BadUse('nothing to do', 'give --type to add the view, or --end to say which activities end a case');
    if (values.type === undefined && values.grain !== undefined)
      throw new BadUse('the grain of a view does not change', 'add another view, with --type and --grain');
    const views = `/logs/${segment(values.log)}/views`;
    const view = await withConnection(storeDirectory(values.store), (connection) =>
      values.type === undefined
        ? connection.send<ViewSummary>('PATCH', `${views}/${segment(name)}`, { end_activities })
        : connection.send<ViewSummary>('POST', views, {
            name,
            object_type: values.type,
            ...(values.grain === undefined ? {} : { grain: values.grain }),
            ...(end_activities === undefined ? {} : { end_activities })
          })
    );
    console.log(
      values.json
        ? JSON.stringify(view, null, 2)
        : `${view.name}: cases are ${view.object_type} objects, grain ${view.grain}, end ${view.end_activities.join(', ') || 'not defined'}`
    );
    return 0;
  }
};
