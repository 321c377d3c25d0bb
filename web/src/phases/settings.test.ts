import { describe, expect, test } from 'vitest';
import type { PhaseSettings } from '../api/nouns';
import { type Draft, draftOf, readSettings, sameSettings, withRow, withTargets, withYear } from './settings';

const settings: PhaseSettings = {
  years: [
    {
      year: 2021,
      budget_yuan: 23_000_000,
      min_communities: 99,
      min_floor_area_m2: 773_000,
      source: '一(三)',
    },
    { year: 2022 },
  ],
  discount_rate: 0.05,
  continuation: 0.1,
  consent_above: 0.5,
};
const draft = draftOf(settings);

test('amounts are typed in 万元 and 万m²', () => {
  expect(draft.years[0]).toEqual({
    year: '2021',
    budget: '2300',
    communities: '99',
    area: '77.3',
    source: '一(三)',
  });
  expect(draft).toMatchObject({ discount: '5', continuation: '0.1', consent: '50', unready: '' });
});
test('what is read is what was written', () => {
  expect(readSettings(draft)).toEqual({ settings });
});
test('a fraction stays the one that was typed', () => {
  const typed = withRow(draft, 1, { budget: '1,234.56', area: '0.3' });
  expect(readSettings(typed)).toMatchObject({
    settings: { years: [{}, { budget_yuan: 12_345_600, min_floor_area_m2: 3000 }] },
  });
});

describe('nonsense is named with its place', () => {
  test.each<[string, Partial<Draft>, object]>([
    ['a year', { years: [{ ...row(), year: '来年' }] }, { field: 'year', row: 0 }],
    ['half a community', { years: [{ ...row(), communities: '1.5' }] }, { field: 'communities', row: 0 }],
    ['a debt', { years: [{ ...row(), budget: '-1' }] }, { field: 'budget', row: 0 }],
    ['an area', { years: [{ ...row(), area: '大' }] }, { field: 'area', row: 0 }],
    ['the same year twice', { years: [row(), row()] }, { field: 'order', row: 1 }],
    ['more than everything', { discount: '101' }, { field: 'discount', row: null }],
    ['no consent at all', { consent: '0' }, { field: 'consent', row: null }],
    ['a year of no calendar', { unready: '20' }, { field: 'unready', row: null }],
  ])('%s', (_, change, fault) => {
    expect(readSettings({ ...draft, ...change })).toEqual({ fault });
  });
});
function row() {
  return { year: '2026', budget: '', communities: '', area: '', source: '' };
}

test('a new year follows the last one', () => {
  expect(withYear(draft).years.at(-1)).toEqual({ ...row(), year: '2023' });
});
test('a target that was typed has no source any more, a budget keeps it', () => {
  expect(withRow(draft, 0, { communities: '50' }).years[0]?.source).toBe('');
  expect(withRow(draft, 0, { budget: '5' }).years[0]?.source).toBe('一(三)');
});
test('targets of the policy fill their years and leave the budgets', () => {
  const plain = withRow(withRow(draft, 0, { communities: '', area: '' }), 1, { communities: '7' });
  const filled = withTargets(plain, settings.years);
  expect(filled?.years[0]).toEqual(draft.years[0]);
  expect(filled?.years[1]?.communities).toBe('7');
  expect(withTargets(plain, [{ year: 2021 }, { year: 2031, min_communities: 3 }])).toBeNull();
});
test('settings are the same whatever is left out', () => {
  expect(sameSettings(settings, { ...settings, unready_from: 0 })).toBe(true);
  expect(sameSettings(settings, { ...settings, unready_from: 2023 })).toBe(false);
});
