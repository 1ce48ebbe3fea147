import { createWriteStream } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { createGzip, type Gzip } from 'node:zlib';

const chunkLength = 2 ** 18;

/**
 * A gzipped text file, written line by line at the speed of the disk. Node writes no time into a gzip's head, so that
 * the same text gives the same file on the same platform.
 */
export class ExportFile {
  readonly path: string;
  private readonly gzip: Gzip;
  private readonly done: Promise<void>;
  private text = '';

  private constructor(path: string) {
    this.path = path;
    this.gzip = createGzip({ chunkSize: chunkLength });
    this.done = pipeline(this.gzip, createWriteStream(path));
    // Awaited by `close`; until then a failure shows at the next write.
    this.done.catch(() => {});
  }

  static async create(path: string): Promise<ExportFile> {
    await mkdir(dirname(path), { recursive: true });
    return new ExportFile(path);
  }

  /** Takes a piece of text; the promise, where there is one, is to be awaited before the next. */
  write(text: string): Promise<void> | undefined {
    this.text += text;
    return this.text.length < chunkLength ? undefined : this.flush();
  }

  /** @returns the size of the file */
  async close(): Promise<number> {
    await this.flush();
    this.gzip.end();
    await this.done;
    return (await stat(this.path)).size;
  }

  /** Gives up and takes away what was written. */
  async abandon(): Promise<void> {
    this.gzip.destroy();
    await this.done.catch(() => {});
    await rm(this.path, { force: true });
  }

  private async flush(): Promise<void> {
    const text = this.text;
    this.text = '';
    if (!this.gzip.write(text)) await Promise.race([once(this.gzip, 'drain'), this.done]);
  }
}
