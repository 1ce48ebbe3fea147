import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { findLog } from '#models/log/catalogue.ts';
import { BadUse, NotFound } from '#models/log/errors.ts';
import { sql } from '#models/store/sql.ts';
import type { Services } from '../services.ts';
import { newActionId, type Delivery, type DeliveryState } from '../state/actions.ts';
import type { AllowedHost, Target } from '../state/targets.ts';
import { requestEvent } from '../watch/cloud-event.ts';
import { json, LogParam, Page, problem, result } from './schemas.ts';

export interface Automations {
  targets: Target[];
  hosts: AllowedHost[];
  policies: { id: string; name: string; target: string | null; act_on: string[]; enabled: boolean }[];
  /** How many actions stand how. */
  actions: Partial<Record<DeliveryState, number>>;
  /** The newest first. */
  deliveries: Delivery[];
}

/** The secret is shown here, and never again. */
export interface NewTargetWithSecret {
  target: Target;
  secret: string;
}

const DeliveryParam = LogParam.extend({ delivery: z.string().min(1).openapi({ example: 'act_0123456789abcdef' }) });
const TargetParam = z.object({ target: z.string().min(1).openapi({ example: 'Operations desk' }) });
const Address = z.string().trim().min(1).max(500).openapi({ example: 'n8n.example.com' });
const States = z.enum(['waiting', 'sending', 'failed', 'delivered', 'withdrawn', 'dead']);
const Name = z.string().trim().min(1).max(200);
const body = <Schema extends z.ZodType>(schema: Schema) =>
  ({ required: true, content: { 'application/json': { schema } } }) as const;

/** What Throughline sends to other systems: where to, why, and how it went. */
export function automationRoutes({ store, state, watch, delivery, clock }: Services) {
  const logIdOf = async (name: string) => (await findLog(store.engine, name)).log_id;
  return new OpenAPIHono()
    .openapi(
      createRoute({
        method: 'get',
        path: '/logs/{log}/automations',
        summary: 'targets, policies that act, and every delivery with its attempts and payload',
        request: { params: LogParam, query: Page.extend({ state: States.optional() }) },
        responses: { 200: json('the automations', result<Automations>('automations')), 404: problem }
      }),
      async (c) => {
        const { log } = c.req.valid('param');
        await watch.look(log);
        const logId = await logIdOf(log);
        const policies = await state.policies.list(logId);
        const automations: Automations = {
          targets: await state.targets.list(),
          hosts: await state.targets.hosts(),
          policies: policies.map(({ policy: { id, name, act_on }, target, enabled }) => ({
            id,
            name,
            target,
            act_on,
            enabled
          })),
          actions: await state.actions.count(logId),
          deliveries: await state.actions.list(logId, c.req.valid('query'))
        };
        return c.json(automations, 200);
      }
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/logs/{log}/deliveries/{delivery}/retry',
        summary: 'sends what waits for its next try, or was given up, now; what arrived is never sent again',
        request: { params: DeliveryParam },
        responses: { 202: json('it is sent', result<{ retried: string }>('id')), 400: problem, 404: problem }
      }),
      async (c) => {
        const { log, delivery: id } = c.req.valid('param');
        await state.actions.retry(await logIdOf(log), id);
        delivery.wake();
        return c.json({ retried: id }, 202);
      }
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/logs/{log}/remediations',
        summary: 'a person asks for something to be done about an object; asked twice before it is sent, it is one',
        request: {
          params: LogParam,
          body: body(
            z.strictObject({
              log: z.string().optional(),
              kind: z.string().trim().min(1).max(200).openapi({ example: 'chase_approval' }),
              subject: z.strictObject({ type: Name, id: z.string().min(1).max(500) }),
              target: Name,
              note: z.string().max(2_000).optional(),
              by: Name.optional()
            })
          )
        },
        responses: { 201: json('the action', result<{ id: string }>('id')), 400: problem, 404: problem }
      }),
      async (c) => {
        const { log } = c.req.valid('param');
        const { kind, subject, target: named, note = null, by = null, ...said } = c.req.valid('json');
        if (said.log !== undefined && said.log !== log) throw new BadUse(`this is the log "${log}", not "${said.log}"`);
        const logId = await logIdOf(log);
        const [known] = await store.engine.query(sql`
          select 1 as one from object where log_id = ${logId} and type = ${subject.type} and id = ${subject.id}`);
        if (!known)
          throw new NotFound(`"${log}" has no ${subject.type} "${subject.id}"`, 'take one that a page or a list shows');
        const target = await state.targets.find(named);
        const event = requestEvent(newActionId(), { log, kind, subject, note, by }, clock());
        const id = await state.actions.addManual({
          ...{ id: event.id, logId, kind, target: target.id },
          ...{ subjectType: subject.type, subject: subject.id, payload: JSON.stringify(event) }
        });
        delivery.wake();
        return c.json({ id }, 201);
      }
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/targets',
        responses: {
          200: json('targets and allowed hosts', result<{ targets: Target[]; hosts: AllowedHost[] }>('targets'))
        }
      }),
      async (c) => c.json({ targets: await state.targets.list(), hosts: await state.targets.hosts() }, 200)
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/targets',
        summary: 'a new target; answers with its signing secret, once',
        request: {
          body: body(
            z.strictObject({
              name: Name,
              url: z.string().min(1).max(4_000),
              secret: z.string().max(200).optional(),
              rate_per_minute: z.int().min(1).max(1_000_000).nullable().optional()
            })
          )
        },
        responses: { 201: json('target and secret', result<NewTargetWithSecret>('target')), 400: problem }
      }),
      async (c) => c.json(await state.targets.add(c.req.valid('json')), 201)
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/targets/{target}/rotate',
        summary: 'a new signing secret; the one before signs too for a day',
        request: { params: TargetParam },
        responses: { 200: json('target and secret', result<NewTargetWithSecret>('target')), 404: problem }
      }),
      async (c) => c.json(await state.targets.rotate(c.req.valid('param').target), 200)
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/targets/{target}/resume',
        summary: 'sends again to a target that wanted no more calls',
        request: { params: TargetParam },
        responses: { 200: json('the target', result<Target>('target')), 404: problem }
      }),
      async (c) => {
        const target = await state.targets.resume(c.req.valid('param').target);
        delivery.wake();
        return c.json(target, 200);
      }
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/targets/{target}',
        summary: 'removes a target; what waits for it is withdrawn',
        request: { params: TargetParam },
        responses: { 200: json('it is gone', result<{ deleted: string }>('target')), 404: problem }
      }),
      async (c) => {
        const { target } = c.req.valid('param');
        await state.targets.remove(target);
        return c.json({ deleted: target }, 200);
      }
    )
    .openapi(
      createRoute({
        method: 'put',
        path: '/hosts/{host}',
        summary: 'allows calls to a host (`host` or `host:port`); `private` where it is in an own network',
        request: {
          params: z.object({ host: Address }),
          body: body(z.strictObject({ private: z.boolean().default(false) }))
        },
        responses: { 200: json('the host', result<AllowedHost>('host')), 400: problem }
      }),
      async (c) => c.json(await state.targets.allow(c.req.valid('param').host, c.req.valid('json').private), 200)
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/hosts/{host}',
        summary: 'no more calls to a host',
        request: { params: z.object({ host: Address }) },
        responses: { 200: json('it is gone', result<{ deleted: string }>('host')), 404: problem }
      }),
      async (c) => {
        const { host } = c.req.valid('param');
        await state.targets.disallow(host);
        return c.json({ deleted: host }, 200);
      }
    );
}
