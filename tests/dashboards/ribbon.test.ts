import { describe, expect, test } from 'vitest';
import { ribbon } from '#dashboards/boards/ribbon.ts';
import { stageColour } from '#dashboards/theme/stage-colours.ts';
import type { CashPart } from '#mining/deal-to-cash.ts';
import { professionalServices } from '#models/lifecycle/professional-services.ts';

const part = (kind: CashPart['kind'], id: string, days: number): CashPart => ({
  ...{ kind, id, name: id, days, share: days / 100, cases: 4, money_weight: 1 }
});

describe('deal to cash as a ribbon', () => {
  const parts = [
    part('stage', 'deal_validation', 5),
    part('handoff', 'sales_to_delivery', 15),
    part('stage', 'project_initiation', 0),
    part('handoff', 'milestone_to_invoice', 25),
    part('stage', 'delivery_execution', 55)
  ];
  const drawn = ribbon({ parts, total_days: 100 });

  test('every part begins where the one before ends, and the last ends with the whole', () => {
    expect(drawn.parts.map(({ id, offset, days }) => [id, offset, days])).toEqual([
      ['deal_validation', 0, 5],
      ['sales_to_delivery', 0.05, 15],
      ['milestone_to_invoice', 0.2, 25],
      ['delivery_execution', 0.45, 55]
    ]);
  });

  test('stages have their colour, handoffs none', () => {
    expect(drawn.parts.map(({ colour }) => colour)).toEqual(['category-1', null, null, 'category-5']);
  });

  test('says what the handoffs take, and which one takes most', () => {
    expect(drawn.waiting).toEqual({ days: 40, share: 0.4 });
    expect(drawn.longest?.id).toBe('milestone_to_invoice');
  });

  test('nothing is nothing, and no division by it', () => {
    expect(ribbon({ parts: [], total_days: null })).toEqual({
      ...{ parts: [], total_days: 0, waiting: { days: 0, share: 0 }, longest: null }
    });
  });
});

test('each stage of the lifecycle has a colour of its own, and a new one is "other"', () => {
  const colours = professionalServices.stages.map(({ id }) => stageColour(id));
  expect(new Set(colours).size).toBe(colours.length);
  expect(stageColour('somebody_elses')).toBe('category-other');
});
