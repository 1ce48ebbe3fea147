import type { TopLevelSpec } from 'vega-lite';
import { vegaConfig } from '../theme/vega.ts';

/**
 * What all charts share: as wide as the place they stand in, the palette's configuration, and a description, which a
 * screen reader says in place of the picture.
 */
export function frame(description: string, height = 150) {
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    description,
    width: 'container',
    height,
    autosize: { type: 'fit', contains: 'padding' },
    config: vegaConfig()
  } as const satisfies Partial<TopLevelSpec>;
}

/** A vertical axis that counts. */
export const countAxis = (title: string) =>
  ({ title, tickCount: 4, tickMinStep: 1, domain: false, ticks: false }) as const;
