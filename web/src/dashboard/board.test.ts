import { describe, expect, test } from 'vitest';
import type { MapPlace, MonthSum, ProjectSum } from '../api/dashboard';
import { words as surveyWords } from '../surveys/words';
import { barsOf, countOf, isLive, kindOf, lastMonth, lateKinds, wholePercent, yearsOf, yuan } from './board';
import { words } from './words';

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

test('only projects that count and have a year stand in a batch; both libraries count', () => {
  const rows = yearsOf([
    sum({ year: 2027, phase: 'plan' }),
    sum({ projects: 3 }),
    sum({ library: 'management', projects: 2 }),
    sum({ state: 'accepted', counts: false, phase: null, year: null }),
    sum({ state: 'closed', year: 2025 }),
    sum({ state: 'closed', counts: false, year: 2025 }),
  ]);
  expect(rows.map((r) => [r.year, r.all, r.projects.implement, r.projects.plan])).toEqual([
    [2025, 1, 1, 0],
    [2026, 5, 5, 0],
    [2027, 1, 0, 1],
  ]);
});

test('a library holds what was closed because it is done, and nothing else that was closed', () => {
  const sums = [
    sum({}),
    sum({ state: 'closed', projects: 2 }),
    sum({ state: 'closed', counts: false, projects: 4 }),
  ];
  expect(countOf(sums, isLive)).toBe(3);
});

test('the parts of the late things add up to all of them', () => {
  const late = {
    total: 11,
    by_kind: [
      { kind: 'filing' as const, count: 1 },
      { kind: 'step' as const, count: 4 },
      { kind: 'report' as const, count: 2 },
      { kind: 'survey' as const, count: 4 },
    ],
    items: [],
  };
  expect(lateKinds(late).reduce((n, k) => n + k.count, 0)).toBe(late.total);
  expect(lateKinds({ ...late, by_kind: [{ kind: 'step', count: 0 }] })).toEqual([]);
});

test.each([
  [860, 1000, '86%'],
  [510, 580, '88%'],
  [0, 0, '—'],
])('%s of %s rounded households are %s', (part, all, said) => expect(wholePercent(part, all)).toBe(said));

test('the tile counts what is closed and passed, and the survey tab says that it counts open ones too', () => {
  expect(words.consent[0]).toBe('征询已结束且通过');
  expect(words.surveysSaid[0]).toContain('已结束且通过');
  expect(surveyWords['state.passed'][0]).toBe('通过（含征询中）');
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
