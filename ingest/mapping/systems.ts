import { createHash } from 'node:crypto';
import type { Stream, SystemMapping } from './record-mapping.ts';
import { aftercare } from './systems/aftercare.ts';
import { buydesk } from './systems/buydesk.ts';
import { ledgerline } from './systems/ledgerline.ts';
import { northforce } from './systems/northforce.ts';
import { peopledesk } from './systems/peopledesk.ts';
import { planbase } from './systems/planbase.ts';
import { signoff } from './systems/signoff.ts';

/** The systems whose exports are understood without a word of the user. */
export const systems: readonly SystemMapping[] = [
  northforce,
  planbase,
  ledgerline,
  signoff,
  buydesk,
  peopledesk,
  aftercare
];

export interface FoundStream {
  system: SystemMapping;
  stream: Stream;
}

/** `planbase/milestones` */
export const streamName = ({ system, stream }: FoundStream): string => `${slug(system.system)}/${stream.name}`;
const slug = (name: string) => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '-');

export function findStream(name: string, among: readonly SystemMapping[]): FoundStream | undefined {
  for (const system of among)
    for (const stream of system.streams) if (streamName({ system, stream }) === name) return { system, stream };
  return undefined;
}

/**
 * Which system wrote a file, by the end of its path: `exports/psa/milestones.json.gz`, `psa/milestones-2.json`,
 * `psa/milestones.part1.json`. Case does not count.
 *
 * @returns the name of the stream as a mapping takes it, and the source that its facts belong to
 */
export function streamOf(
  path: string,
  among: readonly SystemMapping[] = systems
): { system: SystemMapping; stream: string; source: string } | undefined {
  const place = path.replaceAll('\\', '/').replace(/\.gz$/i, '');
  for (const system of among)
    for (const stream of system.streams)
      if (filePattern(stream.file).test(place))
        return { system, stream: streamName({ system, stream }), source: system.system };
  return undefined;
}

function filePattern(file: string): RegExp {
  const ending = /\.[^./]+$/.exec(file)?.[0] ?? '';
  const part = String.raw`(?:[-_. ](?:part[-_ ]?)?\d+| ?\(\d+\))?`;
  const text = (literal: string) => literal.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  return new RegExp(`(?:^|/)${text(file.slice(0, file.length - ending.length))}${part}${text(ending)}$`, 'i');
}

/** What of a stream decides how its records are read, in a few letters. */
export function fingerprint({ system, stream }: FoundStream): string {
  return createHash('md5')
    .update(JSON.stringify([system.system, { ...stream, file: null }]))
    .digest('hex')
    .slice(0, 12);
}
