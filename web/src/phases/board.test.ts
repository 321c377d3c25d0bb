import { describe, expect, test } from 'vitest';
import type { PhasePlan, PhaseZone } from '../api/nouns';
import {
  beside,
  changesOf,
  columnsOf,
  faultsOf,
  locksOf,
  type Moves,
  movesTo,
  placementsOf,
  standsAs,
  still,
  until,
} from './board';

const zone = (code: string, year: number | null, more: Partial<PhaseZone> = {}): PhaseZone => ({
  code,
  name: code,
  year,
  locked: false,
  begun: false,
  ready: true,
  consent_share: 0.6,
  counts_masked: false,
  cost_yuan: 1e6,
  communities: 2,
  households: 100,
  floor_area_m2: 8000,
  value: 50,
  neighbours: [],
  why: '',
  ...more,
});
const year = (y: number, more: Partial<PhasePlan['years'][number]> = {}) => ({
  year: y,
  budget_yuan: 0,
  cost_yuan: 0,
  zones: 1,
  communities: 2,
  households: 100,
  floor_area_m2: 8000,
  missing_communities: 0,
  missing_floor_area_m2: 0,
  ...more,
});
const plan = (zones: PhaseZone[], more: Partial<PhasePlan> = {}): PhasePlan => ({
  scenario: 's',
  revision: 3,
  settings: { years: [{ year: 2026 }, { year: 2027 }] },
  settings_saved: true,
  years: [year(2026), year(2027)],
  zones,
  score: 0,
  bound: 0,
  gap: 0,
  proven: false,
  shortfall: 0,
  shortfall_bound: 0,
  broken: [],
  contradictions: [],
  ...more,
});
const moves = (years: Record<string, number | null>, locks: Record<string, boolean> = {}): Moves => ({
  years: new Map(Object.entries(years)),
  locks: new Map(Object.entries(locks)),
});
const saved = plan([zone('a', 2026), zone('b', 2027, { locked: true }), zone('c', null), zone('d', 2024)]);

test('columns are the years of the plan and those that zones have besides', () => {
  expect(columnsOf(saved, still)).toEqual([
    { year: 2024, planned: false },
    { year: 2026, planned: true },
    { year: 2027, planned: true },
  ]);
  expect(columnsOf(saved, moves({ d: 2027 })).map((c) => c.year)).toEqual([2026, 2027]);
});

test.each<[number | null, -1 | 1, number | null]>([
  [2026, 1, 2027],
  [2027, 1, null],
  [null, 1, null],
  [null, -1, 2027],
  [2026, -1, 2026],
  [2024, 1, 2026],
  [2024, -1, 2026],
  [2031, -1, 2027],
  [2031, 1, null],
])('from %s a step of %s leads to %s', (from, step, to) => {
  expect(beside([2026, 2027], from, step)).toBe(to);
});

describe('a trial', () => {
  test('changes what is other than saved, and nothing else', () => {
    expect(changesOf(saved, moves({ a: 2026, c: 2027 }))).toEqual([{ code: 'c', year: 2027, locked: false }]);
    expect(changesOf(saved, moves({ a: 2027, x: 2027 }))).toEqual([{ code: 'a', year: 2027, locked: false }]);
  });
  test('keeps a lock on the zone that moves, but none without a year', () => {
    expect(changesOf(saved, moves({ b: 2026 }))).toEqual([{ code: 'b', year: 2026, locked: true }]);
    expect(changesOf(saved, moves({ b: null }))).toEqual([{ code: 'b', year: null, locked: false }]);
  });
  test('leaves it to the judge that a lock is broken, unless it was touched', () => {
    expect(placementsOf(saved, moves({ b: 2026 }))).toEqual([{ code: 'b', year: 2026 }]);
    expect(placementsOf(saved, moves({ b: 2026 }, { b: false }))).toEqual([
      { code: 'b', year: 2026, locked: false },
    ]);
    expect(placementsOf(saved, moves({}, { a: true }))).toEqual([{ code: 'a', year: 2026, locked: true }]);
  });
  test('tells a proposal its locks, not its years', () => {
    expect(locksOf(saved, moves({ a: 2027, b: 2026, c: 2027 }, { c: true }))).toEqual([
      { code: 'b', year: 2026, locked: true },
      { code: 'c', year: 2027, locked: true },
    ]);
  });
  test('that follows a plan stands as the plan', () => {
    const proposed = plan([zone('a', 2027), zone('b', 2027), zone('c', 2026), zone('d', 2024)]);
    const there = movesTo(saved, proposed, new Map());
    expect([...there.years]).toEqual([
      ['a', 2027],
      ['c', 2026],
    ]);
    expect(standsAs(saved, there, proposed)).toBe(true);
    expect(standsAs(saved, still, proposed)).toBe(false);
  });
});

describe('faults', () => {
  const breach = (kind: string, zones: string[], detail = kind) => ({ kind, detail, year: 2026, zones });
  const over = plan(saved.zones, {
    years: [year(2026, { budget_yuan: 1e6, cost_yuan: 3.5e6, missing_communities: 4 }), year(2027)],
    broken: [breach('over_budget', ['a', 'c']), breach('not_ready', ['c'])],
  });
  test('name the amount over the budget and what targets miss', () => {
    expect(faultsOf(over, null)).toMatchObject([
      { kind: 'breach', over: 2.5e6, fresh: false },
      { kind: 'breach', zones: ['c'], fresh: false },
      { kind: 'communities', missing: 4, year: 2026 },
    ]);
  });
  test('that the plan before did not have are fresh and come first', () => {
    const before = plan(saved.zones, { years: over.years, broken: [breach('over_budget', ['a'])] });
    expect(faultsOf(over, before).map((f) => [f.kind, f.fresh])).toEqual([
      ['breach', true],
      ['breach', false],
      ['communities', false],
    ]);
  });
  test('are fresh where they grow, not where they shrink', () => {
    const with3 = (cost: number, missing: number) =>
      plan(saved.zones, {
        years: [year(2026, { budget_yuan: 1e6, cost_yuan: cost, missing_communities: missing })],
        broken: [breach('over_budget', ['a', 'c'])],
      });
    const fresh = (now: PhasePlan) => faultsOf(now, with3(2e6, 5)).map((f) => [f.kind, f.fresh]);
    expect(fresh(with3(3e6, 4))).toEqual([
      ['breach', true],
      ['communities', false],
    ]);
    expect(fresh(with3(1.5e6, 6))).toEqual([
      ['communities', true],
      ['breach', false],
    ]);
  });
});

test('sums grow year by year', () => {
  const years = [year(2026, { cost_yuan: 5 }), year(2027, { cost_yuan: 7 })];
  expect(until(years, 2026)).toMatchObject({ zones: 1, cost_yuan: 5 });
  expect(until(years, null)).toMatchObject({ zones: 2, cost_yuan: 12, households: 200 });
});
