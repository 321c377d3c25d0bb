// The rules of a scenario as a form holds them, and what of it can be saved.
import type { Barrier, Crossing, Rules } from '../api/nouns';

export const barriers: readonly Barrier[] = ['river', 'railway', 'expressway', 'primary'];
export const crossings: readonly Crossing[] = ['never', 'at_crossing', 'free'];
/** Metres; links are kept no longer than this. */
export const GAP_MAX = 2000;
export const WALK_MAX = 10_000;

/** Yuan. */
export const COST_MAX = 1_000_000;

export interface RulesDraft {
  gap: string;
  walk: string;
  perHousehold: string;
  perFloorArea: string;
  barriers: Record<Barrier, Crossing>;
}
export const draftOf = (rules: Rules): RulesDraft => ({
  gap: String(rules.max_gap_m),
  walk: rules.max_walk_m === null ? '' : String(rules.max_walk_m),
  perHousehold: String(rules.cost.per_household_yuan),
  perFloorArea: String(rules.cost.per_floor_area_yuan),
  barriers: { ...rules.barriers },
});

export type RulesFault = 'gap' | 'walk' | 'perHousehold' | 'perFloorArea';
/** The rules that a form means, or which of its fields cannot be understood. No walk is no limit. */
export function readRules(draft: RulesDraft): { rules: Rules } | { fault: RulesFault } {
  const gap = amount(draft.gap, GAP_MAX);
  if (gap === null) return { fault: 'gap' };
  const walk = draft.walk.trim() === '' ? null : amount(draft.walk, WALK_MAX);
  if (walk === null && draft.walk.trim() !== '') return { fault: 'walk' };
  const household = amount(draft.perHousehold, COST_MAX);
  if (household === null) return { fault: 'perHousehold' };
  const floorArea = amount(draft.perFloorArea, COST_MAX);
  if (floorArea === null) return { fault: 'perFloorArea' };
  return {
    rules: {
      max_gap_m: gap,
      max_walk_m: walk,
      barriers: { ...draft.barriers },
      cost: { per_household_yuan: household, per_floor_area_yuan: floorArea },
    },
  };
}
function amount(text: string, max: number): number | null {
  const clean = text.trim();
  const n = Number(clean);
  return clean !== '' && Number.isFinite(n) && n >= 0 && n <= max ? n : null;
}

export function sameRules(a: Rules, b: Rules): boolean {
  return (
    a.max_gap_m === b.max_gap_m &&
    a.max_walk_m === b.max_walk_m &&
    a.cost.per_household_yuan === b.cost.per_household_yuan &&
    a.cost.per_floor_area_yuan === b.cost.per_floor_area_yuan &&
    barriers.every((k) => a.barriers[k] === b.barriers[k])
  );
}
