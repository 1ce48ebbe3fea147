import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import { BadUse } from '#models/log/errors.ts';
import type { Status } from '../jobs/sample.ts';
import type { Services } from '../services.ts';
import { doctor, type Diagnosis } from '../doctor.ts';
import { json, problem, result } from './schemas.ts';

export function systemRoutes(services: Services) {
  const { store, token, sample } = services;
  return new OpenAPIHono()
    .openapi(
      createRoute({
        method: 'get',
        path: '/health',
        responses: { 200: json('the server is up', result<{ ok: true }>('ok')), 400: problem }
      }),
      (c) => {
        const known = c.req.header('authorization');
        if (known !== undefined && known !== `Bearer ${token}`)
          throw new BadUse(
            'this is the server of another store',
            'start a server for the store, or leave the token out'
          );
        return c.json({ ok: true } as const, 200);
      }
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/status',
        responses: { 200: json('the state of the store', result<Status>('status')), 500: problem }
      }),
      async (c) => c.json(await sample.status(), 200)
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/sample',
        summary: 'loads the sample firm',
        responses: { 202: json('the job', result<{ job: string }>('job')), 400: problem }
      }),
      async (c) => c.json({ job: (await sample.load()).id }, 202)
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/sample',
        summary: 'takes the sample firm away; what a user imported stays',
        responses: { 200: json('it is gone', result<{ deleted: string[] }>('names')), 404: problem }
      }),
      async (c) => c.json({ deleted: await sample.remove() }, 200)
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
