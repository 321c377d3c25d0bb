// The rules of a scenario as a form holds them, and what of it can be saved.
import type { Barrier, Crossing, LinkRules } from '../api/nouns';

export const barriers: readonly Barrier[] = ['river', 'railway', 'expressway', 'primary'];
export const crossings: readonly Crossing[] = ['never', 'at_crossing', 'free'];
/** Metres; links are kept no longer than this. */
export const GAP_MAX = 2000;
export const WALK_MAX = 10_000;

export interface RulesDraft {
  gap: string;
  walk: string;
  barriers: Record<Barrier, Crossing>;
}
export const draftOf = (rules: LinkRules): RulesDraft => ({
  gap: String(rules.max_gap_m),
  walk: rules.max_walk_m === null ? '' : String(rules.max_walk_m),
  barriers: { ...rules.barriers },
});

/** The rules that a form means, or which of its fields cannot be understood. No walk is no limit. */
export function readRules(draft: RulesDraft): { rules: LinkRules } | { fault: 'gap' | 'walk' } {
  const gap = metres(draft.gap, GAP_MAX);
  if (gap === null) return { fault: 'gap' };
  const walk = draft.walk.trim() === '' ? null : metres(draft.walk, WALK_MAX);
  if (walk === null && draft.walk.trim() !== '') return { fault: 'walk' };
  return { rules: { max_gap_m: gap, max_walk_m: walk, barriers: { ...draft.barriers } } };
}
function metres(text: string, max: number): number | null {
  const clean = text.trim();
  const n = Number(clean);
  return clean !== '' && Number.isFinite(n) && n >= 0 && n <= max ? n : null;
}

export function sameRules(a: LinkRules, b: LinkRules): boolean {
  return (
    a.max_gap_m === b.max_gap_m &&
    a.max_walk_m === b.max_walk_m &&
    barriers.every((k) => a.barriers[k] === b.barriers[k])
  );
}
