import { describe, expect, test } from 'vitest';
import type { MonthLineDraft } from '../api/progress';
import {
  add,
  draftOf,
  figureOf,
  inGroup,
  monthBy,
  noFigures,
  readFigure,
  tooMuch,
  totals,
  waits,
  withFigure,
} from './row';

const plan = { area_wan: 0.3, households: 30, buildings: 3 };
const row: MonthLineDraft = {
  ...noFigures,
  plan,
  g2: plan,
  project: 'A',
  remark: '',
  starts_on: null,
  investment_wan: 100,
};

describe('figures as they are typed', () => {
  test.each([
    ['plan.area_wan', '1.23456', 1.2346],
    ['plan.area_wan', '１２．５', 12.5],
    ['plan.area_wan', '1,200.5', 1200.5],
    ['plan.area_wan', '', 0],
    ['plan.area_wan', '-1', null],
    ['plan.area_wan', '1e3', null],
    ['plan.households', '30', 30],
    ['plan.households', '30.5', null],
    ['plan.buildings', 'x', null],
  ] as const)('%s %j', (cell, text, want) => expect(readFigure(cell, text)).toBe(want));
  test('a cell is read and written', () => {
    expect(figureOf(withFigure(row, 'g1.households', 7), 'g1.households')).toBe(7);
    expect(figureOf(withFigure(row, 'spent_wan', 7), 'spent_wan')).toBe(7);
    expect(row.g1.households).toBe(0);
  });
});

describe('the groups of the form', () => {
  test('equal to the plan is neither too much nor waiting', () => {
    expect(tooMuch(row)).toEqual([]);
    expect(waits(row)).toBe(false);
  });
  test('one square metre more is too much', () =>
    expect(tooMuch(withFigure(row, 'g1.area_wan', 0.0001))).toEqual(['area_wan']));
  test('one household less waits', () => expect(waits(withFigure(row, 'g2.households', 29))).toBe(true));
  test('0.1 + 0.2 is 0.3', () => {
    const split = withFigure(withFigure(row, 'g2.area_wan', 0.1), 'g3.area_wan', 0.2);
    expect(tooMuch(split)).toEqual([]);
    expect(waits(split)).toBe(false);
  });
  test('a whole plan moves into a group, or none', () => {
    expect(inGroup(row, 'g3').g3).toEqual(plan);
    expect(inGroup(row, 'g3').g2).toEqual(noFigures.g2);
    expect(waits(inGroup(row, null))).toBe(true);
  });
});

test('sums are exact', () => {
  const rows = Array.from({ length: 10 }, () => ({ ...noFigures, plan: { ...plan, area_wan: 0.1 } }));
  expect(totals(rows).plan).toEqual({ area_wan: 1, households: 300, buildings: 30 });
  expect(add(noFigures, noFigures)).toEqual(noFigures);
});

test('only what a person fills in is sent', () => {
  const line = { ...row, name: 'A', problems: [], correction: '' };
  expect(Object.keys(draftOf(line)).toSorted()).toEqual(
    ['project', 'plan', 'g1', 'g2', 'g3', 'investment_wan', 'spent_wan', 'remark', 'starts_on'].toSorted(),
  );
});

test.each([
  ['2026-01', -1, '2025-12'],
  ['2026-12', 1, '2027-01'],
  ['2026-03', 0, '2026-03'],
])('the month %s moved by %d', (month, step, want) => expect(monthBy(month, step)).toBe(want));
