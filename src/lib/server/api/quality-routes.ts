import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { dataQuality, type DataQualityOptions, type QualityFinding } from '#mining/data-quality.ts';
import { echoes } from '#models/lifecycle/echoes.ts';
import { rulesOf } from '#models/lifecycle/schema.ts';
import { lifecycleOf, Setup } from '#models/lifecycle/setup.ts';
import { findLog } from '#models/log/catalogue.ts';
import { listPeople, type Person } from '#models/log/directory.ts';
import {
  confirmReference,
  countReferences,
  listReferences,
  type ReferencePage,
  type ReferenceState
} from '#models/log/references.ts';
import { listSources, logContent, type LogContent, type SourceOverview } from '#models/log/sources.ts';
import type { Services } from '../services.ts';
import { json, LogParam, Page, problem, result } from './schemas.ts';

const ReferenceParam = LogParam.extend({ reference: z.string().min(1).openapi({ example: '12~same_as~project' }) });
const States = z.enum(['linked', 'unmatched', 'contradictory', 'confirmed']);

export interface ReferenceCount {
  from_type: string;
  to_type: string;
  state: ReferenceState;
  count: number;
}

/** What came in, from where, and how sound it is; codes between systems that a person settles; the people directory. */
export function qualityRoutes({ store, clock }: Services) {
  return new OpenAPIHono()
    .openapi(
      createRoute({
        method: 'get',
        path: '/logs/{log}/sources',
        summary: 'every source with its files: rows in = loaded + quarantined + duplicates',
        request: { params: LogParam },
        responses: { 200: json('the sources', result<{ sources: SourceOverview[] }>('sources')), 404: problem }
      }),
      async (c) => c.json({ sources: await listSources(store.engine, c.req.valid('param').log) }, 200)
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/logs/{log}/content',
        summary: 'objects by type and events by activity',
        request: { params: LogParam },
        responses: { 200: json('the counts', result<LogContent>('counts')), 404: problem }
      }),
      async (c) => c.json(await logContent(store.engine, c.req.valid('param').log), 200)
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/logs/{log}/quality',
        summary: 'what is wrong with the data, counted over the whole log',
        request: { params: LogParam },
        responses: { 200: json('the findings', result<{ findings: QualityFinding[] }>('findings')), 404: problem }
      }),
      async (c) => {
        const log = await findLog(store.engine, c.req.valid('param').log);
        return c.json({ findings: await dataQuality(store.engine, log, expectedOf(log.setup)) }, 200);
      }
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/logs/{log}/references',
        summary: 'codes by which one system names an object of another, with how many stand how',
        request: { params: LogParam, query: Page.extend({ state: States.default('unmatched') }) },
        responses: {
          200: json('the references in one state', result<ReferencePage & { counts: ReferenceCount[] }>('references')),
          404: problem
        }
      }),
      async (c) => {
        const { log } = c.req.valid('param');
        const page = await listReferences(store.engine, log, c.req.valid('query'));
        return c.json({ ...page, counts: await countReferences(store.engine, log) }, 200);
      }
    )
    .openapi(
      createRoute({
        method: 'put',
        path: '/logs/{log}/references/{reference}',
        summary: 'a person says what a reference means; `to: null`: none of the objects in the log',
        request: {
          params: ReferenceParam,
          body: {
            required: true,
            content: {
              'application/json': {
                schema: z.strictObject({
                  to: z.string().min(1).nullable(),
                  by: z.string().trim().min(1).max(200),
                  note: z.string().max(2_000).optional()
                })
              }
            }
          }
        },
        responses: { 200: json('it is settled', result<{ reference: string }>('key')), 400: problem, 404: problem }
      }),
      async (c) => {
        const { log, reference } = c.req.valid('param');
        await confirmReference(store, log, reference, c.req.valid('json'), clock());
        return c.json({ reference }, 200);
      }
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/logs/{log}/references/{reference}',
        summary: 'takes back what a person said of a reference',
        request: { params: ReferenceParam },
        responses: { 200: json('it is open again', result<{ reference: string }>('key')), 404: problem }
      }),
      async (c) => {
        const { log, reference } = c.req.valid('param');
        await confirmReference(store, log, reference, null, clock());
        return c.json({ reference }, 200);
      }
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/logs/{log}/people',
        summary: 'the people directory as the log last knew it',
        request: { params: LogParam },
        responses: { 200: json('the people', result<{ people: Person[] }>('people')), 404: problem }
      }),
      async (c) => c.json({ people: await listPeople(store.engine, c.req.valid('param').log) }, 200)
    );
}

/** What a firm's own lifecycle asks of its data; nothing of a log that is of no firm. */
function expectedOf(setup: string | null): DataQualityOptions {
  if (setup === null) return {};
  const rules = rulesOf(lifecycleOf(Setup.parse(JSON.parse(setup))));
  return { required: rules.filter((rule) => rule.kind === 'required_field'), echoes };
}
