const fields: Record<string, string> = {
  case: 'Case',
  activity: 'Activity',
  timestamp: 'Time',
  start: 'Start',
  resource: 'Person',
  team: 'Team',
  role: 'Role',
  system: 'System',
  lifecycle: 'Transition'
};

/**
 * What the reader of a file said, for someone at the page: a field of the import in place of an option of the command
 * line. Options that the page has no field for stay as they are.
 *
 * @example inPageWords('fill it in, or name another column with --timestamp');
 * // 'fill it in, or name another column under “Time” when you import it'
 */
export function inPageWords(words: string): string {
  return words
    .replaceAll(/(?<=column )with --([a-z]+)\b/g, (option, name: string) =>
      fields[name] ? `under “${fields[name]}” when you import it` : option
    )
    .replace(', or give its format (timestamp_format)', '')
    .replaceAll(/--zone ZONE\b/g, '“Time zone” of the import')
    .replaceAll(/--(?=[a-z])/g, '\u2060-\u2060-\u2060');
}
