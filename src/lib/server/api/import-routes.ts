import { basename } from 'node:path';
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { streamSSE } from 'hono/streaming';
import { preview, type Preview } from '#ingest/preview.ts';
import { readSetup } from '#models/lifecycle/setup.ts';
import { BadUse } from '#models/log/errors.ts';
import { filesAt } from '../jobs/folder.ts';
import type { Job } from '../jobs/imports.ts';
import type { Upload } from '../jobs/uploads.ts';
import type { Services } from '../services.ts';
import { json, problem, result } from './schemas.ts';

/** The mapping's own schema stands in `ingest/mapping`; the reader checks it and says what is wrong. */
const Mapping = z.record(z.string(), z.unknown()).openapi({ description: 'which column means what' });

const NewImport = z.strictObject({
  log: z.string().min(1),
  uploads: z.array(z.strictObject({ upload: z.string(), name: z.string().min(1) })).optional(),
  paths: z
    .array(z.string().min(1))
    .optional()
    .openapi({ description: 'files on this machine, or one folder of exports of known systems: command line only' }),
  mapping: Mapping.optional(),
  source: z.string().min(1).max(500).optional(),
  setup: z
    .record(z.string(), z.unknown())
    .optional()
    .openapi({ description: 'what is said of the firm: see setup.json' })
});

const JobParam = z.object({ job: z.string() });

export function importRoutes({ imports, uploads, token, store }: Services) {
  return new OpenAPIHono()
    .openapi(
      createRoute({
        method: 'post',
        path: '/uploads',
        summary: 'takes a file in; the body is its bytes',
        request: { query: z.object({ name: z.string().min(1).max(500) }) },
        responses: { 201: json('the upload', result<Omit<Upload, 'path'>>('upload')), 400: problem, 422: problem }
      }),
      async (c) => {
        const { upload, name, bytes } = await uploads.receive(c.req.valid('query').name, c.req.raw.body);
        return c.json({ upload, name, bytes }, 201);
      }
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/imports/preview',
        summary: 'the columns of an upload, what they seem to mean, and what stands in the way',
        request: {
          body: {
            required: true,
            content: {
              'application/json': { schema: z.strictObject({ upload: z.string(), mapping: Mapping.optional() }) }
            }
          }
        },
        responses: { 200: json('the preview', result<Preview>('preview')), 404: problem, 422: problem }
      }),
      async (c) => {
        const { upload, mapping } = c.req.valid('json');
        const { path, name } = uploads.get(upload);
        const seen = await preview({
          path,
          name,
          staging: store.staging,
          ...(mapping === undefined ? {} : { mapping })
        });
        return c.json(seen, 200);
      }
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/imports',
        summary: 'imports uploads (or, for the command line, paths) into a log',
        request: { body: { required: true, content: { 'application/json': { schema: NewImport } } } },
        responses: { 202: json('the job', result<{ job: string }>('job')), 400: problem, 403: problem, 422: problem }
      }),
      async (c) => {
        const { log, uploads: wanted = [], paths = [], mapping, source, setup } = c.req.valid('json');
        if (paths.length > 0 && c.req.header('authorization') !== `Bearer ${token}`) {
          throw new BadUse('only the command line may name paths on this machine', 'upload the file instead');
        }
        const said = setup === undefined ? undefined : readSetup(JSON.stringify(setup));
        const found = await filesAt(paths, { setup: said, mapping });
        const job = await imports.start({
          log,
          files: [
            ...wanted.map(({ upload, name }) => ({
              path: uploads.get(upload).path,
              name: basename(name),
              temporary: true
            })),
            ...found.files
          ],
          source,
          setup: said ?? found.setup,
          ...(found.ignored.length > 0 ? { ignored: found.ignored } : {}),
          ...(mapping === undefined ? {} : { mapping })
        });
        return c.json({ job: job.id }, 202);
      }
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/imports',
        summary: 'imports since the server started, newest first',
        responses: { 200: json('the jobs', result<{ jobs: Job[] }>('jobs')) }
      }),
      (c) => c.json({ jobs: imports.list() }, 200)
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/imports/{job}',
        request: { params: JobParam },
        responses: { 200: json('the job', result<Job>('job')), 404: problem }
      }),
      (c) => c.json(imports.get(c.req.valid('param').job), 200)
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/imports/{job}',
        summary: 'cancels an import; files already loaded stay',
        request: { params: JobParam },
        responses: { 200: json('the job', result<Job>('job')), 404: problem }
      }),
      (c) => c.json(imports.cancel(c.req.valid('param').job), 200)
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/imports/{job}/events',
        summary: 'progress as server-sent events: `progress` with the job, until it has ended',
        request: { params: JobParam },
        responses: {
          200: { description: 'the stream', content: { 'text/event-stream': { schema: z.string() } } },
          404: problem
        }
      }),
      (c) => {
        const { job: id } = c.req.valid('param');
        imports.get(id);
        return streamSSE(c, async (stream) => {
          let stop = () => {};
          await new Promise<void>((ended) => {
            let written: Promise<void> = Promise.resolve();
            stop = imports.subscribe(id, (job) => {
              const data = JSON.stringify(job);
              written = written.then(() => stream.writeSSE({ event: 'progress', data }));
              if (job.finished_at !== undefined) void written.then(ended);
            });
            stream.onAbort(ended);
          });
          stop();
        });
      }
    );
}
