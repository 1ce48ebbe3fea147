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

function linear(hex: string): number[] {
  return [1, 3, 5]
    .map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
}

/** WCAG 2.2, "relative luminance" and "contrast ratio". */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = linear(hex);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/**
 * What complete colour blindness makes of linear RGB: Machado, Oliveira and Fernandes, "A physiologically-based model
 * for simulation of color vision deficiency", IEEE TVCG 15(6), 2009, severity 1.
 */
const visions: Record<string, number[][]> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1]
  ],
  protanopic: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998]
  ],
  deuteranopic: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881]
  ],
  tritanopic: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039]
  ]
};

/** A colour as seen, in Oklab (Ottosson 2020), where distance is difference. Okabe and Ito's nearest two are 0.076 apart. */
function seenAs(hex: string, vision: number[][]): [number, number, number] {
  const rgb = linear(hex);
  const [r = 0, g = 0, b = 0] = vision.map((row) =>
    Math.min(
      1,
      Math.max(
        0,
        row.reduce((sum, factor, i) => sum + factor * (rgb[i] ?? 0), 0)
      )
    )
  );
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s
  ];
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

describe.each(themes)('marks in the %s theme', (theme) => {
  const categories: TokenName[] = tokenNames.filter((name) => name.startsWith('category-'));
  const marks: TokenName[] = tokenNames.filter((name) => name.endsWith('-mark'));

  test('stand out with 3 : 1 from what they lie on (WCAG 1.4.11)', () => {
    const faint = [...marks, ...categories].flatMap((mark) =>
      surfaces
        .slice(0, 2)
        .map((surface) => ({ mark, surface, ratio: contrast(colour(mark, theme), colour(surface, theme)) }))
        .filter(({ ratio }) => ratio < 3)
    );
    expect(faint).toEqual([]);
  });

  test.each(Object.keys(visions))('of any two categories stay apart with %s vision', (vision) => {
    const seen = categories.map((name) => seenAs(colour(name, theme), visions[vision] ?? []));
    const near = categories.flatMap((one, i) =>
      categories
        .slice(i + 1)
        .map((other, j) => ({
          pair: `${one} and ${other}`,
          apart: 100 * Math.hypot(...[0, 1, 2].map((axis) => (seen[i]?.[axis] ?? 0) - (seen[i + 1 + j]?.[axis] ?? 0)))
        }))
        .filter(({ apart }) => apart < 8)
    );
    expect(near).toEqual([]);
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
