import { fileURLToPath } from 'node:url';
import { deleteLog, findLog, listLogs, wasUsed } from '#models/log/catalogue.ts';
import { BadUse, NotFound } from '#models/log/errors.ts';
import { listSources } from '#models/log/sources.ts';
import type { Store } from '#models/store/store.ts';
import { exportsIn, filesAt } from './folder.ts';
import type { Imports, Job } from './imports.ts';

const committed = fileURLToPath(new URL('../../../../sample-logs/exports', import.meta.url));

/** What a page must know before it asks anything else. */
export interface Status {
  /** Whether the store holds the sample firm. */
  sample: boolean;
  /** Whether anything was ever loaded into this store. */
  used: boolean;
  /** The import of the sample firm while it runs. */
  loading?: { job: string };
}

/** The simulated firm that a store holds until its owner brings data. */
export class SampleFirm {
  /** What its log is called. */
  readonly log = 'Sample firm';
  private readonly store: Store;
  private readonly imports: Imports;
  private readonly folder: string;
  private job: string | undefined;

  constructor(store: Store, imports: Imports, folder = committed) {
    this.store = store;
    this.imports = imports;
    this.folder = folder;
  }

  /** Loads it where the store was never used, or where loading it was cut short. A store that was emptied stays empty. */
  async loadAtFirst(): Promise<void> {
    if (!(await wasUsed(this.store.engine)) || (await this.isCutShort())) await this.load();
  }

  /**
   * Starts its import. What is there already counts as duplicates.
   *
   * @throws {BadUse} when a log of the user's has its name: it would be taken away with the sample
   */
  async load(): Promise<Job> {
    const known = await findLog(this.store.engine, this.log).catch(() => undefined);
    if (known && !known.sample)
      throw new BadUse(`a log of yours is called "${this.log}" already`, 'delete it first, or use another store');
    const { files, setup, ignored } = await filesAt([this.folder]);
    const job = await this.imports.start({ log: this.log, files, setup, ignored, sample: true });
    this.job = job.id;
    return job;
  }

  /**
   * Takes it away; an import of it that runs is cancelled first.
   *
   * @throws {NotFound} when it is not there
   */
  async remove(): Promise<string[]> {
    const running = this.running();
    if (running) await this.imports.cancelAndWait(running.id);
    const names = (await listLogs(this.store.engine)).filter(({ sample }) => sample).map(({ name }) => name);
    if (names.length === 0)
      throw new NotFound('there is no sample data in this store', 'logs of your own are deleted one by one, by name');
    for (const name of names) await deleteLog(this.store, name);
    return names;
  }

  async status(): Promise<Status> {
    const logs = await listLogs(this.store.engine);
    const running = this.running();
    return {
      sample: logs.some(({ sample }) => sample),
      used: await wasUsed(this.store.engine),
      ...(running ? { loading: { job: running.id } } : {})
    };
  }

  private running(): Job | undefined {
    const job = this.imports.list().find(({ id }) => id === this.job);
    return job?.finished_at === undefined ? job : undefined;
  }

  private async isCutShort(): Promise<boolean> {
    const log = (await listLogs(this.store.engine)).find(({ sample }) => sample);
    if (!log) return false;
    const loaded = new Set(
      (await listSources(this.store.engine, log.name)).flatMap(({ files }) => files.map(({ name }) => name))
    );
    return (await exportsIn(this.folder)).files.some(({ name }) => !loaded.has(name));
  }
}
