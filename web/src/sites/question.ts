// What a planner asks for, as it is typed, and the request that comes of it.
import type { MultiPolygon } from 'geojson';
import type { Position, Siting, SitingRequest } from '../api/nouns';
import { askOf, type Settings, usual as usualSettings, walkers } from '../coverage/settings';

export const models = ['mclp', 'lscp', 'pmedian', 'pcenter'] as const;
export type Model = (typeof models)[number];
export const places = ['stock', 'buildings', 'junctions', 'points'] as const;
export type Places = (typeof places)[number];
/** Corners, the first one not repeated. */
export type Ring = readonly Position[];

export interface Question {
  model: Model;
  type: string;
  settings: Settings;
  n: string;
  curveTo: string;
  keep: boolean;
  candidates: readonly Places[];
  points: readonly Position[];
  excluded: readonly Ring[];
  apart: string;
  /** Of a new site; '' is without limit. */
  capacity: string;
}

export const usual: Question = {
  model: 'mclp',
  type: 'elder_daycare',
  settings: usualSettings,
  n: '3',
  curveTo: '10',
  keep: true,
  candidates: ['stock'],
  points: [],
  excluded: [],
  apart: '',
  capacity: '',
};

export const MOST_SITES = 500;
export const MOST_CURVE = 200;
export const MOST_POINTS = 5000;
export type Bad =
  | 'limit'
  | 'units'
  | 'area'
  | 'n'
  | 'curveTo'
  | 'apart'
  | 'capacity'
  | 'candidates'
  | 'points';

/** Fewest sites for all are not given a number. */
export const hasNumber = (model: Model): boolean => model !== 'lscp';

/** The request, or what in the question makes no sense. The sites are meant for `scenario` (null: the main one). */
export function requestOf(q: Question, scenario: string | null): { request: SitingRequest } | { bad: Bad } {
  const settings = askOf(q.settings, null);
  if ('bad' in settings) return settings;
  const whole = (text: string, least: number, most: number): number | null => {
    const value = Number(text);
    return text.trim() !== '' && Number.isInteger(value) && value >= least && value <= most ? value : null;
  };
  const amount = (text: string, most: number): number | null | undefined => {
    if (text.trim() === '') return undefined;
    const value = Number(text);
    return value >= 0 && value <= most ? value : null;
  };
  const n = hasNumber(q.model) ? whole(q.n, 1, MOST_SITES) : 0;
  if (n === null) return { bad: 'n' };
  const curveTo = q.curveTo.trim() === '' ? 0 : whole(q.curveTo, 0, MOST_CURVE);
  if (curveTo === null) return { bad: 'curveTo' };
  const apart = amount(q.apart, 20_000);
  if (apart === null) return { bad: 'apart' };
  const capacity = amount(q.capacity, 1e9);
  if (capacity === null || capacity === 0) return { bad: 'capacity' };
  if (q.candidates.length === 0) return { bad: 'candidates' };
  const drawn = q.candidates.includes('points');
  if (drawn && q.points.length === 0) return { bad: 'points' };
  return {
    request: {
      ...settings.ask,
      model: q.model,
      facility_type: q.type,
      ...(scenario ? { scenario } : {}),
      ...(n > 0 ? { n } : {}),
      ...(curveTo > 0 ? { curve_to: Math.max(curveTo, n) } : {}),
      keep_existing: q.keep,
      candidates: [...q.candidates],
      ...(drawn ? { points: q.points.map((p) => [...p]) } : {}),
      ...(q.excluded.length ? { excluded: polygonsOf(q.excluded) } : {}),
      ...(apart ? { apart_m: apart } : {}),
      ...(capacity === undefined ? {} : { capacity }),
    },
  };
}

const polygonsOf = (rings: readonly Ring[]): MultiPolygon => ({
  type: 'MultiPolygon',
  coordinates: rings.map((ring) => [[...ring, ...ring.slice(0, 1)].map((p) => [...p])]),
});

/** What was asked, for asking again with a change. */
export function questionOf({ request: r }: Pick<Siting, 'request'>): Question {
  const text = (value: number | undefined) => (value ? String(value) : '');
  const unit = r.limit?.minutes === undefined ? 'metres' : 'minutes';
  const polygon = r.area?.geometry;
  return {
    model: r.model,
    type: r.facility_type,
    settings: {
      ...usualSettings,
      method: r.method ?? 'radius',
      unit: r.method === 'walk_slope' ? 'minutes' : unit,
      limit: text(r.limit?.[unit]),
      walker: walkers.find((w) => w === r.walker) ?? 'elder',
      stepFree: r.step_free ?? false,
      profile: r.profile ?? '',
      units: text(r.units_per_household),
      area: {
        kind: r.area?.kind || 'district',
        code: r.area?.code ?? '',
        polygon: polygon?.type === 'Polygon' ? polygon : null,
      },
    },
    n: text(r.n) || usual.n,
    curveTo: text(r.curve_to),
    keep: r.keep_existing ?? true,
    candidates: places.filter((p) => r.candidates.includes(p)),
    points: (r.points ?? []) as Position[],
    excluded: ringsOf(r.excluded),
    apart: text(r.apart_m),
    capacity: r.capacity === undefined ? '' : String(r.capacity),
  };
}

function ringsOf(excluded: SitingRequest['excluded']): Ring[] {
  const polygons =
    excluded?.type === 'MultiPolygon'
      ? excluded.coordinates
      : excluded?.type === 'Polygon'
        ? [excluded.coordinates]
        : [];
  return polygons.map((rings) => ((rings[0] ?? []) as Position[]).slice(0, -1));
}
