// Limits of isochrones: which are offered, and how their bands look.
import type { FeatureCollection } from 'geojson';
import type { Isochrone, Limit } from '../api/coverage';

const offered = { minutes: [5, 10, 15], metres: [300, 500, 1000] } as const;
const MOST = 6; // that the service answers at once

/** The limit of the run and what planners ask for beside it, ascending. */
export function limitsOffered(limit: Limit): number[] {
  const unit = limit.minutes === undefined ? 'metres' : 'minutes';
  const own = limit[unit];
  return [...new Set([...offered[unit], ...(own === undefined ? [] : [own])])].sort((a, b) => a - b);
}

/** A limit more or less; one stays, and no more than can be asked for. */
export function toggledLimit(limits: readonly number[], limit: number): number[] {
  if (!limits.includes(limit)) return [...limits, limit].sort((a, b) => a - b).slice(0, MOST);
  return limits.length > 1 ? limits.filter((l) => l !== limit) : [...limits];
}

const EACH = 0.2; // opacity that each ground adds

/** Opacity of the i-th band of n from inside: grounds lie over each other, so near ones are darker. */
export const bandOpacity = (i: number, n: number): number => 1 - (1 - EACH) ** (n - i);
export const groundOpacity = EACH;

/** The widest ground first, so that the nearer ones lie over it. */
export function groundsOf(list: readonly Isochrone[]): FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: [...list]
      .sort((a, b) => b.limit - a.limit)
      .flatMap((i) =>
        i.ground ? [{ type: 'Feature' as const, properties: { limit: i.limit }, geometry: i.ground }] : [],
      ),
  };
}
