// A comparison as rows of a table: what a zone, a total or a coverage figure is
// here (a), there (b) and by how much it differs (b − a).
import type { Comparison, ZonePair } from '../api/nouns';

export interface Figure {
  key: string;
  kind: 'count' | 'land' | 'floor' | 'share' | 'yuan';
  a: number | null;
  b: number | null;
  /** b − a; null where one of the two is unknown. */
  difference: number | null;
  /** When the figures were computed, where that was not now. */
  at?: string;
}

const totals = [
  ['communities', 'count'],
  ['buildings', 'count'],
  ['households', 'count'],
  ['floor_area_m2', 'floor'],
  ['area_m2', 'land'],
  ['eligible_share', 'share'],
] as const;

/** Zones, totals, cost, then the households that each facility type covers. */
export function figuresOf(c: Comparison): Figure[] {
  return [
    figure('zones', 'count', c.a.zones, c.b.zones),
    ...totals.map(([key, kind]) => figure(key, kind, c.totals_a[key] ?? null, c.totals_b[key] ?? null)),
    figure('cost', 'yuan', c.cost_a, c.cost_b),
    ...c.coverage.map((row) => ({
      ...figure(`coverage:${row.facility_type}`, 'count', row.covered_households_a, row.covered_households_b),
      at: row.run_at,
    })),
  ];
}
function figure(key: string, kind: Figure['kind'], a: number | null, b: number | null): Figure {
  return { key, kind, a, b, difference: a === null || b === null ? null : b - a };
}

/** Households that a pair of zones differs by; a missing zone has none. */
export const householdsBetween = (pair: ZonePair): number =>
  (pair.totals_b?.households ?? 0) - (pair.totals_a?.households ?? 0);

const order = { changed: 0, only_a: 1, only_b: 2, same: 3 } as const;
/** What differs comes first, the largest difference foremost. */
export function pairsInOrder(pairs: readonly ZonePair[]): ZonePair[] {
  return [...pairs].sort(
    (x, y) =>
      order[x.change] - order[y.change] ||
      Math.abs(householdsBetween(y)) - Math.abs(householdsBetween(x)) ||
      (x.name_a || x.name_b).localeCompare(y.name_a || y.name_b, 'zh-CN'),
  );
}

/** "+12", "−3", "0": with a sign, as a difference is read. */
export function signed(value: number, format: (v: number) => string): string {
  if (value === 0) return '0';
  return `${value > 0 ? '+' : '−'}${format(Math.abs(value))}`;
}
