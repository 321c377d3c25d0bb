// The settings of a phasing as a person types them: 万元 and 万m², empty where
// there is no budget or no target.
import type { PhaseSettings, PhaseYear } from '../api/nouns';

export interface YearDraft {
  year: string;
  budget: string;
  communities: string;
  area: string;
  /** Clause that the targets come from, as long as nobody has changed them. */
  source: string;
}
export interface Draft {
  years: YearDraft[];
  /** Percent a year. */
  discount: string;
  continuation: string;
  /** Percent of the households. */
  consent: string;
  /** First year of zones that are not ready; empty is the second one of the plan. */
  unready: string;
}
export type YearField = 'year' | 'budget' | 'communities' | 'area';
export type Other = 'discount' | 'continuation' | 'consent' | 'unready';
export type Fault = { field: YearField | 'order'; row: number } | { field: Other; row: null };

const WAN = 10_000;
export const MOST_YEARS = 20;
const text = (v: number | undefined, unit = 1): string => (v ? String(Number((v / unit).toFixed(6))) : '');

export const draftOf = (s: PhaseSettings): Draft => ({
  years: s.years.map((y) => ({
    year: String(y.year),
    budget: text(y.budget_yuan, WAN),
    communities: text(y.min_communities),
    area: text(y.min_floor_area_m2, WAN),
    source: y.source ?? '',
  })),
  discount: text(s.discount_rate, 0.01) || '0',
  continuation: text(s.continuation) || '0',
  consent: text(s.consent_above, 0.01) || '50',
  unready: text(s.unready_from),
});

/** The settings, or the first thing about them that cannot be. */
export function readSettings(d: Draft): { settings: PhaseSettings } | { fault: Fault } {
  const years: PhaseYear[] = [];
  for (const [row, y] of d.years.entries()) {
    const year = amount(y.year, 1990, 2200, true);
    if (year === null) return { fault: { field: 'year', row } };
    if (year <= (years.at(-1)?.year ?? 0)) return { fault: { field: 'order', row } };
    const budget = optional(y.budget, 1e9);
    if (budget === null) return { fault: { field: 'budget', row } };
    const communities = optional(y.communities, 1e6, true);
    if (communities === null) return { fault: { field: 'communities', row } };
    const area = optional(y.area, 1e6);
    if (area === null) return { fault: { field: 'area', row } };
    years.push({
      year,
      ...(budget ? { budget_yuan: exact(budget * WAN) } : {}),
      ...(communities ? { min_communities: communities } : {}),
      ...(area ? { min_floor_area_m2: exact(area * WAN) } : {}),
      ...(y.source && (communities || area) ? { source: y.source } : {}),
    });
  }
  const discount = amount(d.discount, 0, 100);
  if (discount === null) return { fault: { field: 'discount', row: null } };
  const continuation = amount(d.continuation, 0, 10);
  if (continuation === null) return { fault: { field: 'continuation', row: null } };
  const consent = amount(d.consent, 1, 100);
  if (consent === null) return { fault: { field: 'consent', row: null } };
  const unready = d.unready.trim() === '' ? 0 : amount(d.unready, 1990, 2200, true);
  if (unready === null) return { fault: { field: 'unready', row: null } };
  return {
    settings: {
      years,
      ...(discount ? { discount_rate: exact(discount / 100) } : {}),
      ...(continuation ? { continuation } : {}),
      consent_above: exact(consent / 100),
      ...(unready ? { unready_from: unready } : {}),
    },
  };
}
function amount(typed: string, min: number, max: number, whole = false): number | null {
  const clean = typed.trim().replace(/[,，]/g, '');
  const n = Number(clean);
  return clean !== '' && Number.isFinite(n) && n >= min && n <= max && (!whole || Number.isInteger(n))
    ? n
    : null;
}
const optional = (typed: string, max: number, whole = false): number | null =>
  typed.trim() === '' ? 0 : amount(typed, 0, max, whole);
/** Takes away what binary fractions add (0.1 × 3). */
const exact = (v: number): number => Number(v.toPrecision(12));

export const sameSettings = (a: PhaseSettings, b: PhaseSettings): boolean =>
  JSON.stringify(draftOf(a)) === JSON.stringify(draftOf(b));

/** A year more, after the last one. */
export function withYear(d: Draft): Draft {
  const last = Number(d.years.at(-1)?.year);
  const next = Number.isInteger(last) && last > 0 ? String(last + 1) : '';
  return { ...d, years: [...d.years, { year: next, budget: '', communities: '', area: '', source: '' }] };
}
/** Changes a row; targets that a person has typed no longer come from a clause. */
export function withRow(d: Draft, row: number, change: Partial<YearDraft>): Draft {
  const typed = change.year ?? change.communities ?? change.area;
  return {
    ...d,
    years: d.years.map((y, i) =>
      i === row ? { ...y, ...change, source: typed === undefined ? y.source : (change.source ?? '') } : y,
    ),
  };
}
/** Takes over the targets that a policy sets for years of the draft; null when it sets none. */
export function withTargets(d: Draft, from: readonly PhaseYear[]): Draft | null {
  const given = new Map(
    draftOf({ years: from.filter((y) => y.min_communities || y.min_floor_area_m2) }).years.map((y) => [
      y.year,
      y,
    ]),
  );
  if (!d.years.some((y) => given.has(y.year.trim()))) return null;
  return {
    ...d,
    years: d.years.map((y) => {
      const target = given.get(y.year.trim());
      return target ? { ...y, communities: target.communities, area: target.area, source: target.source } : y;
    }),
  };
}
