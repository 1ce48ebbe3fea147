export interface Keys {
  go: (path: string) => void;
  search: () => void;
  help: () => void;
}

export const places = [
  { key: 'o', path: '/', name: 'Overview' },
  { key: 'p', path: '/process', name: 'Process' },
  { key: 'v', path: '/variants', name: 'Variants' },
  { key: 'c', path: '/cases', name: 'Cases' },
  { key: 'd', path: '/data', name: 'Data' }
] as const;

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
