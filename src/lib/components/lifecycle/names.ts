import { professionalServices } from '#models/lifecycle/professional-services.ts';
import { titled } from '../names.ts';

const named = (list: { id: string; name: string }[]) => {
  const names = new Map(list.map(({ id, name }) => [id, name]));
  return (id: string) => names.get(id) ?? titled(id);
};

/** What a reader calls a stage, a function, a handoff; one that a firm added is its own id in words. */
export const stageName = named(professionalServices.stages);
export const functionName = named(professionalServices.functions);
export const handoffName = named(professionalServices.handoffs);
