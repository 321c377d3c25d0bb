import { describe, expect, test } from 'vitest';
import type { MapPlace, MonthSum, ProjectSum } from '../api/dashboard';
import { barsOf, kindOf, lastMonth, yearsOf, yuan } from './board';

const sum = (over: Partial<ProjectSum>): ProjectSum => ({
  library: 'comprehensive',
  state: 'confirmed',
  counts: true,
  phase: 'implement',
  year: 2026,
  projects: 1,
  communities: 1,
  households: 100,
  floor_area_m2: 8000,
  ...over,
});

describe('money', () => {
  test.each([
    [0, '0 万元'],
    [9_999_999, '1,000 万元'],
    [10_000_000, '1,000 万元'],
    [100_000_000, '1.00 亿元'],
    [null, '—'],
  ])('%s yuan reads %s', (value, said) => expect(yuan(value, 'zh')).toBe(said));
});

test('only confirmed projects with a year stand in a batch; both libraries count', () => {
  const rows = yearsOf([
    sum({ year: 2027, phase: 'plan' }),
    sum({ projects: 3 }),
    sum({ library: 'management', projects: 2 }),
    sum({ state: 'accepted', phase: null, year: null }),
  ]);
  expect(rows.map((r) => [r.year, r.all, r.projects.implement, r.projects.plan])).toEqual([
    [2026, 5, 5, 0],
    [2027, 1, 0, 1],
  ]);
});

describe('what the map shows of a community', () => {
  const place = (over: Partial<MapPlace>): MapPlace => ({
    code: 'C1',
    name: '',
    path: '',
    x: 0,
    y: 0,
    eligibility: 'in',
    project: '2026-综-001',
    library: 'comprehensive',
    state: 'confirmed',
    phase: 'implement',
    year: 2026,
    stage: 'not_started',
    ...over,
  });
  test.each([
    [{ project: '' }, 'none'],
    [{ state: 'applied', phase: null }, 'intake'],
    [{ phase: 'reserve' as const }, 'reserve'],
    [{}, 'waiting'],
    [{ stage: 'start' as const }, 'working'],
    [{ stage: 'works_done' as const }, 'done'],
    [{ stage: 'handover' as const }, 'done'],
  ])('%j is %s', (over, kind) => expect(kindOf(place(over))).toBe(kind));
});

describe('months', () => {
  const month = (over: Partial<MonthSum>): MonthSum => ({
    month: '2026-01',
    state: 'none',
    reports: 0,
    owed: 0,
    projects: 0,
    plan_m2: 0,
    preparing_m2: 0,
    working_m2: 0,
    done_m2: 0,
    invested_yuan: 0,
    spent_yuan: 0,
    ...over,
  });
  test('bars stand on each other, what is done at the bottom, and reach the plan', () => {
    const { bars, top } = barsOf([
      month({ plan_m2: 100, preparing_m2: 10, working_m2: 30, done_m2: 40 }),
      month({}),
    ]);
    expect(top).toBe(100);
    expect(bars[0]?.parts).toEqual([
      { group: 3, from: 0, to: 0.4 },
      { group: 2, from: 0.4, to: 0.7 },
      { group: 1, from: 0.7, to: 0.8 },
      { group: 0, from: 0.8, to: 1 },
    ]);
    expect(bars[1]?.parts).toEqual([]);
  });
  test('the last month that was reported', () => {
    expect(lastMonth([month({})])).toBeNull();
    expect(
      lastMonth([
        month({ state: 'frozen', month: '2026-01' }),
        month({ state: 'partial', month: '2026-02' }),
        month({}),
      ])?.month,
    ).toBe('2026-02');
  });
});
