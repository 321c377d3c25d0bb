import { expect, test } from 'vitest';
import { demandOf, requestOf, under, usual } from './demand';

test('figures are typed in the units of the trade and sent in those of the API', () => {
  const d = {
    ...usual,
    ranges: {
      ...usual.ranges,
      floor_area_m2: { min: '5', max: '30.5' },
      cost_yuan: { min: '', max: '3000' },
    },
  };
  const made = requestOf(d, null);
  expect('request' in made && made.request.totals).toEqual([
    { name: 'households', min: 800, max: 3000 },
    { name: 'floor_area_m2', min: 50_000, max: 305_000 },
    { name: 'cost_yuan', min: 0, max: 30_000_000 },
  ]);
});

test('a planner starts from the rules of the scenario', () => {
  const rules = {
    max_gap_m: 90,
    max_walk_m: 400,
    barriers: { river: 'never', railway: 'free', expressway: 'at_crossing', primary: 'at_crossing' },
    cost: { per_household_yuan: 0, per_floor_area_yuan: 0 },
  } as const;
  const made = requestOf(under(rules), null);
  expect('request' in made && made.request.rules).toEqual(rules);
});

test('no longest walk is no limit', () => {
  const made = requestOf(usual, 's');
  expect('request' in made && made.request.rules?.max_walk_m).toBeNull();
  expect('request' in made && made.request.scenario).toBe('s');
});

test.each([
  ['maxGap', { maxGap: 'abc' }],
  ['maxGap', { maxGap: '-1' }],
  ['seed', { seed: 'x' }],
  ['costPer', { costPer: '1e999' }],
])('%s that is no number is named', (field, change) => {
  expect(requestOf({ ...usual, ...change }, null)).toEqual({ bad: field });
});

test('what was asked can be asked again', () => {
  const d = {
    ...usual,
    within: 'subdistrict' as const,
    maxWalk: '600',
    together: [['a', 'b']] as [string, string][],
    barriers: { ...usual.barriers, river: 'never' as const },
  };
  const made = requestOf(d, null);
  if (!('request' in made)) throw new Error(made.bad);
  expect(requestOf(demandOf(made.request), null)).toEqual(made);
});
