// How coverage is asked for, as a person types it, and the request that comes
// of it. Pure: the form, the siting and the scorecard share it.
import type { Polygon } from 'geojson';
import type { Method } from '../api/coverage';
import type { CoverageAsk, CoverageRun, Position } from '../api/nouns';

export const methods: readonly Method[] = ['radius', 'walk', 'walk_slope'];
/** The default first, as the service has it. */
export const walkers = ['elder', 'adult', 'frail'] as const;
export type Walker = (typeof walkers)[number];
/** Metres per second on the flat. */
export const speeds: Record<Walker, number> = { adult: 1.25, elder: 1, frail: 0.75 };

export type Unit = 'metres' | 'minutes';
export const areaKinds = ['district', 'subdistrict', 'neighborhood', 'zone', 'polygon'] as const;
export type AreaKind = (typeof areaKinds)[number];
export interface AreaChoice {
  kind: AreaKind;
  code: string;
  polygon: Polygon | null;
}

export interface Settings {
  method: Method;
  /** As typed; '' is what the profile says. */
  limit: string;
  unit: Unit;
  walker: Walker;
  stepFree: boolean;
  /** '' is the district's own. */
  profile: string;
  /** The scenario's proposed facilities count, too. */
  proposed: boolean;
  /** Capacity that one household needs, as typed; '' is 1. */
  units: string;
  area: AreaChoice;
}

export const usual: Settings = {
  method: 'radius',
  limit: '',
  unit: 'metres',
  walker: 'elder',
  stepFree: false,
  profile: '',
  proposed: true,
  units: '',
  area: { kind: 'district', code: '', polygon: null },
};

/** A straight line has no minutes, and slopes are counted in nothing else. */
export const unitsOf = (method: Method): readonly Unit[] =>
  method === 'radius' ? ['metres'] : method === 'walk' ? ['metres', 'minutes'] : ['minutes'];

/** The same settings by another method; a limit in a unit that it does not know is let go. */
export function withMethod(s: Settings, method: Method): Settings {
  const [first = 'metres'] = unitsOf(method);
  const unit = unitsOf(method).includes(s.unit) ? s.unit : first;
  return { ...s, method, unit, limit: unit === s.unit ? s.limit : '' };
}

export const MOST: Record<Unit, number> = { metres: 20_000, minutes: 240 };

export type Ask = Omit<CoverageAsk, 'facility_type'>;
export type Bad = 'limit' | 'units' | 'area';

/** The request, or what in the settings makes no sense. `scenario` has proposed facilities; null: there are none. */
export function askOf(s: Settings, scenario: string | null): { ask: Ask } | { bad: Bad } {
  const limit = s.limit.trim() === '' ? null : Number(s.limit);
  if (limit !== null && !(limit > 0 && limit <= MOST[s.unit])) return { bad: 'limit' };
  const units = s.units.trim() === '' ? null : Number(s.units);
  if (units !== null && !(units > 0 && units <= 1000)) return { bad: 'units' };
  const area = areaOf(s.area);
  if (!area) return { bad: 'area' };
  return {
    ask: {
      method: s.method,
      area,
      ...(limit === null ? {} : { limit: { [s.unit]: limit } }),
      ...(s.method === 'radius' ? {} : { walker: s.walker }),
      ...(s.method === 'walk_slope' && s.stepFree ? { step_free: true } : {}),
      ...(s.profile ? { profile: s.profile } : {}),
      ...(scenario && s.proposed ? { scenario } : {}),
      ...(units === null ? {} : { units_per_household: units }),
    },
  };
}

/** null where the place is not chosen yet. */
export function areaOf(a: AreaChoice): NonNullable<Ask['area']> | null {
  switch (a.kind) {
    case 'district':
      return { kind: a.kind };
    case 'polygon':
      return a.polygon && { kind: a.kind, geometry: { type: 'Polygon', coordinates: a.polygon.coordinates } };
    default:
      return a.code ? { kind: a.kind, code: a.code } : null;
  }
}

/** A polygon of clicked corners. */
export const polygonOf = (corners: readonly Position[]): Polygon | null =>
  corners[0] && corners.length > 2 ? { type: 'Polygon', coordinates: [[...corners, corners[0]]] } : null;

/** The settings that a run was made with, to ask again from there. */
export function settingsOf(run: CoverageRun, ownProfile: string): Settings {
  const { limit } = run;
  const unit: Unit = limit.minutes === undefined ? 'metres' : 'minutes';
  const profile = run.inputs.profile.split('@')[0] ?? '';
  const polygon = run.area.geometry;
  return {
    method: run.method,
    unit,
    limit: run.standard ? '' : String(limit[unit] ?? ''),
    walker: walkers.find((w) => w === run.walker?.key) ?? 'elder',
    stepFree: run.walker?.step_free ?? false,
    profile: profile === ownProfile ? '' : profile,
    proposed: true,
    units:
      run.summary.capacity && run.summary.capacity.units_per_household !== 1
        ? String(run.summary.capacity.units_per_household)
        : '',
    area: {
      kind: run.area.kind,
      code: run.area.code ?? '',
      polygon: polygon?.type === 'Polygon' ? polygon : null,
    },
  };
}
