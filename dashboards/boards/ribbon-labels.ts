/** A name under the ribbon: where it begins, how wide it may be, and in which row it stands. */
export interface RibbonLabel {
  x: number;
  width: number;
  row: number;
}

const GAP = 10;

/**
 * Names under bars that are narrower than their names: each begins under its bar, in the first row that is free there.
 * A name that would run over the end of the ribbon moves to the left; one that finds no row is left out (the bar still
 * says it on hover, and the table below the ribbon always).
 *
 * @param bars left edge and name width of each, in pixels, from left to right
 */
export function placeLabels(
  bars: { x: number; width: number }[],
  { width, rows = 2, most = 150 }: { width: number; rows?: number; most?: number }
): (RibbonLabel | null)[] {
  const free = Array.from({ length: rows }, () => 0);
  return bars.map((bar) => {
    const needed = Math.min(bar.width, most);
    const x = Math.max(0, Math.min(bar.x, width - needed));
    const row = free.findIndex((end) => end <= x);
    if (row < 0) return null;
    free[row] = x + needed + GAP;
    return { x, width: needed, row };
  });
}
