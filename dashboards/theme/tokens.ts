/**
 * The colours of `tokens.css`, by name: what each means, and its value in both themes, stand there. A picture names one
 * of these and never a raw colour.
 */
export const tokenNames = [
  'surface-0',
  'surface-1',
  'surface-2',
  'surface-3',
  'scrim',
  'ink-1',
  'ink-2',
  'ink-3',
  'ink-on-strong',
  'line',
  'line-2',
  'line-strong',
  'work',
  'work-mark',
  'work-surface',
  'wait',
  'wait-mark',
  'wait-surface',
  'rework',
  'rework-mark',
  'rework-surface',
  'breach',
  'breach-mark',
  'breach-surface',
  'neutral-mark',
  'focus',
  'work-1',
  'work-2',
  'work-3',
  'work-4',
  'work-5',
  'wait-1',
  'wait-2',
  'wait-3',
  'wait-4',
  'wait-5',
  'category-1',
  'category-2',
  'category-3',
  'category-4',
  'category-5',
  'category-6',
  'category-7',
  'category-8',
  'category-other'
] as const;

export type TokenName = (typeof tokenNames)[number];

/** A colour for each name, in whatever form the picture's renderer reads. */
export type Tokens = Record<TokenName, string>;

/** @param colourOf where there is no CSS (a canvas, a picture to save): the computed value of `--<name>` */
export function tokensFrom(colourOf: (name: TokenName) => string): Tokens {
  return Object.fromEntries(tokenNames.map((name) => [name, colourOf(name)])) as Tokens;
}

/** The tokens as CSS: an SVG in the page follows the theme without being drawn again. */
export const cssTokens: Tokens = tokensFrom((name) => `var(--${name})`);
