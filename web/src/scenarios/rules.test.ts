import { describe, expect, it } from 'vitest';
import type { Rules } from '../api/nouns';
import { draftOf, readRules, sameRules } from './rules';

const rules: Rules = {
  max_gap_m: 150,
  max_walk_m: null,
  barriers: { river: 'at_crossing', railway: 'never', expressway: 'at_crossing', primary: 'free' },
  cost: { per_household_yuan: 12_000, per_floor_area_yuan: 0 },
};

describe('the rules in a form', () => {
  it.each([[rules], [{ ...rules, max_walk_m: 420.5 }], [{ ...rules, max_gap_m: 0 }]])('come back', (r) => {
    expect(readRules(draftOf(r))).toEqual({ rules: r });
  });
  it.each([
    ['', '', 'gap'],
    ['-1', '', 'gap'],
    ['一百', '', 'gap'],
    ['2001', '', 'gap'],
    ['150', 'far', 'walk'],
    ['150', '-3', 'walk'],
  ])('gap %o and walk %o: %s is refused', (gap, walk, fault) => {
    expect(readRules({ ...draftOf(rules), gap, walk })).toEqual({ fault });
  });
  it('need amounts of money', () => {
    expect(readRules({ ...draftOf(rules), perHousehold: '' })).toEqual({ fault: 'perHousehold' });
    expect(readRules({ ...draftOf(rules), perFloorArea: '-5' })).toEqual({ fault: 'perFloorArea' });
  });
  it('do not change while the form is edited', () => {
    const draft = draftOf(rules);
    draft.barriers.river = 'free';
    expect(rules.barriers.river).toBe('at_crossing');
  });
  it('are the same only when every barrier is', () => {
    expect(sameRules(rules, structuredClone(rules))).toBe(true);
    expect(sameRules(rules, { ...rules, barriers: { ...rules.barriers, river: 'free' } })).toBe(false);
    expect(sameRules(rules, { ...rules, max_walk_m: 300 })).toBe(false);
  });
});
