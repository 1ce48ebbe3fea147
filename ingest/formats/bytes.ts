import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { BadInput } from '#models/log/errors.ts';

export interface InputFile {
  path: string;
  /** The name the user knows it by. */
  name: string;
}

/** The size on disk. @throws {BadInput} when the file is missing, a folder, empty or unreadable */
export async function sizeOf({ path, name }: InputFile): Promise<number> {
  const info = await stat(path).catch(() => undefined);
  if (!info) throw new BadInput(`${name}: there is no such file`, { file: name, fix: 'check the path' });
  if (!info.isFile()) throw new BadInput(`${name} is not a file`, { file: name, fix: 'name a file' });
  if (info.size === 0) throw new BadInput(`${name} is empty`, { file: name, fix: 'export it again' });
  return info.size;
}

/** The first bytes, unpacked where the file is gzipped. @throws {BadInput} */
export async function headOf(file: InputFile, bytes = 2 ** 18): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of bytesOf(file)) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= bytes) break;
  }
  return Buffer.concat(chunks).subarray(0, bytes);
}

/**
 * The bytes of a file, unpacked where it is gzipped (by its first bytes, not its name).
 *
 * @param onBytes told how many bytes of the file on disk were read so far
 * @throws {BadInput} when the file cannot be read, or its gzip is damaged or cut off
 */
export async function* bytesOf(
  file: InputFile,
  { onBytes, signal }: { onBytes?: (done: number) => void; signal?: AbortSignal } = {}
): AsyncGenerator<Buffer> {
  const source = createReadStream(file.path, { highWaterMark: 2 ** 18 });
  const unpack = (await isGzip(file)) ? createGunzip({ chunkSize: 2 ** 18 }) : undefined;
  source.on('data', () => onBytes?.(source.bytesRead));
  // Without a pipe of its own an error of the source would leave the unpacking waiting for ever.
  if (unpack) source.on('error', (error) => unpack.destroy(error)).pipe(unpack);
  try {
    for await (const chunk of unpack ?? source) {
      signal?.throwIfAborted();
      yield chunk as Buffer;
    }
  } catch (error) {
    signal?.throwIfAborted();
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code.startsWith('Z_')) {
      throw new BadInput(
        `${file.name}: its gzip data is damaged or cut off`,
        { file: file.name, fix: 'copy or download the file again' },
        { cause: error }
      );
    }
    if (/^E[A-Z]+$/.test(code)) throw unreadable(file, error);
    throw error;
  } finally {
    source.destroy();
    unpack?.destroy();
  }
}

async function isGzip(file: InputFile): Promise<boolean> {
  const handle = await open(file.path).catch((error: unknown) => {
    throw unreadable(file, error);
  });
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}

function unreadable({ name }: InputFile, cause: unknown): BadInput {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new BadInput(
    `${name} cannot be read: ${why}`,
    { file: name, fix: 'check the path and its permissions' },
    { cause }
  );
}
