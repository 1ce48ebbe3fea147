import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { z, ZodError } from 'zod';
import { BadSetup } from '#models/lifecycle/bad-setup.ts';
import { BadInput, BadUse, NotFound } from '#models/log/errors.ts';
import { StoreBusy } from '#models/store/store.ts';

/** An error as an answer: RFC 9457 problem details, with what would mend it. */
export interface ProblemDetails {
  type: string;
  title: string;
  status: 400 | 403 | 404 | 409 | 413 | 422 | 500;
  detail: string;
  fix?: string;
  file?: string;
  row?: number;
  field?: string;
}

/** Errors are caught once, here. What we did not foresee answers 500. */
export function problemDetails(error: unknown): ProblemDetails {
  const detail = error instanceof Error ? error.message : String(error);
  const withFix = (fix: string | undefined) => (fix === undefined ? {} : { fix });
  if (error instanceof NotFound)
    return { type: 'about:blank', title: 'Not found', status: 404, detail, ...withFix(error.fix) };
  if (error instanceof BadUse || error instanceof BadSetup)
    return { type: 'about:blank', title: 'Bad request', status: 400, detail, ...withFix(error.fix) };
  if (error instanceof BadInput) {
    const { file, row, field, fix } = error.place;
    return {
      type: 'about:blank',
      title: 'Bad input',
      status: 422,
      detail,
      ...withFix(fix),
      ...(file === undefined ? {} : { file }),
      ...(row === undefined ? {} : { row }),
      ...(field === undefined ? {} : { field })
    };
  }
  if (error instanceof ZodError)
    return {
      type: 'about:blank',
      title: 'Bad request',
      status: 400,
      detail: z.prettifyError(error),
      fix: '/api/v1/openapi.json says what each address takes'
    };
  if (error instanceof HTTPException && error.status < 500)
    return {
      type: 'about:blank',
      title: 'Bad request',
      status: 400,
      detail: error.message || 'the body could not be read',
      fix: 'send JSON, with content-type: application/json'
    };
  if (error instanceof StoreBusy)
    return { type: 'about:blank', title: 'The store is busy', status: 409, detail, fix: error.fix };
  // Only the first line: the rest may be SQL, which helps a developer and nobody else.
  return { type: 'about:blank', title: 'Something failed', status: 500, detail: detail.split('\n', 1)[0] ?? detail };
}

export function answerProblem(c: Context, error: unknown): Response {
  const problem = problemDetails(error);
  return c.body(JSON.stringify(problem), problem.status, { 'content-type': 'application/problem+json' });
}
