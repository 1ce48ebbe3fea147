import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cssTokens, tokenNames, tokensFrom, type TokenName } from '#dashboards/theme/tokens.ts';
import { vegaConfig } from '#dashboards/theme/vega.ts';

const CSS = readFileSync(join(import.meta.dirname, '../../dashboards/theme/tokens.css'), 'utf8');

/** Of `--name: light-dark(#aaa, #bbb);` both colours; names whose value is no pair of hex colours are left out. */
const palette = new Map(
  [...CSS.matchAll(/--([a-z0-9-]+):\s*light-dark\(\s*(#[0-9a-f]{6})\s*,\s*(#[0-9a-f]{6})\s*\)/gi)].map(
    ([, name = '', light = '', dark = '']) => [name, { light, dark }]
  )
);

/** WCAG 2.2, "relative luminance" and "contrast ratio". */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const themes = ['light', 'dark'] as const;
const colour = (name: TokenName, theme: 'light' | 'dark') => {
  const found = palette.get(name)?.[theme];
  if (found === undefined) throw new Error(`tokens.css has no --${name}`);
  return found;
};
const surfaces: TokenName[] = ['surface-0', 'surface-1', 'surface-2', 'surface-3'];
const meanings = ['work', 'wait', 'rework', 'breach'] as const;

describe.each(themes)('the %s theme', (theme) => {
  const failing = (pairs: [TokenName, TokenName][], least: number) =>
    pairs
      .map(([front, back]) => ({
        pair: `${front} on ${back}`,
        ratio: contrast(colour(front, theme), colour(back, theme))
      }))
      .filter(({ ratio }) => ratio < least)
      .map(({ pair, ratio }) => `${pair}: ${ratio.toFixed(2)}`);

  test('can be read: text holds 4.5 : 1 on every surface it stands on', () => {
    const inks: TokenName[] = ['ink-1', 'ink-2', 'ink-3', ...meanings];
    const pairs: [TokenName, TokenName][] = [
      ...inks.flatMap((ink) => surfaces.map((surface): [TokenName, TokenName] => [ink, surface])),
      ...meanings.map((name): [TokenName, TokenName] => [name, `${name}-surface`]),
      ...meanings.map((name): [TokenName, TokenName] => ['ink-1', `${name}-surface`]),
      ...meanings.map((name): [TokenName, TokenName] => ['ink-on-strong', name]),
      ...[1, 2, 3, 4, 5].flatMap((n): [TokenName, TokenName][] => [
        ['ink-1', `work-${n}` as TokenName],
        ['ink-1', `wait-${n}` as TokenName]
      ])
    ];
    expect(failing(pairs, 4.5)).toEqual([]);
  });

  test('shows its focus and strong lines with 3 : 1 on every surface', () => {
    const pairs = surfaces.flatMap((surface): [TokenName, TokenName][] => [
      ['focus', surface],
      ['line-strong', surface]
    ]);
    expect(
      failing(
        pairs.filter(([, surface]) => surface !== 'surface-3'),
        3
      )
    ).toEqual([]);
  });
});

test('the names in tokens.ts are the colours of tokens.css', () => {
  const colours = [...CSS.matchAll(/--([a-z0-9-]+):\s*light-dark\(/g)].map(([, name]) => name);
  expect([...tokenNames]).toEqual(colours);
});

test('the charts take every colour from the palette, in the form their renderer reads', () => {
  expect(JSON.stringify(vegaConfig(cssTokens))).not.toMatch(/#[0-9a-f]{3,8}\b|rgb|undefined/i);
  const written = JSON.stringify(vegaConfig(tokensFrom((name) => `<${name}>`)));
  for (const [, name] of written.matchAll(/<([^>]+)>/g)) expect(tokenNames).toContain(name);
  expect(written).not.toContain('var(');
});
