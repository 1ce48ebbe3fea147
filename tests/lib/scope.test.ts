import { expect, test } from 'vitest';
import { casesLink, placeLink } from '#lib/state/scope.ts';
import { casesOf } from '#lib/state/lifecycle.ts';

const narrowed = new URL('http://localhost/?log=Firm&months=6&region=AMER&by=region&offset=20&handoff=plan_to_erp');

test('what a page is narrowed to goes along to the next, and what it shows of it does not', () => {
  expect(placeLink(narrowed, '/stalled')).toBe('/stalled?log=Firm&months=6&by=region&region=AMER');
});

test('cases are opened by their own filter', () => {
  expect(casesOf({ region: 'AMER' })).toEqual([{ kind: 'attribute', scope: 'case', key: 'region', values: ['AMER'] }]);
  expect(casesLink(narrowed, [])).toBe('/cases?log=Firm');
});
