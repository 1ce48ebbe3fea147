/** A duration that cannot be read, or has no fixed length. */
export class BadDuration extends Error {
  override readonly name = 'BadDuration';
  readonly fix: string;
  constructor(text: string, why: string) {
    super(`"${text}" ${why}`);
    this.fix = 'write hours, minutes and seconds, as in PT24H, PT1H30M or P2DT4H';
  }
}

const form =
  /^P(?:(\d+(?:[.,]\d+)?)W)?(?:(\d+(?:[.,]\d+)?)D)?(?:T(?:(\d+(?:[.,]\d+)?)H)?(?:(\d+(?:[.,]\d+)?)M)?(?:(\d+(?:[.,]\d+)?)S)?)?$/;
const lengths = [604_800, 86_400, 3_600, 60, 1];

/**
 * Reads an ISO 8601 duration (`PT24H`, `P2DT4H`, `P1W`) in seconds. A day is 24 hours and a week seven of them, on
 * either clock; years and months have no fixed length and are refused.
 *
 * @throws {BadDuration}
 * @example
 * parseIsoDuration('PT1H30M'); // 5400
 */
export function parseIsoDuration(text: string): number {
  if (/^P\d[^T]*[YM]/.test(text)) throw new BadDuration(text, 'counts years or months, which have no fixed length');
  const found = form.exec(text);
  if (!found || /[PT]$/.test(text)) throw new BadDuration(text, 'is no ISO 8601 duration');
  return lengths.reduce((sum, length, index) => sum + length * Number((found[index + 1] ?? '0').replace(',', '.')), 0);
}
