import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { BadUse } from '#models/log/errors.ts';
import { Policy, SlaCalendar, SlaGoal } from '#models/sla/policy.ts';
import type { Services } from '../services.ts';
import type { KeptPolicy } from '../state/policies.ts';
import { SlaReport, type SlaClock, type SlaExplanation, type SlaStatus, type WhatIf } from '../watch/report.ts';
import { json, LogParam, Page, problem, result } from './schemas.ts';

/** A policy as it is kept. */
export interface SlaPolicy extends Policy {
  version: number;
  target: { id: string; name: string } | null;
  enabled: boolean;
  updated_at: string;
}

export interface SavedPolicy {
  policy: SlaPolicy;
  /** What of it nothing in the log can meet yet. */
  warnings: string[];
}

export interface SlaOverview {
  now: string;
  mode: 'live' | 'fixed' | 'replay';
  policies: SlaStatus[];
  /** What went wrong at the last look; null when nothing did. */
  fault: string | null;
}

const PolicyParam = LogParam.extend({ policy: z.string().min(1).openapi({ example: 'deal_to_erp' }) });
const ClockParam = PolicyParam.extend({ subject: z.string().min(1) });
const body = <Schema extends z.ZodType>(schema: Schema) =>
  ({ required: true, content: { 'application/json': { schema } } }) as const;
/** Checked by `Policy`, whose messages name the field; here only that it is an object. */
const Definition = z
  .record(z.string(), z.unknown())
  .openapi({ example: { id: 'deal_to_erp', name: 'Deal to ERP', anchor: 'opportunity', start: ['Deal won'] } });
const States = z.enum(['running', 'paused', 'met', 'breached', 'cancelled', 'warned']);

/** SLA policies of a log, and how their clocks stand. */
export function slaRoutes({ store, state, watch, clock }: Services) {
  const report = new SlaReport({ store, state, watch, clock });
  const shown = async ({ policy, version, target, enabled, updated_at }: KeptPolicy): Promise<SlaPolicy> => {
    const found = target === null ? null : await state.targets.find(target);
    return { ...policy, version, target: found && { id: found.id, name: found.name }, enabled, updated_at };
  };
  return new OpenAPIHono()
    .openapi(
      createRoute({
        method: 'get',
        path: '/logs/{log}/sla/policies',
        request: { params: LogParam },
        responses: { 200: json('the policies', result<{ policies: SlaPolicy[] }>('policies')), 404: problem }
      }),
      async (c) => {
        const { logId } = await report.seen(c.req.valid('param').log);
        const policies = await Promise.all((await state.policies.list(logId)).map(shown));
        return c.json({ policies }, 200);
      }
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/logs/{log}/sla/policies',
        summary: 'a new policy; what was late before triggers nothing',
        request: { params: LogParam, body: body(Definition) },
        responses: { 201: json('the policy', result<SavedPolicy>('policy')), 400: problem, 404: problem }
      }),
      async (c) => {
        const { log } = c.req.valid('param');
        const policy = Policy.parse(c.req.valid('json'));
        const { logId } = await report.seen(log);
        const warnings = await report.lint(log, policy);
        const kept = await state.policies.add(logId, policy);
        await watch.look(log);
        return c.json({ policy: await shown(kept), warnings }, 201);
      }
    )
    .openapi(
      createRoute({
        method: 'patch',
        path: '/logs/{log}/sla/policies/{policy}',
        summary: 'changes fields of a policy; `target` (an id or a name, null for none) and `enabled` too',
        request: { params: PolicyParam, body: body(Definition) },
        responses: { 200: json('the policy', result<SavedPolicy>('policy')), 400: problem, 404: problem }
      }),
      async (c) => {
        const { log, policy: id } = c.req.valid('param');
        const { target, enabled, ...fields } = c.req.valid('json');
        const { logId } = await report.seen(log);
        const before = await state.policies.find(logId, id);
        const policy = Policy.parse({ ...before.policy, ...fields });
        if (policy.id !== id) throw new BadUse('a policy keeps its id', 'add another one, and remove this');
        if (policy.anchor !== before.policy.anchor)
          throw new BadUse('a policy keeps what it is about', 'add another one, and remove this');
        // A definition that cannot work is not saved; one that cannot work any more can still be switched off.
        const isEdited = Object.keys(fields).length > 0;
        const warnings = await report.lint(log, policy).catch((error: unknown) => {
          if (isEdited || !(error instanceof BadUse)) throw error;
          return [error.message];
        });
        const to = z.string().nullable().optional().parse(target);
        const kept = await state.policies.change(logId, id, {
          policy,
          ...(to === undefined ? {} : { target: to === null ? null : (await state.targets.find(to)).id }),
          ...(enabled === undefined ? {} : { enabled: z.boolean().parse(enabled) })
        });
        await watch.look(log);
        return c.json({ policy: await shown(kept), warnings }, 200);
      }
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/logs/{log}/sla/policies/{policy}',
        summary: 'removes a policy with its clocks; what was not sent yet is withdrawn',
        request: { params: PolicyParam },
        responses: { 200: json('it is gone', result<{ deleted: string }>('id')), 404: problem }
      }),
      async (c) => {
        const { log, policy } = c.req.valid('param');
        const { logId } = await report.seen(log);
        await state.policies.remove(logId, policy);
        return c.json({ deleted: policy }, 200);
      }
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/logs/{log}/sla/status',
        summary: 'how every policy stands: in time, late, running, month by month',
        request: { params: LogParam },
        responses: { 200: json('the policies', result<SlaOverview>('status')), 404: problem }
      }),
      async (c) => c.json(await report.status(c.req.valid('param').log), 200)
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/logs/{log}/sla/clocks',
        summary: 'the clocks themselves, those that are late or fall due first before all others',
        request: {
          params: LogParam,
          query: Page.extend({
            policy: z.string().optional(),
            state: States.optional(),
            subject: z.string().optional(),
            project: z.string().optional().openapi({ description: 'of what hangs on this project' }),
            open: z.enum(['true', 'false']).optional()
          })
        },
        responses: { 200: json('clocks', result<{ total: number; rows: SlaClock[] }>('clocks')), 404: problem }
      }),
      async (c) => {
        const { open, ...query } = c.req.valid('query');
        const filter = { ...query, open: open === undefined ? undefined : open === 'true' };
        return c.json(await report.clocks(c.req.valid('param').log, filter), 200);
      }
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/logs/{log}/sla/clocks/{policy}/{subject}',
        summary:
          'why a clock says what it says: what counted, what did not, which events decided, what was believed before',
        request: { params: ClockParam },
        responses: { 200: json('the explanation', result<SlaExplanation>('explanation')), 404: problem }
      }),
      async (c) => {
        const { log, policy, subject } = c.req.valid('param');
        return c.json(await report.explain(log, policy, subject), 200);
      }
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/logs/{log}/sla/clocks/{policy}/{subject}/acknowledge',
        summary: 'somebody has seen that a clock is late, and looks after it',
        request: {
          params: ClockParam,
          body: body(z.strictObject({ cycle: z.int().min(1).default(1), by: z.string().trim().min(1).max(200) }))
        },
        responses: { 200: json('it is seen', result<{ acknowledged: string }>('subject')), 400: problem, 404: problem }
      }),
      async (c) => {
        const { log, policy, subject } = c.req.valid('param');
        const { cycle, by } = c.req.valid('json');
        const { logId } = await report.seen(log);
        const { no } = await state.policies.find(logId, policy);
        await state.clockReports.acknowledge(no, subject, cycle, by);
        return c.json({ acknowledged: subject }, 200);
      }
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/logs/{log}/sla/what-if',
        summary: 'what another goal or calendar would have made of the same facts; nothing is changed',
        request: {
          params: LogParam,
          query: z.object({
            policy: z.string().min(1),
            goal: z.string().optional().openapi({ example: '{"wall":"PT72H"}' }),
            calendar: z.string().optional().openapi({ example: '{"office":"BER"}' })
          })
        },
        responses: { 200: json('both', result<WhatIf>('now and then')), 400: problem, 404: problem }
      }),
      async (c) => {
        const { policy, goal, calendar } = c.req.valid('query');
        const changes = {
          ...(goal === undefined ? {} : { goal: SlaGoal.parse(parsed(goal)) }),
          ...(calendar === undefined ? {} : { calendar: SlaCalendar.parse(parsed(calendar)) })
        };
        return c.json(await report.whatIf(c.req.valid('param').log, policy, changes), 200);
      }
    );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
