/** A technical name as words: `change_request` → `change request`, `erp_project` → `ERP project`. */
export const inWords = (name: string): string =>
  name.replaceAll('_', ' ').replaceAll(/\b(crm|cs|erp|hr|id|po|psa)\b/g, (short) => short.toUpperCase());

/** The same at the head of a column or list: `service_line` → `Service line`. */
export function titled(name: string): string {
  return sentence(inWords(name));
}

/** A text that may begin small, as a sentence begins. */
export const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A case view as a reader picks it: one by object type says the type, any other its own name. */
export const viewName = ({ name, object_type }: { name: string; object_type: string }): string =>
  name === object_type ? titled(name) : name;

/** More than one of a kind: `billing_schedule` → `billing schedules`, `opportunity` → `opportunities`. */
export function plural(name: string): string {
  const words = inWords(name);
  if (words === 'person') return 'people';
  if (/(s|x|ch|sh)$/.test(words)) return `${words}es`;
  return /[^aeiou]y$/.test(words) ? `${words.slice(0, -1)}ies` : `${words}s`;
}
