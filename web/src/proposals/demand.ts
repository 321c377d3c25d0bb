// What a planner types, and the request that it makes. Pure: the form shows it,
// the test reads it. Figures are typed in the units of the trade (万m², 万元,
// hectares) and sent in those of the API.
import type { Eligibility, ProposalRequest, Rules } from '../api/nouns';

export const totals = ['households', 'communities', 'floor_area_m2', 'land_area_m2', 'cost_yuan'] as const;
export type TotalName = (typeof totals)[number];
export const scaleOf: Record<TotalName, number> = {
  households: 1,
  communities: 1,
  floor_area_m2: 10_000,
  land_area_m2: 10_000,
  cost_yuan: 10_000,
};
export const barriers = ['river', 'railway', 'expressway', 'primary'] as const;
export type Barrier = (typeof barriers)[number];
export const treatments = ['never', 'at_crossing', 'free'] as const;
export type Treatment = (typeof treatments)[number];
export const weights = ['need', 'consent', 'few', 'compactness', 'balance', 'strings', 'budget'] as const;
export type Weight = (typeof weights)[number];

export interface Demand {
  subdistricts: string[];
  eligibility: Eligibility[];
  ranges: Record<TotalName, { min: string; max: string }>;
  maxGap: string;
  maxWalk: string;
  maxDiameter: string;
  barriers: Record<Barrier, Treatment>;
  within: '' | 'subdistrict' | 'neighborhood';
  minZones: string;
  maxZones: string;
  weights: Record<Weight, number>;
  costPer: string;
  together: [string, string][];
  apart: [string, string][];
  locked: string[];
  seconds: string;
  seed: string;
}

export const usual: Demand = {
  subdistricts: [],
  eligibility: ['in'],
  ranges: {
    households: { min: '800', max: '3000' },
    communities: { min: '', max: '' },
    floor_area_m2: { min: '', max: '' },
    land_area_m2: { min: '', max: '' },
    cost_yuan: { min: '', max: '' },
  },
  maxGap: '150',
  maxWalk: '',
  maxDiameter: '',
  barriers: { river: 'at_crossing', railway: 'at_crossing', expressway: 'at_crossing', primary: 'free' },
  within: '',
  minZones: '',
  maxZones: '',
  weights: { need: 1, consent: 1, few: 3, compactness: 1, balance: 0, strings: 1, budget: 0 },
  costPer: '',
  together: [],
  apart: [],
  locked: [],
  seconds: '10',
  seed: '1',
};

/** What a planner starts from: the usual, under the rules of the scenario. */
export function under(rules: Rules): Demand {
  return {
    ...usual,
    maxGap: String(rules.max_gap_m),
    maxWalk: rules.max_walk_m === null ? '' : String(rules.max_walk_m),
    barriers: { ...usual.barriers, ...rules.barriers },
  };
}

/** The request, or the field that is no number. */
export function requestOf(
  d: Demand,
  scenario: string | null,
): { request: ProposalRequest } | { bad: string } {
  let bad: string | null = null;
  const number = (text: string, field: string): number => {
    const value = text.trim() === '' ? 0 : Number(text);
    if (!Number.isFinite(value) || value < 0) bad ??= field;
    return value;
  };
  const ranges = totals
    .map((name) => ({
      name,
      min: number(d.ranges[name].min, name) * scaleOf[name],
      max: number(d.ranges[name].max, name) * scaleOf[name],
    }))
    .filter((r) => r.min > 0 || r.max > 0);
  const walk = number(d.maxWalk, 'maxWalk');
  // Nothing typed leaves the estimate to the scenario.
  const perFloorArea = number(d.costPer, 'costPer');
  const cost = perFloorArea > 0 ? { per_household_yuan: 0, per_floor_area_yuan: perFloorArea } : undefined;
  const request: ProposalRequest = {
    ...(scenario ? { scenario } : {}),
    subdistricts: d.subdistricts,
    eligibility: d.eligibility,
    rules: {
      max_gap_m: number(d.maxGap, 'maxGap'),
      max_walk_m: walk > 0 ? walk : null,
      barriers: d.barriers,
      cost: cost ?? { per_household_yuan: 0, per_floor_area_yuan: 0 },
    },
    totals: ranges,
    keep_within: d.within,
    max_diameter_m: number(d.maxDiameter, 'maxDiameter'),
    min_zones: Math.round(number(d.minZones, 'zoneCount')),
    max_zones: Math.round(number(d.maxZones, 'zoneCount')),
    together: d.together,
    apart: d.apart,
    locked: d.locked,
    weights: d.weights,
    ...(cost ? { cost } : {}),
    seed: Math.round(number(d.seed, 'seed')),
    seconds: number(d.seconds, 'effort'),
  };
  return bad === null ? { request } : { bad };
}

/** What was asked, for asking again with a change. */
export function demandOf(r: ProposalRequest): Demand {
  const text = (value: number | null | undefined, scale = 1) => (value ? String(value / scale) : '');
  const ranges = structuredClone(usual.ranges);
  for (const name of totals) ranges[name] = { min: '', max: '' };
  for (const t of r.totals ?? []) {
    const name = totals.find((n) => n === t.name);
    if (name) ranges[name] = { min: text(t.min, scaleOf[name]), max: text(t.max, scaleOf[name]) };
  }
  const treated = { ...usual.barriers };
  for (const b of barriers) {
    const treatment = treatments.find((v) => v === r.rules?.barriers?.[b]);
    if (treatment) treated[b] = treatment;
  }
  return {
    ...usual,
    subdistricts: r.subdistricts ?? [],
    eligibility: (r.eligibility ?? ['in']) as Eligibility[],
    ranges,
    maxGap: String(r.rules?.max_gap_m ?? usual.maxGap),
    maxWalk: text(r.rules?.max_walk_m),
    maxDiameter: text(r.max_diameter_m),
    barriers: treated,
    within: r.keep_within ?? '',
    minZones: text(r.min_zones),
    maxZones: text(r.max_zones),
    weights: Object.fromEntries(weights.map((w) => [w, r.weights?.[w] ?? 0])) as Record<Weight, number>,
    costPer: text(r.cost?.per_floor_area_yuan),
    together: (r.together ?? []) as [string, string][],
    apart: (r.apart ?? []) as [string, string][],
    locked: r.locked ?? [],
    seconds: String(r.seconds ?? usual.seconds),
    seed: String(r.seed ?? usual.seed),
  };
}
