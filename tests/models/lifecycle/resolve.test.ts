import { describe, expect, test } from 'vitest';
import { BadSetup } from '#models/lifecycle/bad-setup.ts';
import { professionalServices } from '#models/lifecycle/professional-services.ts';
import { resolve, type Layer } from '#models/lifecycle/resolve.ts';

const goalOf = (layers: Layer[], belonging = {}) => {
  const { lifecycle, decided } = resolve(professionalServices, layers, belonging);
  return [
    lifecycle.stages.find(({ id }) => id === 'financial_setup')?.goal,
    decided['stages.financial_setup.goal']
  ] as const;
};
const goal = (level: Layer['level'], of: string | undefined, days: number): Layer => ({
  level,
  ...(of !== undefined && { of }),
  stages: { financial_setup: { goal: { business: `P${days}D` } } }
});

describe('resolve(lifecycle, layers, belonging)', () => {
  // Listed against the order in which they decide.
  const layers = [
    goal('project_type', 'retainer', 5),
    goal('service_line', 'Cloud', 4),
    goal('legal_entity', 'Meridian Inc.', 3),
    goal('region', 'APAC', 2),
    goal('firm', undefined, 1)
  ];

  test('without layers is the canonical lifecycle, decided by nobody', () => {
    expect(resolve(professionalServices, [])).toEqual({ lifecycle: professionalServices, decided: {} });
  });

  test.each([
    [{}, 'P1D', 'firm'],
    [{ region: 'EMEA' }, 'P1D', 'firm'],
    [{ region: 'APAC' }, 'P2D', 'region APAC'],
    [{ region: 'APAC', legal_entity: 'Meridian Inc.' }, 'P3D', 'legal entity Meridian Inc.'],
    [{ region: 'APAC', service_line: 'Cloud' }, 'P4D', 'service line Cloud'],
    [{ service_line: 'Cloud', billing_model: 'retainer' }, 'P5D', 'project type retainer']
  ])('for %o is decided by the narrowest layer', (belonging, days, layer) => {
    expect(goalOf(layers, belonging)).toEqual([{ business: days }, layer]);
  });

  test('of two layers of one level takes the later', () => {
    expect(goalOf([goal('region', 'APAC', 8), goal('region', 'APAC', 9)], { region: 'APAC' })).toEqual([
      { business: 'P9D' },
      'region APAC'
    ]);
  });

  test('adds and takes away by id, and leaves the rest as it was', () => {
    const { lifecycle, decided } = resolve(
      professionalServices,
      [
        {
          level: 'firm',
          functions: { legal: { name: 'Legal' } },
          rules: {
            transition_to_cs: null,
            contract_first: {
              kind: 'must_precede',
              name: 'A contract is signed before delivery',
              owner: 'legal',
              anchor: 'project',
              reach: [{ from: 'project', qualifier: 'for', direction: 'out', to: 'contract' }],
              before: ['Contract signed'],
              after: ['Delivery started']
            }
          }
        }
      ],
      { region: 'EMEA' }
    );
    const ids = lifecycle.rules.map(({ id }) => id);
    expect(ids).not.toContain('transition_to_cs');
    expect(ids.at(-1)).toBe('contract_first');
    expect(lifecycle.rules.find(({ id }) => id === 'contract_first')?.severity).toBe('medium');
    expect(decided).toEqual({
      'functions.legal': 'firm',
      'rules.transition_to_cs': 'firm',
      'rules.contract_first': 'firm'
    });
    expect(lifecycle.stages).toEqual(professionalServices.stages);
  });

  test.each<[string, Layer, RegExp]>([
    [
      'a field that there is not',
      { level: 'firm', stages: { closure: { gaol: 1 } } },
      /layer "firm".*stages\.closure.*gaol/
    ],
    [
      'an owner that is no function',
      { level: 'region', of: 'APAC', stages: { closure: { owner: 'magic' } } },
      /layer "region APAC".*stages\.closure\.owner: there is no function "magic"/
    ],
    ['a new rule without fields', { level: 'firm', rules: { mine: { name: 'Mine' } } }, /rules\.mine\.kind/],
    [
      'a stage that others need',
      { level: 'firm', stages: { closure: null } },
      /stages\.delivery_execution\.next: there is no stage "closure"/
    ],
    [
      'a required field of what the stage does not reach',
      {
        level: 'firm',
        stages: { closure: { required: [{ id: 'closing_contract', object: 'contract', attribute: 'tax_id' }] } }
      },
      /stages\.closure\.required: "closing_contract" asks for "contract", which the stage does not reach/
    ],
    [
      'a view through what other cases share',
      {
        level: 'firm',
        views: {
          project: {
            definition: {
              leading: 'project',
              steps: [
                { from: 'project', qualifier: 'for', direction: 'out', to: 'opportunity' },
                { from: 'opportunity', qualifier: 'for', direction: 'in', to: 'contract' }
              ]
            }
          }
        }
      },
      /views\.project\.definition\.steps\.1: it passes through "opportunity"/
    ]
  ])('refuses %s', (_, layer, message) => {
    const run = () => resolve(professionalServices, [layer], { region: 'APAC' });
    expect(run).toThrow(BadSetup);
    expect(run).toThrow(message);
  });
});
