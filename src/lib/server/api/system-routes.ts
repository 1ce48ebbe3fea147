import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import type { Services } from '../services.ts';
import { doctor, type Diagnosis } from '../doctor.ts';
import { json, problem, result } from './schemas.ts';

export function systemRoutes({ store }: Services) {
  return new OpenAPIHono()
    .openapi(
      createRoute({
        method: 'get',
        path: '/health',
        responses: { 200: json('the server is up', result<{ ok: true }>('ok')) }
      }),
      (c) => c.json({ ok: true } as const, 200)
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/doctor',
        responses: {
          200: json('what the store holds and whether it is sound', result<Diagnosis>('diagnosis')),
          500: problem
        }
      }),
      async (c) => c.json(await doctor(store), 200)
    );
}
