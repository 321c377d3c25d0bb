// Rows of a monthly report while they are being filled in: reading what was
// typed, sums, and what the form forbids. Areas are added in whole square
// metres. Pure.
import type { MonthFigures, MonthLine, MonthLineDraft, MonthMeasures } from '../api/progress';

export const groups = ['plan', 'g1', 'g2', 'g3'] as const;
export type Group = (typeof groups)[number];
export const measures = ['area_wan', 'households', 'buildings'] as const;
export type Measure = (typeof measures)[number];
/** A figure cell of a row, e.g. "g1.area_wan" or "spent_wan". */
export type Cell = `${Group}.${Measure}` | 'investment_wan' | 'spent_wan';

/** What is typed into the cells of a row; a cell that is not there stands as it was. */
export type Typed = Partial<Record<Cell, string>>;

const none: MonthMeasures = { area_wan: 0, households: 0, buildings: 0 };
export const noFigures: MonthFigures = {
  plan: none,
  g1: none,
  g2: none,
  g3: none,
  investment_wan: 0,
  spent_wan: 0,
};

export function figureOf(f: MonthFigures, cell: Cell): number {
  if (cell === 'investment_wan' || cell === 'spent_wan') return f[cell];
  const [group, measure] = cell.split('.') as [Group, Measure];
  return f[group][measure];
}

export function withFigure<F extends MonthFigures>(f: F, cell: Cell, to: number): F {
  if (cell === 'investment_wan' || cell === 'spent_wan') return { ...f, [cell]: to };
  const [group, measure] = cell.split('.') as [Group, Measure];
  return { ...f, [group]: { ...f[group], [measure]: to } };
}

/** A figure as a person types it, with full-width digits and thousands commas; null is none. */
export function readFigure(cell: Cell, text: string): number | null {
  const plain = text
    .trim()
    .replace(/[０-９．]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
    .replace(/[,，\s]/g, '');
  if (plain === '') return 0;
  const whole = cell.endsWith('households') || cell.endsWith('buildings');
  if (!(whole ? /^\d{1,8}$/ : /^\d{1,10}(\.\d*)?$/).test(plain)) return null;
  const n = Number(plain);
  return whole ? n : Math.round(n * 1e4) / 1e4;
}

const m2 = (wan: number) => Math.round(wan * 1e4);
const sum = (a: number, b: number) => Math.round(a * 1e4 + b * 1e4) / 1e4;
function addMeasures(a: MonthMeasures, b: MonthMeasures): MonthMeasures {
  return {
    area_wan: (m2(a.area_wan) + m2(b.area_wan)) / 1e4,
    households: a.households + b.households,
    buildings: a.buildings + b.buildings,
  };
}
export const add = (a: MonthFigures, b: MonthFigures): MonthFigures => ({
  plan: addMeasures(a.plan, b.plan),
  g1: addMeasures(a.g1, b.g1),
  g2: addMeasures(a.g2, b.g2),
  g3: addMeasures(a.g3, b.g3),
  investment_wan: sum(a.investment_wan, b.investment_wan),
  spent_wan: sum(a.spent_wan, b.spent_wan),
});
export const totals = (rows: readonly MonthFigures[]) => rows.reduce(add, noFigures);

export const begun = (f: MonthFigures) => addMeasures(addMeasures(f.g1, f.g2), f.g3);
/** Measures of which more is in the groups than is planned. */
export function tooMuch(f: MonthFigures): Measure[] {
  const all = begun(f);
  return measures.filter((m) => m2(all[m]) > m2(f.plan[m]));
}
/** Whether something of the plan waits for its start, so that a remark and a date are needed. */
export function waits(f: MonthFigures): boolean {
  const all = begun(f);
  return measures.some((m) => m2(all[m]) < m2(f.plan[m]));
}

/** What is sent of a row. */
export function draftOf(l: MonthLine | MonthLineDraft): MonthLineDraft {
  const { project, plan, g1, g2, g3, investment_wan, spent_wan, remark, starts_on, correction } = l;
  return {
    project,
    plan,
    g1,
    g2,
    g3,
    investment_wan,
    spent_wan,
    remark,
    starts_on,
    ...(correction ? { correction } : {}),
  };
}

/** A row with all of its plan in one group; null is none: it has not begun. */
export function inGroup(l: MonthLineDraft, group: 'g1' | 'g2' | 'g3' | null): MonthLineDraft {
  return { ...l, g1: none, g2: none, g3: none, ...(group ? { [group]: l.plan } : {}) };
}

export const shown = (n: number) => String(Math.round(n * 1e4) / 1e4);

/** Months: "2026-03" and its neighbours. */
export function monthBy(month: string, step: number): string {
  const [year = 0, m = 1] = month.split('-').map(Number);
  const at = year * 12 + (m - 1) + step;
  return `${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}`;
}
export const monthOf = (day: Date) => `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, '0')}`;
