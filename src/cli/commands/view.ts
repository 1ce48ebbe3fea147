import { parseArgs } from 'node:util';
import type { ViewSummary } from '#lib/server/api/log-routes.ts';
import { BadUse } from '#models/log/errors.ts';
import { segment, storeDirectory, storeOption, withConnection } from '../connection.ts';
import { readJsonObject } from '../json-file.ts';
import type { Command, ExitCode } from '../throughline.ts';

const example =
  '{"leading": "order", "steps": [{"from": "order", "qualifier": "of", "direction": "in", "to": "delivery"}]}';

export const viewCommand: Command = {
  usage: `view [NAME] --log NAME [--type OBJECT_TYPE | --definition FILE] [--grain event|instance]
      [--end ACTIVITY … | --no-end] [--json]`,
  about: `Lists the case views of a log. With NAME: adds one, of each object of a type (--type) or of what a JSON file
      says to follow from it (--definition), or says which activities end a case of an existing one (--end).
      ${example}`,
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        ...storeOption,
        log: { type: 'string' },
        type: { type: 'string' },
        definition: { type: 'string' },
        grain: { type: 'string' },
        end: { type: 'string', multiple: true },
        'no-end': { type: 'boolean' },
        json: { type: 'boolean' }
      }
    });
    const { log, type, grain, end, json } = values;
    const [name, ...more] = positionals;
    if (log === undefined) throw new BadUse('which log?', 'add --log NAME (throughline logs lists them)');
    if (more.length > 0) throw new BadUse('name one view', 'throughline view approvals --log NAME --type approval');
    const end_activities = values['no-end'] ? [] : end;
    const isNew = type !== undefined || values.definition !== undefined;
    if (name === undefined && (isNew || end_activities !== undefined))
      throw new BadUse('which view?', 'throughline view approvals --log NAME --type approval');
    if (name !== undefined && !isNew && end_activities === undefined)
      throw new BadUse(
        'nothing to do',
        'give --type or --definition to add the view, or --end to say what ends a case'
      );
    if (!isNew && grain !== undefined)
      throw new BadUse('the grain of a view does not change', 'add another view, with --type and --grain');
    const definition = values.definition === undefined ? undefined : await readJsonObject(values.definition, example);
    const views = `/logs/${segment(log)}/views`;
    return withConnection(storeDirectory(values.store), async (connection): Promise<ExitCode> => {
      if (name === undefined) {
        const answer = await connection.get<{ views: ViewSummary[] }>(views);
        if (json) console.log(JSON.stringify(answer.views, null, 2));
        else for (const view of answer.views) console.log(inWords(view));
        return 0;
      }
      const view = isNew
        ? await connection.send<ViewSummary>('POST', views, {
            name,
            ...(type !== undefined && { object_type: type }),
            ...(definition && { definition }),
            ...(grain !== undefined && { grain }),
            ...(end_activities && { end_activities })
          })
        : await connection.send<ViewSummary>('PATCH', `${views}/${segment(name)}`, { end_activities });
      console.log(json ? JSON.stringify(view, null, 2) : inWords(view));
      return 0;
    });
  }
};

function inWords({ name, object_type, grain, steps, end_condition, overlap }: ViewSummary): string {
  const end = end_condition === 'none' ? 'not defined' : end_condition.join(', and ');
  return [
    `${name}: cases are ${object_type} objects, grain ${grain}, end ${end}`,
    ...steps.map((step) => `  ${step}`),
    ...(overlap && overlap.shared_events > 0
      ? [`  ${overlap.shared_events} of ${overlap.events} events are in several cases (${overlap.case_events} in all)`]
      : [])
  ].join('\n');
}
