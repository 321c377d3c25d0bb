import { createExpression } from '@maplibre/maplibre-gl-style-spec';
import { describe, expect, it } from 'vitest';
import type { Rules } from '../api/nouns';
import { classExpression, classOf, type LinkOfTile } from './linkLayers';

const rules: Rules = {
  max_gap_m: 150,
  max_walk_m: null,
  barriers: { river: 'at_crossing', railway: 'never', expressway: 'at_crossing', primary: 'free' },
  cost: { per_floor_area_yuan: 0, per_household_yuan: 0 },
};
const walked: Rules = { ...rules, max_walk_m: 300 };

const cases: [string, Rules, LinkOfTile, string][] = [
  ['a short one counts', rules, { gap_m: 150 }, 'counts'],
  ['a wide gap does not', rules, { gap_m: 151 }, 'far'],
  ['a river without a bridge is in the way', rules, { gap_m: 9, crossed: 'river' }, 'blocked'],
  ['a bridge leads over it', rules, { gap_m: 9, crossed: 'river', bridged: 'river' }, 'counts'],
  [
    'a bridge over something else does not',
    rules,
    { gap_m: 9, crossed: 'river primary', bridged: 'primary' },
    'blocked',
  ],
  [
    'where nothing may cross no bridge helps',
    rules,
    { gap_m: 9, crossed: 'railway', bridged: 'railway' },
    'blocked',
  ],
  ['what may be crossed freely is no barrier', rules, { gap_m: 9, crossed: 'primary' }, 'counts'],
  ['a barrier says more than the distance', rules, { gap_m: 300, crossed: 'railway' }, 'blocked'],
  [
    'a person joins what is far apart',
    rules,
    { gap_m: 390, crossed: 'river', verdict: 'together' },
    'together',
  ],
  ['a person parts what touches', rules, { gap_m: 0, verdict: 'never' }, 'never'],
  ['the walk may be limited', walked, { gap_m: 100, walk_m: 301 }, 'far'],
  ['no way is a long way', walked, { gap_m: 100 }, 'far'],
  ['a short walk is none', walked, { gap_m: 100, walk_m: 300 }, 'counts'],
];

describe('a link', () => {
  it.each(cases)('%s', (_, under, link, expected) => {
    expect(classOf(link, under)).toBe(expected);
    const made = createExpression(classExpression(under), {
      type: 'string',
      'property-type': 'data-driven',
      expression: { parameters: ['zoom', 'feature'] },
    } as never);
    if (made.result === 'error') throw new Error(made.value.map((e) => e.message).join());
    const feature = { type: 2, properties: link } as never;
    expect(made.value.evaluate({ zoom: 15 }, feature)).toBe(expected);
  });
});
