import type { ApiClient, Mapping, Preview, Upload } from '#lib/api-client.ts';
import { Problem } from '#lib/api-client.ts';

export interface DraftFile {
  file: File;
  sent: number;
  upload: Upload | null;
  /** The export of a system that Throughline knows: what its columns mean needs no saying. */
  recognised: Preview['recognised'] | undefined;
}

/** An import before it starts: files on their way to the server, a name, a mapping that the reader may override. */
export class ImportDraft {
  files = $state<DraftFile[]>([]);
  log = $state('');
  preview = $state.raw<Preview | null>(null);
  /** The suggestion with what the reader changed in it. */
  mapping = $state.raw<Mapping>({});
  problem = $state.raw<unknown>(undefined);
  busy = $state<'uploading' | 'reading' | 'starting' | null>(null);
  readonly #api: ApiClient;
  #request: XMLHttpRequest | null = null;
  #readings = 0;

  constructor(api: ApiClient) {
    this.#api = api;
  }

  async add(files: File[]): Promise<void> {
    const [first] = files;
    if (!first || this.busy) return;
    this.problem = undefined;
    this.log ||= logName(first.name);
    this.busy = 'uploading';
    try {
      for (const file of files) {
        this.files.push({ file, sent: 0, upload: null, recognised: undefined });
        const entry = this.files.at(-1);
        if (entry) entry.upload = await this.#send(file, (sent) => (entry.sent = sent));
        if (entry?.upload) entry.recognised = (await this.#api.preview(entry.upload)).recognised;
      }
      if (this.files.every(({ recognised }) => recognised) && this.log === logName(first.name)) this.log = '';
      await this.read(undefined);
    } catch (error) {
      this.files = this.files.filter(({ upload }) => upload !== null);
      this.problem = error instanceof Aborted ? undefined : error;
    } finally {
      this.busy = null;
    }
  }

  /** Whether enough is known to start: files that say themselves what they mean need no columns. */
  get complete(): boolean {
    if (this.files.length > 0 && this.files.every(({ recognised }) => recognised)) return true;
    if (!this.preview) return false;
    const named = (role: string) => (this.mapping[role] ?? '') !== '';
    return this.preview.columns.length === 0 || ['case', 'activity', 'timestamp'].every(named);
  }

  /**
   * Reads the head of the first file that is no known export again, with this mapping or, without one, with the
   * suggested.
   */
  async read(mapping: Mapping | undefined): Promise<void> {
    const upload = this.files.find(({ recognised }) => !recognised)?.upload;
    if (!upload) return;
    const reading = ++this.#readings;
    if (mapping) this.mapping = mapping;
    this.busy = 'reading';
    try {
      const preview = await this.#api.preview(upload, mapping);
      if (reading !== this.#readings) return;
      this.preview = preview;
      this.mapping = preview.mapping;
      this.problem = undefined;
    } catch (error) {
      if (reading === this.#readings) this.problem = error;
    } finally {
      if (reading === this.#readings) this.busy = null;
    }
  }

  /** @returns whether the import runs now; if not, `problem` says why */
  async start(): Promise<boolean> {
    const log = this.log.trim();
    this.busy = 'starting';
    try {
      const others: Upload[] = [];
      for (const { upload, recognised } of this.files) {
        if (!upload) continue;
        const sent = { upload: upload.upload, name: upload.name };
        // Each export is read by a mapping of its own; the server imports one after the other.
        if (recognised) await this.#api.startImport(log, [sent], { stream: recognised.stream });
        else others.push(sent);
      }
      const mapping = this.preview?.columns.length ? this.mapping : undefined;
      if (others.length > 0) await this.#api.startImport(log, others, mapping);
      return true;
    } catch (error) {
      this.problem = error;
      return false;
    } finally {
      this.busy = null;
    }
  }

  cancel(): void {
    this.#request?.abort();
    this.files = [];
    this.preview = null;
    this.mapping = {};
    this.problem = undefined;
    this.log = '';
  }

  /** By XMLHttpRequest, because fetch tells nothing about what has been sent. */
  #send(file: File, progress: (sent: number) => void): Promise<Upload> {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      this.#request = request;
      request.open('POST', this.#api.uploadAddress(file.name));
      request.setRequestHeader('content-type', 'application/octet-stream');
      request.responseType = 'json';
      request.upload.onprogress = ({ loaded }) => progress(loaded);
      request.onload = () => {
        if (request.status < 300) resolve(request.response as Upload);
        else reject(new Problem(request.status, (request.response as { title?: string } | null) ?? {}));
      };
      request.onerror = () => reject(new Error(`${file.name} could not be sent: the connection broke`));
      request.onabort = () => reject(new Aborted());
      request.send(file);
    });
  }
}

class Aborted extends Error {
  override readonly name = 'Aborted';
}

/** "BPIC2012.xes.gz" → "BPIC2012" */
export const logName = (file: string): string =>
  file.replace(/(\.(csv|tsv|txt|xes|json|jsonocel|ndjson|jsonl|parquet|gz|zip))+$/i, '').slice(0, 120) || 'log';
