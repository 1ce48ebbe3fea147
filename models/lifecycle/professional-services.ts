import { functions } from './functions.ts';
import { handoffs } from './handoffs.ts';
import { rules } from './rules.ts';
import { Lifecycle } from './schema.ts';
import { stages } from './stages.ts';
import { views } from './views.ts';

/** The canonical lifecycle of project work, from the deal to customer success. A firm's layers change it. */
export const professionalServices: Lifecycle = Lifecycle.parse({
  id: 'professional_services',
  name: 'Professional services',
  functions,
  stages,
  handoffs,
  rules,
  views: views.map(({ id, definition }) => ({ id, definition: { ...definition, lifecycle_view: id } }))
});
