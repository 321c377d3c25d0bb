// Rows of a survey as they are being written: texts, so that a half-typed number
// is not lost. Pure functions.
import type { CountDraft, SurveyCount } from '../api/surveys';

export const figures = [
  'households',
  'floor_area_m2',
  'asked',
  'agreed',
  'disagreed',
  'agreed_area_m2',
] as const;
export type Figure = (typeof figures)[number];
export const isArea = (f: Figure) => f === 'floor_area_m2' || f === 'agreed_area_m2';

export interface Row {
  building: string;
  name: string;
  stairwell: string;
  text: Record<Figure, string>;
}
/** A cell that the service refused, by the place of its row. */
export interface Fault {
  row: number;
  field: string;
  message: string;
}

const shown = (v: number | null) => (v === null ? '' : String(Math.round(v * 100) / 100));

export const rowsOf = (counts: readonly SurveyCount[]): Row[] =>
  counts.map((c) => ({
    building: c.building_code,
    name: c.building_name,
    stairwell: c.stairwell,
    text: {
      households: shown(c.households),
      floor_area_m2: shown(c.floor_area_m2),
      // Nobody asked yet is an empty cell to write in.
      asked: c.asked ? shown(c.asked) : '',
      agreed: c.agreed ? shown(c.agreed) : '',
      disagreed: c.disagreed ? shown(c.disagreed) : '',
      agreed_area_m2: c.agreed ? shown(c.agreed_area_m2) : '',
    },
  }));

/** A number as it was typed; null where it is none, undefined where nothing stands. */
export function numberOf(text: string, area: boolean): number | null | undefined {
  const clean = text.trim().replace(/[,，]/g, '');
  if (clean === '') return undefined;
  if (!(area ? /^\d{1,9}(\.\d*)?$/ : /^\d{1,7}$/).test(clean)) return null;
  return Number(clean);
}

/** What is sent; null while a cell holds no number. */
export function countsOf(rows: readonly Row[]): CountDraft[] | null {
  const out: CountDraft[] = [];
  for (const r of rows) {
    const value = (f: Figure) => numberOf(r.text[f], isArea(f));
    if (figures.some((f) => value(f) === null)) return null;
    const whole = (f: Figure) => value(f) ?? 0;
    const area = (f: 'floor_area_m2' | 'agreed_area_m2') => {
      const v = value(f);
      return typeof v === 'number' ? { [f]: v } : {};
    };
    out.push({
      building_code: r.building,
      stairwell: r.stairwell,
      households: whole('households'),
      asked: whole('asked'),
      agreed: whole('agreed'),
      disagreed: whole('disagreed'),
      ...area('floor_area_m2'),
      ...area('agreed_area_m2'),
    });
  }
  return out;
}

export const same = (a: readonly Row[], b: readonly Row[]) => JSON.stringify(a) === JSON.stringify(b);

/** A building in n stairwells of as equal a size as can be; their counts begin anew. */
export function splitRow(row: Row, n: number, name: (i: number) => string): Row[] {
  const households = numberOf(row.text.households, false) ?? 0;
  const area = numberOf(row.text.floor_area_m2, true);
  const part = (whole: number, i: number, step: number) => {
    const upTo = (k: number) => Math.round((whole * k) / n / step) * step;
    return upTo(i + 1) - upTo(i);
  };
  return Array.from({ length: n }, (_, i) => ({
    ...row,
    stairwell: name(i + 1),
    text: {
      households: String(part(households, i, 1)),
      floor_area_m2: typeof area === 'number' ? shown(part(area, i, 0.01)) : '',
      asked: '',
      agreed: '',
      disagreed: '',
      agreed_area_m2: '',
    },
  }));
}

/** The stairwells of a building as one row again, with what was counted in them. */
export function joinRows(rows: readonly Row[]): Row | null {
  const first = rows[0];
  if (!first) return null;
  const sum = (f: Figure) => {
    const values = rows.map((r) => numberOf(r.text[f], isArea(f)));
    if (values.every((v) => v === undefined)) return '';
    return shown(values.reduce<number>((s, v) => s + (v ?? 0), 0));
  };
  return {
    ...first,
    stairwell: '',
    text: Object.fromEntries(figures.map((f) => [f, sum(f)])) as Record<Figure, string>,
  };
}

/** The cell that a refusal is about: its location reads body.counts[3].agreed. */
export function faultOf(location: string | undefined, message: string): Fault | null {
  const found = /^body\.counts\[(\d+)\]\.(\w+)$/.exec(location ?? '');
  return found ? { row: Number(found[1]), field: found[2] ?? '', message } : null;
}

/** Share of a row that agreed; null while it is not known. */
export function shareOf(row: Row): number | null {
  const all = numberOf(row.text.households, false);
  const agreed = numberOf(row.text.agreed, false);
  if (!all || agreed === null) return null;
  return (agreed ?? 0) / all;
}

/** A building and its stairwell as one name: 2幢1单元, but B2 1单元. */
export const placeName = (building: string, stairwell: string) =>
  /[ -~]$/.test(building) && /^[ -~]/.test(stairwell) ? `${building} ${stairwell}` : building + stairwell;
