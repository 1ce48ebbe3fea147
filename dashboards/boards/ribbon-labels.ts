/** A name under the ribbon: where it begins, how wide it may be, and in which row it stands. */
export interface RibbonLabel {
  x: number;
  width: number;
  row: number;
}

export interface RibbonBar {
  /** Its left edge and length. */
  x: number;
  length: number;
  /** Of its name. */
  width: number;
}

const GAP = 6;
/** A bar narrower than this is a sliver: a name would not be seen to be its own. */
const LEAST = 10;

/**
 * Names under bars that may be narrower than their names. The longest bar chooses first: its name begins where the bar
 * begins, in the first row that is free there, else ends where the bar ends, and never leaves the ribbon. A name that finds no
 * room, and that of a sliver, is left out (the bar says it on hover, and the table below the ribbon always).
 *
 * @param bars in pixels, in any order
 */
export function placeLabels(
  bars: RibbonBar[],
  { width, rows = 2, most = 160 }: { width: number; rows?: number; most?: number }
): (RibbonLabel | null)[] {
  const placed: RibbonLabel[] = [];
  const isFree = (row: number, x: number, needed: number) =>
    placed.every((other) => other.row !== row || other.x >= x + needed + GAP || other.x + other.width + GAP <= x);
  const labels = new Map<RibbonBar, RibbonLabel>();
  for (const bar of bars.filter(({ length }) => length >= LEAST).toSorted((a, b) => b.length - a.length || a.x - b.x)) {
    const needed = Math.min(bar.width, most, width);
    const inside = (x: number) => Math.max(0, Math.min(x, width - needed));
    const label = [bar.x, bar.x + bar.length - needed]
      .flatMap((x) => Array.from({ length: rows }, (_, row) => ({ x: inside(x), width: needed, row })))
      .find(({ x, row }) => isFree(row, x, needed));
    if (!label) continue;
    placed.push(label);
    labels.set(bar, label);
  }
  return bars.map((bar) => labels.get(bar) ?? null);
}
