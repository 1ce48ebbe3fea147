import { parseArgs } from 'node:util';
import type { Automations } from '#lib/server/api/automation-routes.ts';
import type { Delivery } from '#lib/server/state/actions.ts';
import { BadUse } from '#models/log/errors.ts';
import { segment, storeDirectory, storeOption, withConnection } from '../connection.ts';
import type { Command, ExitCode } from '../throughline.ts';

export const deliveriesCommand: Command = {
  usage:
    'deliveries list --log L [--state waiting|sending|failed|delivered|withdrawn|dead] [--limit N] | deliveries retry ID --log L [--json]',
  about:
    'Lists the calls to other systems with their attempts, or sends one again now that was not accepted. They are sent by a running server.',
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        ...storeOption,
        log: { type: 'string' },
        state: { type: 'string' },
        limit: { type: 'string' },
        offset: { type: 'string' },
        json: { type: 'boolean' }
      }
    });
    const [verb, id, ...more] = positionals;
    const isRetry = verb === 'retry' && id !== undefined;
    if ((!isRetry && (verb !== 'list' || id !== undefined)) || more.length > 0)
      throw new BadUse('say what to do', `throughline ${this.usage}`);
    if (values.log === undefined) throw new BadUse('which log?', 'add --log NAME (throughline logs lists them)');
    const path = `/logs/${segment(values.log)}`;
    return withConnection(storeDirectory(values.store), async (connection): Promise<ExitCode> => {
      if (isRetry) {
        const answer = await connection.send<{ retried: string }>('POST', `${path}/deliveries/${segment(id)}/retry`);
        console.log(
          values.json ? JSON.stringify(answer, null, 2) : `${answer.retried} is sent now, or when the server runs`
        );
        return 0;
      }
      const { state, limit, offset } = values;
      const { actions, deliveries } = await connection.get<Automations>(`${path}/automations`, {
        state,
        limit,
        offset
      });
      if (values.json) console.log(JSON.stringify({ actions, deliveries }, null, 2));
      else {
        const counts = Object.entries(actions).map(([name, n]) => `${n} ${name}`);
        console.log(counts.length === 0 ? 'nothing was ever sent for this log' : counts.join(', '));
        for (const delivery of deliveries) console.log(describe(delivery));
      }
      return 0;
    });
  }
};

function describe({
  id,
  policy,
  subject_type,
  subject,
  edge,
  target,
  state,
  why,
  attempts,
  next_at
}: Delivery): string {
  const last = attempts.at(-1);
  const answer = last && (last.error ?? (last.status === null ? 'no answer yet' : `answered ${last.status}`));
  const tries =
    attempts.length === 0
      ? 'not tried yet'
      : `${attempts.length} ${attempts.length === 1 ? 'try' : 'tries'}, ${answer}`;
  const then = next_at === null ? '' : `, next ${next_at}`;
  return `  ${id} ${state}: ${policy ?? 'by hand'}, ${subject_type} ${subject}, ${edge} → ${target}; ${why ?? tries}${then}`;
}
