import { OpenAPIHono } from '@hono/zod-openapi';
import type { Services } from '../services.ts';
import { answerProblem } from './problems.ts';
import { automationRoutes } from './automation-routes.ts';
import { calendarRoutes } from './calendar-routes.ts';
import { handoffRoutes } from './handoff-routes.ts';
import { importRoutes } from './import-routes.ts';
import { logRoutes } from './log-routes.ts';
import { miningRoutes } from './mining-routes.ts';
import { qualityRoutes } from './quality-routes.ts';
import { slaRoutes } from './sla-routes.ts';
import { systemRoutes } from './system-routes.ts';
import { worklistRoutes } from './worklist-routes.ts';

/** The whole HTTP API, below `/api/v1`. The dashboard, the command line and any other client speak to it alike. */
export function createApi(services: Services) {
  const app = new OpenAPIHono({
    defaultHook: (result) => {
      if (!result.success) throw result.error;
    }
  }).basePath('/api/v1');
  app.onError((error, c) => answerProblem(c, error));
  const api = app
    .route('/', systemRoutes(services))
    .route('/', logRoutes(services))
    .route('/', qualityRoutes(services))
    .route('/', calendarRoutes(services))
    .route('/', miningRoutes(services))
    .route('/', handoffRoutes(services))
    .route('/', worklistRoutes(services))
    .route('/', slaRoutes(services))
    .route('/', automationRoutes(services))
    .route('/', importRoutes(services));
  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: { title: 'Throughline', version: '1', description: 'Process mining for professional-services firms.' }
  });
  app.notFound((c) =>
    c.body(
      JSON.stringify({
        type: 'about:blank',
        title: 'Not found',
        status: 404,
        detail: `there is nothing at ${c.req.path}`,
        fix: 'the addresses are listed in /api/v1/openapi.json'
      }),
      404,
      { 'content-type': 'application/problem+json' }
    )
  );
  return api;
}

export type AppType = ReturnType<typeof createApi>;
