import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BadInput, BadUse, NotFound } from '#models/log/errors.ts';

export interface Upload {
  upload: string;
  name: string;
  bytes: number;
  path: string;
}

const maxBytes = Number(process.env['THROUGHLINE_MAX_UPLOAD_BYTES'] ?? 8 * 2 ** 30);

/** Files on their way in, streamed to the store's folder under names of our own. They live until imported or closed. */
export class Uploads {
  private readonly folder: string;
  private readonly known = new Map<string, Upload>();

  constructor(storeDirectory: string) {
    this.folder = join(storeDirectory, 'uploads');
  }

  /** @throws {BadInput} when the body is empty or larger than the limit */
  async receive(name: string, body: ReadableStream<Uint8Array> | null): Promise<Upload> {
    const plainName = basename(name.replaceAll('\\', '/')).trim();
    if (!plainName) throw new BadUse('an upload needs a file name', 'POST /uploads?name=log.csv');
    if (!body) throw new BadInput(`${plainName} is empty`, { file: plainName, fix: 'choose a file with content' });
    await mkdir(this.folder, { recursive: true });
    const upload = randomUUID();
    const path = join(this.folder, upload);
    let bytes = 0;
    async function* counted(chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        bytes += chunk.byteLength;
        if (bytes > maxBytes)
          throw new BadInput(`${plainName} is larger than ${maxBytes} bytes`, {
            file: plainName,
            fix: 'import it with the command line, or raise THROUGHLINE_MAX_UPLOAD_BYTES'
          });
        yield chunk;
      }
    }
    try {
      // The DOM's and Node's stream types differ in name only.
      await pipeline(Readable.fromWeb(body as never), counted, createWriteStream(path, { mode: 0o600 }));
      if (bytes === 0)
        throw new BadInput(`${plainName} is empty`, { file: plainName, fix: 'choose a file with content' });
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
    const received = { upload, name: plainName, bytes, path };
    this.known.set(upload, received);
    return received;
  }

  /** @throws {NotFound} */
  get(upload: string): Upload {
    const known = this.known.get(upload);
    if (!known) throw new NotFound(`there is no upload ${upload}`, 'upload the file again');
    return known;
  }

  async clear(): Promise<void> {
    this.known.clear();
    await rm(this.folder, { recursive: true, force: true });
  }
}
