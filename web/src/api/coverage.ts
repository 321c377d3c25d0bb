// Coverage in depth: what a run says of buildings, parts and gaps, the proof of
// a home, isochrones, the comparison of two runs, and what-ifs on a run.
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { Geometry, LineString, MultiPolygon } from 'geojson';
import type { Bounds, Position } from './nouns';
import { keys } from './queries';
import { client, Problem, value } from './request';
import type { components } from './schema';

type Schemas = components['schemas'];
/** Places are pairs of numbers and shapes are of one kind, which the generated shapes cannot say. */
const as = <T>(v: unknown): T => v as T;
const RUN = '/districts/{district}/coverage/runs/{id}';
const TRIAL = '/districts/{district}/coverage/trials/{trial}';

export type Method = Schemas['CoverageRun']['method'];
export type Limit = Schemas['CoverageLimit'];
export type CatalogueItem = Schemas['CoverageCatalogueItem'];
export type Network = Schemas['Status'];
export type Profile = Schemas['Profile'];
export type PartKind = 'zone' | 'neighborhood' | 'subdistrict';
export type PartCoverage = Schemas['PartCoverage'];
export type BuildingCoverage = Omit<Schemas['BuildingCoverage'], 'location'> & { location: Position | null };
export type Status = BuildingCoverage['status'];
export type Walk = Omit<Schemas['CoverageWalk'], 'line'> & { line: LineString | null };
export type Proof = Omit<Schemas['CoverageProof'], 'building' | 'there' | 'back' | 'first_step'> & {
  building: BuildingCoverage;
  there: Walk | null;
  back: Walk | null;
  first_step: Walk | null;
};
export type Gap = Omit<Schemas['CoverageGap'], 'outline' | 'location'> & {
  outline: MultiPolygon | null;
  location: Position;
};
export type Gaps = Omit<Schemas['CoverageGaps'], 'items'> & { items: Gap[] };
export type Isochrone = Omit<Schemas['CoverageIsochrone'], 'ground'> & { ground: MultiPolygon | null };
export type Comparison = Schemas['CoverageComparison'];
export type TrialFacility = Omit<Schemas['CoverageTrialFacility'], 'location'> & { location: Position };
export type Trial = Omit<Schemas['CoverageTrial'], 'facilities'> & { facilities: TrialFacility[] };
export type TrialFigures = Schemas['CoverageTrialFigures'];
export type TrialAnswer = Schemas['CoverageTrialAnswer'];
export type Change = Omit<Schemas['CoverageChange'], 'location' | 'line'> & {
  location?: Position;
  line?: Position[];
};
export type PathKind = NonNullable<Change['path']>;
export type PathGains = Schemas['CoveragePathGains'];

const at = (district: string, id: string) => ({ path: { district, id } });

export const profiles = async () =>
  (await value(client.GET('/facility-types', { params: { query: {} } }))).profiles;
export const network = (district: string) =>
  value(client.GET('/districts/{district}/network', { params: { path: { district } } }));

export const neighborhoods = async (district: string) =>
  (await value(client.GET('/districts/{district}/neighborhoods', { params: { path: { district } } }))).items;

export const useNeighborhoods = (d: string) =>
  useQuery({
    queryKey: [...keys.district(d), 'neighborhoods'],
    queryFn: () => neighborhoods(d),
    enabled: !!d,
    staleTime: 60_000,
  });

export const policy = (key: string) => value(client.GET('/policies/{key}', { params: { path: { key } } }));

// ---- what a run says
export const parts = async (district: string, id: string, by: PartKind) =>
  (await value(client.GET(`${RUN}/parts`, { params: { ...at(district, id), query: { by } } }))).items;
export const buildings = async (district: string, id: string, status: readonly Status[], cursor: string) => {
  const query = { status: [...status], limit: 100, ...(cursor ? { cursor } : {}) };
  const page = await value(client.GET(`${RUN}/buildings`, { params: { ...at(district, id), query } }));
  return as<{ items: BuildingCoverage[]; total: number; cursor: string }>(page);
};
export const proof = async (district: string, id: string, code: string) =>
  as<Proof>(await value(client.GET(`${RUN}/buildings/{code}`, { params: { path: { district, id, code } } })));
export const gaps = async (district: string, id: string) =>
  as<Gaps>(await value(client.GET(`${RUN}/gaps`, { params: at(district, id) })));
/** Without a facility: from any of the run's. */
export const isochrones = async (
  district: string,
  id: string,
  facility: string | null,
  limits: readonly number[],
) => {
  const query = { ...(facility ? { facility } : {}), limits: [...limits] };
  const list = await value(client.GET(`${RUN}/isochrones`, { params: { ...at(district, id), query } }));
  return as<Isochrone[]>(list.items);
};
export const comparison = (district: string, id: string, earlier: string) =>
  value(
    client.GET(`${RUN}/compare/{other}`, {
      params: { path: { district, id, other: earlier } },
    }),
  );

// ---- what-ifs
export const beginTrial = async (district: string, run: string) =>
  as<Trial>(await value(client.POST(`${RUN}/trials`, { params: at(district, run) })));
const changesOf = (changes: readonly Change[]) => as<Schemas['TrialChanges']>({ changes });
export const tryChanges = (district: string, trial: string, changes: readonly Change[]) =>
  value(client.POST(`${TRIAL}/changes`, { params: { path: { district, trial } }, body: changesOf(changes) }));
/** What each of the drawn paths gains by itself. */
export const rankPaths = (district: string, trial: string, changes: readonly Change[]) =>
  value(client.POST(`${TRIAL}/paths`, { params: { path: { district, trial } }, body: changesOf(changes) }));
export const endTrial = (district: string, trial: string) =>
  value<unknown>(client.DELETE(TRIAL, { params: { path: { district, trial } } }));
/** A place of a what-if becomes a proposed facility of a scenario. */
export const keepFacility = (
  district: string,
  scenario: string,
  body: { facility_type: string; name: string; location: Position; note: string },
) =>
  value(
    client.POST('/districts/{district}/scenarios/{code}/facilities', {
      params: { path: { district, code: scenario } },
      body,
    }),
  );
export const proposedFacilities = async (district: string, scenario: string) =>
  (
    await value(
      client.GET('/districts/{district}/scenarios/{code}/facilities', {
        params: { path: { district, code: scenario } },
      }),
    )
  ).items;

/** West, south, east, north of a shape; null where it has no points. */
export function boundsOf(shape: Geometry | null): Bounds | null {
  if (!shape || !('coordinates' in shape)) return null;
  const flat = (shape.coordinates as unknown[]).flat(Number.POSITIVE_INFINITY) as number[];
  const out: Bounds = [
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ];
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const [x = 0, y = 0] = [flat[i], flat[i + 1]];
    out[0] = Math.min(out[0], x);
    out[1] = Math.min(out[1], y);
    out[2] = Math.max(out[2], x);
    out[3] = Math.max(out[3], y);
  }
  return flat.length >= 2 ? out : null;
}

// ---- questions
const of = (d: string, run: string | null, what: string) => [...keys.coverage(d), what, run];

export const useProfiles = () =>
  useQuery({ queryKey: ['profiles'], queryFn: profiles, staleTime: Number.POSITIVE_INFINITY });
export const useNetwork = (d: string) =>
  useQuery({
    queryKey: [...keys.district(d), 'network'],
    queryFn: () => network(d),
    enabled: !!d,
    staleTime: 60_000,
  });
export const useParts = (d: string, run: string | null, by: PartKind) =>
  useQuery({
    queryKey: [...of(d, run, 'parts'), by],
    queryFn: () => parts(d, run ?? '', by),
    enabled: !!d && !!run,
  });
export const useRunBuildings = (d: string, run: string, status: readonly Status[]) =>
  useInfiniteQuery({
    queryKey: [...of(d, run, 'buildings'), ...status],
    queryFn: ({ pageParam }) => buildings(d, run, status, pageParam),
    initialPageParam: '',
    getNextPageParam: (last) => last.cursor || null,
  });
/** null where the building is not one of the run. */
export const useProof = (d: string, run: string | null, code: string | null) =>
  useQuery({
    queryKey: [...of(d, run, 'proof'), code],
    queryFn: () =>
      proof(d, run ?? '', code ?? '').catch((error: unknown) => {
        if (error instanceof Problem && error.status === 404) return null;
        throw error;
      }),
    enabled: !!d && !!run && !!code,
  });
export const useGaps = (d: string, run: string | null) =>
  useQuery({
    queryKey: of(d, run, 'gaps'),
    queryFn: () => gaps(d, run ?? ''),
    enabled: !!d && !!run,
  });
export const useIsochrones = (
  d: string,
  run: string | null,
  facility: string | null,
  limits: readonly number[],
) =>
  useQuery({
    queryKey: [...of(d, run, 'reach'), facility, ...limits],
    queryFn: () => isochrones(d, run ?? '', facility, limits),
    enabled: !!d && !!run,
    placeholderData: keepPreviousData,
  });
export const useComparison = (d: string, run: string, earlier: string | null) =>
  useQuery({
    queryKey: [...of(d, run, 'compare'), earlier],
    queryFn: () => comparison(d, run, earlier ?? ''),
    enabled: !!d && !!earlier,
  });
/** Proposed facilities of the scenario that is worked on. */
export const useProposedCount = (d: string, scenario: string | null) =>
  useQuery({
    queryKey: [...keys.scenarios(d), 'facilities', scenario],
    queryFn: () => proposedFacilities(d, scenario ?? ''),
    enabled: !!d && !!scenario,
    select: (list) => list.length,
  });
