import { z } from 'zod';
import { BadSetup } from './bad-setup.ts';
import { professionalServices } from './professional-services.ts';
import { Layer, resolve } from './resolve.ts';
import type { Lifecycle } from './schema.ts';

const Zone = z.string().refine(isZone, 'this is no IANA time zone: write one like Europe/Berlin');

/**
 * What whoever installs Throughline says of a firm: where its offices' clocks are, what its departments do, where its
 * lifecycle differs from the canonical one, and its now (`live`, or an instant for data that must not age).
 */
export const Setup = z.strictObject({
  offices: z.record(z.string().min(1), Zone).default({}),
  /** Department, as the people directory names it → function of the lifecycle. */
  functions: z.record(z.string().min(1), z.string()).default({}),
  /** What a wait costs is counted with: the cost of capital as a share a year, and the currency of what is summed up. */
  money: z
    .strictObject({
      cost_of_capital: z.number().min(0).max(1).default(0.08),
      currency: z
        .string()
        .regex(/^[A-Z]{3}$/, 'write a currency code like EUR')
        .optional()
    })
    .default({ cost_of_capital: 0.08 }),
  lifecycle: z.strictObject({ layers: z.array(Layer).max(1_000).default([]) }).default({ layers: [] }),
  now: z
    .union([
      z.literal('live'),
      z.iso.datetime({ offset: true, error: 'write "live", or an instant like 2026-06-30T16:00:00Z' })
    ])
    .default('live')
});
export type Setup = z.infer<typeof Setup>;

/**
 * Reads a setup.json, and tries every layer of its lifecycle on the firm's own, so that a mistake shows when it is made.
 *
 * @throws {BadSetup} naming the field and what would mend it
 */
export function readSetup(text: string): Setup {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw new BadSetup(
      `the setup is no JSON: ${(cause as Error).message}`,
      'mend the file; setup.json of the sample is one',
      {
        cause
      }
    );
  }
  const read = Setup.safeParse(document);
  if (!read.success) {
    const [issue] = read.error.issues;
    const field = issue?.path.map(String).join('.') ?? '';
    throw new BadSetup(
      `the setup cannot be read: ${field === '' ? '' : `${field}: `}${issue?.message ?? 'unknown'}`,
      'it has offices (name → zone), functions (department → function), money, lifecycle.layers and now'
    );
  }
  const lifecycle = lifecycleOf(read.data);
  for (const layer of read.data.lifecycle.layers) {
    if (layer.level === 'firm') continue;
    const key = layer.level === 'project_type' ? 'billing_model' : layer.level;
    resolve(lifecycle, [layer], { [key]: layer.of });
  }
  const known = lifecycle.functions.map(({ id }) => id);
  for (const [department, id] of Object.entries(read.data.functions)) {
    if (known.includes(id)) continue;
    throw new BadSetup(
      `the setup gives the department "${department}" the function "${id}", which the lifecycle does not know`,
      `its functions: ${known.join(', ')}; add others in a layer of the firm`
    );
  }
  return read.data;
}

/** The lifecycle of a firm as a whole: the canonical one, changed by the firm's own layers. */
export function lifecycleOf({ lifecycle }: Setup): Lifecycle {
  return resolve(professionalServices, lifecycle.layers).lifecycle;
}

function isZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
