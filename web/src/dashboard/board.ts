// What the board's pictures are drawn from: pure functions of the answer.
import type { Board, MapPlace, MonthSum, ProjectSum } from '../api/dashboard';
import type { Language } from '../language';

/** 万元, or 亿元 above ten thousand of them; in English millions of yuan. */
export function yuan(value: number | null | undefined, language: Language): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '—';
  if (language === 'en') return `¥${(value / 1e6).toFixed(value < 1e7 ? 2 : 1)}m`;
  if (Math.abs(value) >= 1e8) return `${(value / 1e8).toFixed(2)} 亿元`;
  return `${new Intl.NumberFormat('zh-CN', { maximumFractionDigits: 0 }).format(value / 1e4)} 万元`;
}

export const phases = ['implement', 'plan', 'reserve'] as const;
export type Phase = (typeof phases)[number];

export interface YearRow {
  year: number;
  projects: Record<Phase, number>;
  area: Record<Phase, number>;
  all: number;
}

const live = new Set(['applied', 'accepted', 'confirmed']);

/** Projects that count, what is done too, by year and phase, first year first. */
export function yearsOf(sums: readonly ProjectSum[]): YearRow[] {
  const rows = new Map<number, YearRow>();
  for (const s of sums) {
    const phase = phases.find((p) => p === s.phase);
    if (!s.counts || s.year === null || !phase) continue;
    const row = rows.get(s.year) ?? {
      year: s.year,
      projects: { implement: 0, plan: 0, reserve: 0 },
      area: { implement: 0, plan: 0, reserve: 0 },
      all: 0,
    };
    row.projects[phase] += s.projects;
    row.area[phase] += s.floor_area_m2;
    row.all += s.projects;
    rows.set(s.year, row);
  }
  return [...rows.values()].toSorted((a, b) => a.year - b.year);
}

export const countOf = (sums: readonly ProjectSum[], test: (s: ProjectSum) => boolean): number =>
  sums.reduce((n, s) => (test(s) ? n + s.projects : n), 0);
/** Of a library, or on the way into one. */
export const isLive = (s: ProjectSum): boolean => s.counts || live.has(s.state);

export const mapKinds = ['none', 'intake', 'reserve', 'plan', 'waiting', 'working', 'done'] as const;
export type MapKind = (typeof mapKinds)[number];
export type Verdict = 'in' | 'borderline' | 'out';
export const verdicts = ['in', 'borderline', 'out'] as const;

/** Where the project of a community stands, in one word of the legend. */
export function kindOf(p: MapPlace): MapKind {
  if (!p.project) return 'none';
  if (p.state !== 'confirmed' || !p.phase) return 'intake';
  if (p.phase !== 'implement') return p.phase;
  if (p.stage === 'not_started') return 'waiting';
  return p.stage === 'start' ? 'working' : 'done';
}

/** Bars of the months: each part in the unit of the chart, from the bottom up. */
export interface MonthBar {
  month: number;
  parts: { group: 1 | 2 | 3 | 0; from: number; to: number }[];
  sum: MonthSum;
}
export function barsOf(months: readonly MonthSum[]): { bars: MonthBar[]; top: number } {
  const top = Math.max(1, ...months.map((m) => m.plan_m2));
  const bars = months.map((sum, i) => {
    let at = 0;
    const parts: MonthBar['parts'] = [];
    for (const [group, area] of [
      [3, sum.done_m2],
      [2, sum.working_m2],
      [1, sum.preparing_m2],
      [0, Math.max(0, sum.plan_m2 - sum.done_m2 - sum.working_m2 - sum.preparing_m2)],
    ] as const) {
      if (area > 0) parts.push({ group, from: at / top, to: (at + area) / top });
      at += area;
    }
    return { month: i + 1, parts, sum };
  });
  return { bars, top };
}

/** The last month that somebody has reported. */
export const lastMonth = (months: readonly MonthSum[]): MonthSum | null =>
  months.findLast((m) => m.state !== 'none') ?? null;

/** Mean share of the types before and after, or null without runs. */
export function meanCoverage(board: Board): { before: number; after: number } | null {
  const n = board.coverage.length;
  if (!n) return null;
  const mean = (of: 'before' | 'after') => board.coverage.reduce((sum, c) => sum + c[of].share, 0) / n;
  return { before: mean('before'), after: mean('after') };
}

/** The kinds of late things that there are; together they are all. */
export const lateKinds = (late: Board['late']): Board['late']['by_kind'] =>
  late.by_kind.filter((k) => k.count > 0);

/** Whole per cent of rounded counts; finer ones would tell more than they hold. */
export const wholePercent = (part: number, all: number): string =>
  all ? `${Math.round((100 * part) / all)}%` : '—';

/** Month and day of a date: 11-25. */
export const dayOf = (iso: string): string => iso.slice(5, 10);
