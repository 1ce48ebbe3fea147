export type ActivityColours = (activity: string) => string;

/**
 * A colour token for each activity: eight colours for the eight that most cases of the whole log pass, then "other".
 * The same on every page and under every filter; every use names the activity too.
 */
export function activityColours(activities: { activity: string; cases: number }[]): ActivityColours {
  const frequent = activities
    .toSorted((a, b) => b.cases - a.cases || (a.activity < b.activity ? -1 : 1))
    .slice(0, 8)
    .map(({ activity }) => activity);
  const tokens = new Map(frequent.map((activity, index) => [activity, `var(--category-${index + 1})`]));
  return (activity) => tokens.get(activity) ?? 'var(--category-other)';
}
