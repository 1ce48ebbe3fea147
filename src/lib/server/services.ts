import type { Store } from '#models/store/store.ts';
import { Imports } from './jobs/imports.ts';
import { SampleFirm } from './jobs/sample.ts';
import { Uploads } from './jobs/uploads.ts';

/** What the API and the pages work with. One of each a process, made by the composition root. */
export interface Services {
  store: Store;
  imports: Imports;
  uploads: Uploads;
  sample: SampleFirm;
  clock: () => Date;
  /** Whoever knows it may name paths on this machine: the CLI does, a browser never. */
  token: string;
}

export function createServices(store: Store, token: string, clock: () => Date = () => new Date()): Services {
  const imports = new Imports(store, { clock });
  return {
    store,
    imports,
    uploads: new Uploads(store.directory),
    sample: new SampleFirm(store, imports),
    clock,
    token
  };
}

export async function closeServices({ store, imports, uploads }: Services): Promise<void> {
  await imports.close();
  await uploads.clear();
  await store.close();
}
