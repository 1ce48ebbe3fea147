export interface Keys {
  go: (path: string) => void;
  search: () => void;
  help: () => void;
}

/** A page of the rail. `group`: what to see, what to act on, what to run it with. */
export interface Place {
  key: string;
  path: string;
  name: string;
  group: 'see' | 'act' | 'run';
  /** Only where the log has a lifecycle: another has no stages, rules or promises to speak of. */
  lifecycle?: true;
}

export const places: readonly Place[] = [
  { key: 'o', path: '/', name: 'Overview', group: 'see' },
  { key: 'h', path: '/handoffs', name: 'Handoffs', group: 'see' },
  { key: 'p', path: '/process', name: 'Process', group: 'see' },
  { key: 'v', path: '/variants', name: 'Variants', group: 'see' },
  { key: 'c', path: '/cases', name: 'Cases', group: 'see' },
  { key: 's', path: '/stalled', name: 'Stalled', group: 'act', lifecycle: true },
  { key: 'e', path: '/exceptions', name: 'Exceptions', group: 'act', lifecycle: true },
  { key: 'l', path: '/sla', name: 'SLA', group: 'act', lifecycle: true },
  { key: 'a', path: '/automations', name: 'Automations', group: 'act' },
  { key: 'd', path: '/data', name: 'Data', group: 'run' }
];

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(input|select|textarea)$/i.test(target.tagName));

/** `/` searches, `g` then a letter goes, `?` helps: anywhere but while typing or with a dialog open. */
export function keyboard({ go, search, help }: Keys): (event: KeyboardEvent) => void {
  let waitingSince = 0;
  return (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing(event.target) || document.querySelector('dialog[open]')) return;
    const waiting = event.timeStamp - waitingSince < 1_500;
    waitingSince = 0;
    const place = waiting ? places.find(({ key }) => key === event.key) : undefined;
    if (place) go(place.path);
    else if (event.key === 'g') waitingSince = event.timeStamp;
    else if (event.key === '/') search();
    else if (event.key === '?') help();
    else return;
    event.preventDefault();
  };
}
