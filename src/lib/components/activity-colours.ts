export type ActivityColours = (activity: string) => string;

/**
 * A colour token for each activity: the eight that meet most sequences, in order of first appearance, then "other".
 * Deterministic for the same list; every use names the activity too.
 */
export function activityColours(sequences: string[][]): ActivityColours {
  const met = new Map<string, number>();
  for (const sequence of sequences)
    for (const activity of new Set(sequence)) met.set(activity, (met.get(activity) ?? 0) + 1);
  const appearance = [...met.keys()];
  const frequent = appearance.toSorted((a, b) => (met.get(b) ?? 0) - (met.get(a) ?? 0)).slice(0, 8);
  const coloured = appearance.filter((activity) => frequent.includes(activity));
  const tokens = new Map(coloured.map((activity, index) => [activity, `var(--category-${index + 1})`]));
  return (activity) => tokens.get(activity) ?? 'var(--category-other)';
}
