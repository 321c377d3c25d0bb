// Where zones stand in a trial, what that changes and what it breaks. Pure.
import type { PhaseBreach, PhasePlacement, PhasePlan, PhaseYearTotals, PhaseZone } from '../api/nouns';

/** Years and locks that a person has tried out and not saved; null is no year. */
export interface Moves {
  years: ReadonlyMap<string, number | null>;
  locks: ReadonlyMap<string, boolean>;
}
export const still: Moves = { years: new Map(), locks: new Map() };

export interface Placed {
  year: number | null;
  locked: boolean;
}
export function placeOf(zone: PhaseZone, moves: Moves): Placed {
  const year = moves.years.has(zone.code) ? (moves.years.get(zone.code) ?? null) : zone.year;
  return { year, locked: moves.locks.get(zone.code) ?? zone.locked };
}

/** Years of the plan, and those outside it that zones have; in their order. */
export function columnsOf(plan: PhasePlan, moves: Moves): { year: number; planned: boolean }[] {
  const planned = new Set(plan.years.map((y) => y.year));
  const all = new Set(planned);
  for (const z of plan.zones) {
    const { year } = placeOf(z, moves);
    if (year !== null) all.add(year);
  }
  return [...all].toSorted((a, b) => a - b).map((year) => ({ year, planned: planned.has(year) }));
}
/** The year beside one, or null (no year) behind the last; the same one where there is nothing further. */
export function beside(years: readonly number[], year: number | null, step: -1 | 1): number | null {
  const row: (number | null)[] = [...years, null];
  if (year === null || years.includes(year)) {
    const at = row.indexOf(year) + step;
    return at < 0 || at >= row.length ? year : (row[at] ?? null);
  }
  // From a year outside the plan: into the nearest one on that side.
  return step > 0
    ? (years.find((y) => y > year) ?? null)
    : (years.findLast((y) => y < year) ?? years[0] ?? null);
}

/** Zones whose year or lock is another than the saved one. A zone without a year has no lock. */
export function changesOf(
  saved: PhasePlan,
  moves: Moves,
): { code: string; year: number | null; locked: boolean }[] {
  return saved.zones.flatMap((z) => {
    const { year, locked } = placeOf(z, moves);
    const lock = locked && year !== null;
    return year === z.year && lock === z.locked ? [] : [{ code: z.code, year, locked: lock }];
  });
}
/** The same for the judge. A lock that nobody has touched is not named: so it holds the zone where it was. */
export function placementsOf(saved: PhasePlan, moves: Moves): PhasePlacement[] {
  return changesOf(saved, moves).map(({ code, year }) => {
    const locked = moves.locks.get(code);
    return { code, year, ...(locked === undefined ? {} : { locked }) };
  });
}
/** What a proposal has to respect of the trial: locks set or taken off, each in the year it is in. */
export function locksOf(saved: PhasePlan, moves: Moves): PhasePlacement[] {
  return saved.zones.flatMap((z) => {
    const { year, locked } = placeOf(z, moves);
    const moved = moves.locks.has(z.code) || (locked && year !== z.year);
    return moved ? [{ code: z.code, year, locked: locked && year !== null }] : [];
  });
}
/** The moves that lead from the saved years to those of a plan; locks stay as they are tried. */
export function movesTo(saved: PhasePlan, plan: PhasePlan, locks: Moves['locks']): Moves {
  const before = new Map(saved.zones.map((z) => [z.code, z.year]));
  return {
    years: new Map(plan.zones.filter((z) => before.get(z.code) !== z.year).map((z) => [z.code, z.year])),
    locks,
  };
}
/** Whether the zones stand where a plan has them. */
export const standsAs = (saved: PhasePlan, moves: Moves, plan: PhasePlan): boolean => {
  const years = new Map(plan.zones.map((z) => [z.code, z.year]));
  return (
    saved.zones.length === years.size &&
    saved.zones.every((z) => years.has(z.code) && years.get(z.code) === placeOf(z, moves).year)
  );
};

export type Fault =
  | {
      kind: 'breach';
      breach: PhaseBreach;
      over: number;
      year: number;
      zones: readonly string[];
      fresh: boolean;
    }
  | { kind: 'communities' | 'area'; missing: number; year: number; zones: readonly string[]; fresh: boolean };

/** What a plan breaks and misses. Fresh, and first, is what the plan before did not, or by less. */
export function faultsOf(plan: PhasePlan, before: PhasePlan | null): Fault[] {
  const old = new Map(before ? listFaults(before).map((f) => [keyOf(f), amountOf(f)]) : []);
  return listFaults(plan)
    .map((f) => ({ ...f, fresh: before !== null && amountOf(f) > (old.get(keyOf(f)) ?? -1) }))
    .toSorted((a, b) => Number(b.fresh) - Number(a.fresh));
}
function listFaults(plan: PhasePlan): Fault[] {
  const years = new Map(plan.years.map((y) => [y.year, y]));
  return [
    ...plan.broken.map((breach): Fault => {
      const y = years.get(breach.year);
      const over = y && y.budget_yuan > 0 ? Math.max(0, y.cost_yuan - y.budget_yuan) : 0;
      return { kind: 'breach', breach, over, year: breach.year, zones: breach.zones, fresh: false };
    }),
    ...plan.years.flatMap((y): Fault[] => [
      ...(y.missing_communities > 0
        ? [
            {
              kind: 'communities' as const,
              missing: y.missing_communities,
              year: y.year,
              zones: [],
              fresh: false,
            },
          ]
        : []),
      ...(y.missing_floor_area_m2 > 0
        ? [{ kind: 'area' as const, missing: y.missing_floor_area_m2, year: y.year, zones: [], fresh: false }]
        : []),
    ]),
  ];
}
const keyOf = (f: Fault): string =>
  f.kind === 'breach' && !isBudget(f.breach)
    ? `${f.breach.kind} ${f.year} ${f.breach.detail} ${f.zones.join()}`
    : `${f.kind === 'breach' ? f.breach.kind : f.kind} ${f.year}`;
const amountOf = (f: Fault): number => (f.kind === 'breach' ? f.over : f.missing);
export const isBudget = (b: PhaseBreach): boolean =>
  b.kind === 'over_budget' || b.kind === 'locks_over_budget';

/** Everything up to a year, the year included; null is all years. */
export function until(years: readonly PhaseYearTotals[], year: number | null) {
  const sum = { zones: 0, communities: 0, households: 0, floor_area_m2: 0, cost_yuan: 0 };
  for (const y of years) {
    if (year !== null && y.year > year) continue;
    for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += y[key];
  }
  return sum;
}
