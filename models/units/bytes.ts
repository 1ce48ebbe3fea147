const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;
const threeDigits = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });

/** @example formatBytes(1_234_567) // '1.23 MB' (decimal units) */
export function formatBytes(bytes: number): string {
  let size = bytes;
  let step = 0;
  while (Math.abs(size) >= 999.5 && step < units.length - 1) {
    size /= 1000;
    step += 1;
  }
  return `${threeDigits.format(size)} ${units[step]}`;
}
