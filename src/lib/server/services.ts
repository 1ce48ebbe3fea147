import type { Store } from '#models/store/store.ts';
import { freshDerived } from '#models/views/derived.ts';
import { Imports } from './jobs/imports.ts';
import { SampleFirm } from './jobs/sample.ts';
import { Uploads } from './jobs/uploads.ts';
import { Delivery, type DeliveryOptions } from './remediation/delivery.ts';
import { openState, type State } from './state/state.ts';
import { markedLogs } from './watch/marks.ts';
import { realTimer } from './watch/timer.ts';
import { Watch } from './watch/watch.ts';

/** What the API and the pages work with. One of each a process, made by the composition root. */
export interface Services {
  store: Store;
  imports: Imports;
  uploads: Uploads;
  sample: SampleFirm;
  state: State;
  watch: Watch;
  delivery: Delivery;
  clock: () => Date;
  /** Whoever knows it may name paths on this machine: the CLI does, a browser never. */
  token: string;
}

/** How calls are sent: what tests set otherwise. */
export type Sending = Pick<DeliveryOptions, 'random' | 'schedule' | 'limits' | 'timer' | 'pause'>;

export function createServices(
  store: Store,
  token: string,
  clock: () => Date = () => new Date(),
  { timer = realTimer, ...sending }: Sending = {}
): Services {
  const imports = new Imports(store, { clock });
  const state = openState(store.directory, clock);
  const busy = () =>
    new Set(imports.list().flatMap(({ log, finished_at }) => (finished_at === undefined ? [log] : [])));
  const marks = async () => {
    const logs = await markedLogs(store);
    return new Map(logs.flatMap(({ log_id, name, mark }) => (busy().has(name) ? [] : [[log_id, mark]])));
  };
  return {
    store,
    imports,
    uploads: new Uploads(store.directory),
    sample: new SampleFirm(store, imports),
    state,
    watch: new Watch({ store, state, clock, timer, busy }),
    delivery: new Delivery({ state, marks, clock, timer, ...sending }),
    clock,
    token
  };
}

/** Begins to watch and to send, and makes after imports what pages will ask for: for a process that stays. */
export async function startServices({ store, imports, watch, delivery, clock }: Services): Promise<void> {
  imports.prepareBy((log) => freshDerived(store, log, clock));
  watch.start();
  await delivery.start();
}

export async function closeServices({ store, imports, uploads, watch, delivery, state }: Services): Promise<void> {
  await watch.stop();
  await delivery.stop();
  await imports.close();
  await uploads.clear();
  state.close();
  await store.close();
}
