import type { QualityFinding } from '#lib/api-client.ts';
import { formatInstant } from '#lib/components/instants.ts';
import { inWords, plural } from '#lib/components/names.ts';
import { formatCount } from '#models/units/number.ts';

export interface FindingWords {
  /** What was found, with its count. */
  what: string;
  /** What it does to the figures, or how they take care of it. */
  so: string;
  /** Part of this page that holds them one by one. */
  href?: string;
}

/** What weighs most comes first. */
const order: readonly QualityFinding['kind'][] = [
  'contradictory_code',
  'unmatched_code',
  'missing_fields',
  'fast_clock',
  'outage',
  'late_facts',
  'repeated_hour',
  'missing_hour',
  'dangling_link',
  'quarantined_rows',
  'duplicate_rows'
];

export interface Gathered {
  finding: QualityFinding;
  /** How it spreads over the sources. */
  parts: { about: string; count: number }[];
}

/** In order of weight; rows that are quarantined or came twice in one line each, whatever their sources. */
export function gathered(findings: QualityFinding[]): Gathered[] {
  const together = (kind: QualityFinding['kind']) => kind === 'quarantined_rows' || kind === 'duplicate_rows';
  return order.flatMap((kind): Gathered[] => {
    const same = findings.filter((finding) => finding.kind === kind);
    const [first, ...others] = same.toSorted((a, b) => b.count - a.count);
    if (!first || !together(kind) || others.length === 0) return same.map((finding) => ({ finding, parts: [] }));
    const count = same.reduce((sum, one) => sum + one.count, 0);
    return [{ finding: { kind, about: `${same.length} sources`, count }, parts: [first, ...others] }];
  });
}

/** One finding as a reader wants it: what, how many, and what follows from it. */
export function qualityWords({ kind, about, count, minutes, from, to }: QualityFinding): FindingWords {
  const n = formatCount(count);
  const one = count === 1;
  switch (kind) {
    case 'quarantined_rows':
      return {
        what: `${n} ${one ? 'row' : 'rows'} of ${about} could not be understood`,
        so: 'They count in no figure until they are mended.',
        href: '#quarantine-title'
      };
    case 'duplicate_rows':
      return { what: `${n} ${one ? 'row' : 'rows'} of ${about} came twice`, so: 'Each counts once.' };
    case 'late_facts':
      return {
        what: `${n} ${one ? 'event' : 'events'}${about ? ` of ${about}` : ''} ${one ? 'was' : 'were'} recorded more than 7 days after ${one ? 'it' : 'they'} happened`,
        so: 'They stand at the time when they happened; what was known earlier did not hold them.'
      };
    case 'missing_fields': {
      const [type = about, field = ''] = about.split('.');
      return {
        what: `${n} ${one ? inWords(type) : plural(type)} ${one ? 'has' : 'have'} no ${inWords(field)}`,
        so: 'The field is required: what waits for it stands still.'
      };
    }
    case 'unmatched_code':
      return {
        what: `${n} ${one ? inWords(about) : plural(about)} ${one ? 'names' : 'name'} a code that matches nothing`,
        so: 'Their events belong to no case until someone says what is meant.',
        href: '#references-title'
      };
    case 'contradictory_code':
      return {
        what: `${n} ${one ? inWords(about) : plural(about)} ${one ? 'names' : 'name'} codes that contradict each other`,
        so: 'None is believed until someone decides.',
        href: '#references-title'
      };
    case 'fast_clock':
      return {
        what: `The clock of ${about} is at least ${minutes ?? 0} minutes fast`,
        so: `Told by ${n} facts that another system recorded before. Times are left as they came.`
      };
    case 'outage':
      return {
        what: `${about} recorded nothing from ${formatInstant(from ?? null)} to ${formatInstant(to ?? null)} UTC`,
        so: 'What happened then was recorded later, or not at all.'
      };
    case 'repeated_hour':
      return {
        what: `${n} local ${one ? 'time' : 'times'} of ${about} ${one ? 'falls' : 'fall'} into the hour that comes twice when clocks go back`,
        so: 'The first of both was taken.'
      };
    case 'missing_hour':
      return {
        what: `${n} local ${one ? 'time' : 'times'} of ${about} never ${one ? 'was' : 'were'}: clocks went forward over ${one ? 'it' : 'them'}`,
        so: 'They were placed right after.'
      };
    case 'dangling_link':
      return {
        what: `${n} ${about ? (one ? inWords(about) : plural(about)) : one ? 'object' : 'objects'} ${one ? 'is' : 'are'} linked to and described nowhere`,
        so: 'The links are kept; nothing is known of what they lead to.'
      };
  }
}
