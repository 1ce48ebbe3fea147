import { readFile } from 'node:fs/promises';
import { BadInput } from '#models/log/errors.ts';

/**
 * Reads a file that holds one JSON object.
 *
 * @throws {BadInput} with `example` as what would mend it
 */
export async function readJsonObject(path: string, example: string): Promise<Record<string, unknown>> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new BadInput(`${path} cannot be read`, { file: path, fix: 'check the path' }, { cause: error });
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = (error as Error).message;
    throw new BadInput(
      `${path} is not JSON: ${reason}`,
      { file: path, fix: `for example ${example}` },
      { cause: error }
    );
  }
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) return { ...value };
  throw new BadInput(`${path} holds no JSON object`, { file: path, fix: `for example ${example}` });
}
