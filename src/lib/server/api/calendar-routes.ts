import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { Calendar } from '#models/calendar/calendar.ts';
import { findLog } from '#models/log/catalogue.ts';
import { setCalendar } from '#models/views/calendar-of-log.ts';
import type { Services } from '../services.ts';
import { json, LogParam, problem, result } from './schemas.ts';

/** The calendar in which a log's business time is told; null until one is given. */
export interface CalendarOfLog {
  calendar: Calendar | null;
}

export function calendarRoutes({ store }: Services) {
  return new OpenAPIHono()
    .openapi(
      createRoute({
        method: 'get',
        path: '/logs/{log}/calendar',
        request: { params: LogParam },
        responses: { 200: json('the calendar of the log', result<CalendarOfLog>('calendar or null')), 404: problem }
      }),
      async (c) => {
        const { calendar } = await findLog(store.engine, c.req.valid('param').log);
        return c.json({ calendar: calendar === null ? null : Calendar.parse(JSON.parse(calendar)) }, 200);
      }
    )
    .openapi(
      createRoute({
        method: 'put',
        path: '/logs/{log}/calendar',
        summary: 'says when the people behind a log work; every business wait is computed anew',
        request: {
          params: LogParam,
          body: {
            required: true,
            content: {
              'application/json': {
                schema: z.object({
                  calendar: z
                    .record(z.string(), z.unknown())
                    .nullable()
                    .openapi({ example: { zone: 'Europe/Berlin', weekly: { mon: [['09:00', '17:00']] } } })
                })
              }
            }
          }
        },
        responses: {
          200: json('the calendar of the log', result<CalendarOfLog>('calendar')),
          400: problem,
          404: problem
        }
      }),
      async (c) => {
        const { calendar: given } = c.req.valid('json');
        const calendar = given === null ? null : Calendar.parse(given);
        await setCalendar(store, c.req.valid('param').log, calendar);
        return c.json({ calendar }, 200);
      }
    );
}
