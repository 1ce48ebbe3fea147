import { parseArgs } from 'node:util';
import type { CalendarOfLog } from '#lib/server/api/calendar-routes.ts';
import { BadUse } from '#models/log/errors.ts';
import { segment, storeDirectory, storeOption, withConnection } from '../connection.ts';
import { readJsonObject } from '../json-file.ts';
import type { Command } from '../throughline.ts';

export const calendarCommand: Command = {
  usage: 'calendar --log NAME [FILE | --none] [--json]',
  about: `Prints the working calendar of a log, sets it from a JSON file, or takes it away.
      {"zone": "Europe/Berlin", "weekly": {"mon": [["09:00", "17:00"]], …}, "holidays": ["2026-12-25"]}`,
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { ...storeOption, log: { type: 'string' }, none: { type: 'boolean' }, json: { type: 'boolean' } }
    });
    const [file, ...more] = positionals;
    if (values.log === undefined) throw new BadUse('which log?', 'add --log NAME (throughline logs lists them)');
    if (more.length > 0 || (file !== undefined && values.none))
      throw new BadUse('give one calendar', 'throughline calendar --log NAME FILE, or --none');
    const path = `/logs/${segment(values.log)}/calendar`;
    const given = file === undefined ? null : await readJsonObject(file, '{"zone": "Europe/Berlin", "weekly": {…}}');
    const { calendar } = await withConnection(storeDirectory(values.store), (connection) =>
      file === undefined && !values.none
        ? connection.get<CalendarOfLog>(path)
        : connection.send<CalendarOfLog>('PUT', path, { calendar: given })
    );
    console.log(
      calendar === null && !values.json ? 'no calendar: times are wall clock only' : JSON.stringify(calendar, null, 2)
    );
    return 0;
  }
};
