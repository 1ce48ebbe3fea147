import { z } from '@hono/zod-openapi';
import { Filter } from '#models/filter/filter.ts';
import { BadUse } from '#models/log/errors.ts';

/**
 * A result whose shape a TypeScript type already gives: written once, typed for the client, described in words in the
 * OpenAPI document.
 */
export const result = <Type>(description: string) =>
  z.custom<Type>().openapi({ type: 'object', description, additionalProperties: true });

export const json = <Schema extends z.ZodType>(description: string, schema: Schema) =>
  ({ description, content: { 'application/json': { schema } } }) as const;

export const problem = {
  description: 'Problem details (RFC 9457) with what would mend it',
  content: {
    'application/problem+json': {
      schema: z.object({
        type: z.string(),
        title: z.string(),
        status: z.number(),
        detail: z.string(),
        fix: z.string().optional()
      })
    }
  }
} as const;

export const LogParam = z.object({ log: z.string().min(1).openapi({ example: 'fines' }) });
export const ViewParam = LogParam.extend({ view: z.string().min(1).openapi({ example: 'case' }) });

export const Page = z.object({
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  offset: z.coerce.number().int().min(0).default(0)
});

export const FilterQuery = z.object({
  filter: z
    .string()
    .optional()
    .openapi({ description: 'a filter as JSON: a list of clauses', example: '[{"kind":"status","status":"closed"}]' })
});

/** @throws {BadUse} saying where the filter is wrong */
export function parseFilter(text: string | undefined): Filter {
  if (text === undefined || text === '') return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new BadUse(
      `the filter is not JSON: ${(error as Error).message}`,
      'a filter is a list: [{"kind":"status","status":"closed"}]',
      {
        cause: error
      }
    );
  }
  const parsed = Filter.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new BadUse(
    `the filter is not understood: ${z.prettifyError(parsed.error)}`,
    'see the kinds of clauses in the documentation of the API'
  );
}
