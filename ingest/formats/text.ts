import { isAscii, isUtf8 } from 'node:buffer';
import { BadInput } from '#models/log/errors.ts';

/** The encoding that some bytes show: by their mark, by the zeros of UTF-16, by whether they are mostly valid UTF-8. */
export function encodingOf(head: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252' {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  const sample = head.subarray(0, 4096);
  let even = 0;
  let odd = 0;
  sample.forEach((byte, i) => {
    if (byte === 0) {
      if (i % 2 === 0) even += 1;
      else odd += 1;
    }
  });
  // Mostly Latin text in UTF-16 has a zero in nearly every other byte.
  if (odd > sample.length * 0.3 && even < sample.length * 0.05) return 'utf-16le';
  if (even > sample.length * 0.3 && odd < sample.length * 0.05) return 'utf-16be';
  const bytes = withoutCutTail(head);
  if (isUtf8(bytes)) return 'utf-8';
  // A few damaged bytes make no other encoding of a text whose other letters are UTF-8.
  const text = new TextDecoder('utf-8').decode(bytes);
  const damaged = text.match(/\ufffd/g)?.length ?? 0;
  const valid = text.match(/[\u0080-\ufffc]/g)?.length ?? 0;
  return valid > damaged ? 'utf-8' : 'windows-1252';
}

/** The text of some first bytes; a character cut in two at the end is left out. */
export function headText(head: Uint8Array, encoding: string): string {
  return new TextDecoder(encoding).decode(encoding === 'utf-8' ? withoutCutTail(head) : head, { stream: true });
}

/**
 * Decodes a stream. Without an encoding the text is UTF-8 or UTF-16 by its mark, else ASCII until the first byte above
 * it, which decides: valid UTF-8, or Windows' western code page. Invalid UTF-8 after that comes out as U+FFFD.
 *
 * @throws {BadInput} with `isFatal`, when the bytes are not of the encoding
 */
export async function* textOf(
  bytes: AsyncIterable<Uint8Array>,
  { encoding, isFatal = false, file }: { encoding?: string | undefined; isFatal?: boolean; file: string }
): AsyncGenerator<string> {
  let decoder = encoding === undefined ? undefined : new TextDecoder(encoding, { fatal: isFatal });
  let isFirst = true;
  const decode = (chunk?: Uint8Array): string => {
    try {
      return decoder?.decode(chunk, { stream: chunk !== undefined }) ?? '';
    } catch (cause) {
      throw new BadInput(
        `${file}: its bytes are not ${encoding ?? 'valid text'}`,
        { file, fix: 'save the file as UTF-8, or declare the encoding it is in' },
        { cause }
      );
    }
  };
  for await (const chunk of bytes) {
    if (!decoder) {
      const found = isFirst || !isAscii(chunk) ? encodingOf(chunk) : 'utf-8';
      const isUtf16 = found.startsWith('utf-16');
      if (isAscii(chunk) && !(isFirst && isUtf16)) {
        isFirst = false;
        yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1');
        continue;
      }
      // What starts as ASCII is not UTF-16 further on.
      decoder = new TextDecoder(isUtf16 && !isFirst ? 'windows-1252' : found);
      isFirst = false;
    }
    yield decode(chunk);
  }
  yield decode();
}

/** Cuts an unfinished UTF-8 character from the end. */
function withoutCutTail(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return length > back ? bytes.subarray(0, bytes.length - back) : bytes;
    }
  }
  return bytes;
}
