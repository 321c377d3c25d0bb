// The rows of a scorecard in an order, and what each facility type leaves
// uncovered in all.
import type { ScoreCommunity, Scorecard, ScoreType } from '../api/nouns';

/** What rows are sorted by: a fixed column, or the share of the n-th facility type. "-" in front turns the order. */
export type Order = 'score' | 'name' | 'households' | 'have' | `type:${number}`;
export type Sort = Order | `-${Order}`;

/** Rows without a value come last, whichever way; equals are sorted by who has more households. */
export function sorted(rows: readonly ScoreCommunity[], sort: Sort): ScoreCommunity[] {
  const turned = sort.startsWith('-');
  const order = sort.replace(/^-/, '') as Order;
  const value = valueBy(order);
  return [...rows].sort((a, b) => {
    if (order === 'name') return (turned ? -1 : 1) * a.name.localeCompare(b.name, 'zh-CN');
    const [x, y] = [value(a), value(b)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return (turned ? y - x : x - y) || b.households - a.households || (a.code < b.code ? -1 : 1);
  });
}

function valueBy(order: Order): (c: ScoreCommunity) => number | null {
  if (order.startsWith('type:')) {
    const i = Number(order.slice('type:'.length));
    return (c) => c.share[i] ?? null;
  }
  switch (order) {
    case 'households':
      return (c) => c.households;
    case 'have':
      return (c) => (scored(c) ? c.have : null);
    default:
      return (c) => (scored(c) ? c.score : null);
  }
}

/** Whether anything is known of the community. */
export const scored = (c: ScoreCommunity): boolean => c.share.some((s) => s !== null);

export interface Shortfall {
  type: ScoreType;
  households: number;
  uncovered: number;
}
/** Facility types with the households that none reaches and none need spare, the most first. */
export function shortfalls(card: Scorecard): Shortfall[] {
  const runs = new Map((card.batch.runs ?? []).map((r) => [r.id, r.summary]));
  return card.types
    .map((type) => {
      const s = runs.get(type.run);
      return {
        type,
        households: s?.households ?? 0,
        uncovered: s ? s.households - s.covered_households - s.spared_households : 0,
      };
    })
    .sort((a, b) => b.uncovered - a.uncovered);
}
