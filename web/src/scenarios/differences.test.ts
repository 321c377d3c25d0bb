import { describe, expect, it } from 'vitest';
import type { Comparison, Scenario, Totals, ZonePair } from '../api/nouns';
import { figuresOf, householdsBetween, pairsInOrder, signed } from './differences';

const totals = (households: number, communities = 1) =>
  ({ households, communities, buildings: 3, floor_area_m2: 100, area_m2: 50, eligible_share: 0.5 }) as Totals;
const scenario = (zones: number) => ({ zones }) as Scenario;
const pair = (name: string, change: ZonePair['change'], a: number | null, b: number | null): ZonePair => ({
  a: a === null ? null : `a-${name}`,
  b: b === null ? null : `b-${name}`,
  name_a: a === null ? '' : name,
  name_b: b === null ? '' : name,
  totals_a: a === null ? null : totals(a),
  totals_b: b === null ? null : totals(b),
  change,
});
const comparison: Comparison = {
  a: scenario(2),
  b: scenario(3),
  zones: [],
  moved: [],
  totals_a: totals(900, 10),
  totals_b: totals(1200, 12),
  cost_a: null,
  cost_b: 5_000_000,
  coverage: [
    {
      facility_type: 'health_station',
      covered_households_a: 40,
      covered_households_b: 30,
      run_at: '2026-11-24T08:00:00Z',
    },
  ],
};

describe('the figures of a comparison', () => {
  const by = new Map(figuresOf(comparison).map((f) => [f.key, f]));
  it('say what there is here, there and between', () => {
    expect(by.get('zones')).toMatchObject({ a: 2, b: 3, difference: 1 });
    expect(by.get('households')).toMatchObject({ a: 900, b: 1200, difference: 300 });
    expect(by.get('coverage:health_station')).toMatchObject({
      a: 40,
      b: 30,
      difference: -10,
      at: '2026-11-24T08:00:00Z',
    });
  });
  it('have no difference where one side is unknown', () => {
    expect(by.get('cost')).toMatchObject({ a: null, b: 5_000_000, difference: null });
  });
});

describe('pairs of zones', () => {
  it('show what differs first, the most households foremost', () => {
    const sorted = pairsInOrder([
      pair('同', 'same', 5, 5),
      pair('新', 'only_b', null, 90),
      pair('小', 'changed', 100, 90),
      pair('没', 'only_a', 70, null),
      pair('大', 'changed', 100, 400),
    ]);
    expect(sorted.map((p) => p.name_a || p.name_b)).toEqual(['大', '小', '没', '新', '同']);
  });
  it('count a missing zone as none', () => {
    expect(householdsBetween(pair('没', 'only_a', 70, null))).toBe(-70);
    expect(householdsBetween(pair('新', 'only_b', null, 90))).toBe(90);
  });
});

it.each([
  [12, '+12'],
  [-3, '−3'],
  [0, '0'],
])('%d is read as %s', (value, text) => {
  expect(signed(value, String)).toBe(text);
});
