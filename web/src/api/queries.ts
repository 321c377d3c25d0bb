// Server state: one hook per question, one place for the cache keys, so that
// the event stream can say exactly what is stale.
import { type QueryClient, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { CommunityFilter } from '../state/address';
import { useWorkbench } from '../state/workbench';
import * as api from './endpoints';
import type { Change, Job } from './nouns';
import { Problem } from './request';

export const keys = {
  session: ['session'] as const,
  provider: ['provider'] as const,
  districts: ['districts'] as const,
  district: (d: string) => ['district', d] as const,
  subdistricts: (d: string) => ['district', d, 'subdistricts'] as const,
  communities: (d: string) => ['district', d, 'communities'] as const,
  buildings: (d: string) => ['district', d, 'buildings'] as const,
  facilities: (d: string) => ['district', d, 'facilities'] as const,
  idleBuildings: (d: string) => ['district', d, 'idle-buildings'] as const,
  zones: (d: string) => ['district', d, 'zones'] as const,
  scenarios: (d: string) => ['district', d, 'scenarios'] as const,
  links: (d: string) => ['district', d, 'links'] as const,
  proposals: (d: string) => ['district', d, 'proposals'] as const,
  coverage: (d: string) => ['district', d, 'coverage'] as const,
  scorecards: (d: string) => ['district', d, 'coverage', 'scorecards'] as const,
  services: (d: string) => ['district', d, 'services'] as const,
  sitings: (d: string) => ['district', d, 'sitings'] as const,
  proposed: (d: string) => ['district', d, 'scenarios', 'facilities'] as const,
  surveys: (d: string) => ['district', d, 'surveys'] as const,
  packages: (d: string) => ['district', d, 'packages'] as const,
  inspections: (d: string) => ['district', d, 'inspections'] as const,
  /** Imports that can be taken back, and what they changed. */
  imports: (d: string) => ['district', d, 'imports'] as const,
  habits: (d: string) => ['district', d, 'import-habits'] as const,
  jobs: (d: string) => ['district', d, 'jobs'] as const,
  projects: (d: string) => ['district', d, 'projects'] as const,
  files: (d: string) => ['district', d, 'files'] as const,
  policy: (d: string) => ['district', d, 'policy'] as const,
  /** The bureau's board and each person's tasks, which sum up everything else. */
  board: (d: string) => ['district', d, 'board'] as const,
  approvals: (d: string) => ['district', d, 'approvals'] as const,
  works: (d: string) => ['district', d, 'works'] as const,
  funds: (d: string) => ['district', d, 'funds'] as const,
  progress: (d: string) => ['district', d, 'progress'] as const,
  accounts: ['accounts'] as const,
  /** Of an account, or of the person who is signed in. */
  sessions: (account: string) => ['sessions', account] as const,
  tokens: (account: string) => ['tokens', account] as const,
  audit: ['audit'] as const,
};

/** Questions that a change of a layer makes stale. */
export function staleAfter(district: string, change: Change): (readonly string[])[] {
  switch (change.layer) {
    case 'communities':
      return [
        keys.communities(district),
        keys.zones(district),
        keys.scenarios(district),
        keys.projects(district),
        keys.subdistricts(district),
        keys.services(district),
        keys.files(district),
        keys.policy(district),
      ];
    case 'buildings':
      return [
        keys.buildings(district),
        keys.communities(district),
        keys.zones(district),
        keys.scenarios(district),
        keys.services(district),
      ];
    case 'facilities':
      return [keys.facilities(district), keys.services(district)];
    case 'idle_buildings':
      return [keys.idleBuildings(district)];
    case 'zones':
      return [keys.zones(district), keys.services(district)];
    case 'scenarios':
      return [keys.scenarios(district)];
    case 'sitings':
      return [keys.sitings(district)];
    case 'proposed':
      return [keys.proposed(district), keys.services(district)];
    case 'links':
      return [keys.links(district), [...keys.zones(district), 'contiguity']];
    case 'strings':
      return [[...keys.zones(district), 'strings']];
    case 'proposals':
      return [keys.proposals(district)];
    case 'coverage':
      return [keys.coverage(district)];
    case 'subdistricts':
      return [keys.subdistricts(district)];
    case 'surveys':
      // Its counts may have become the community's.
      return [keys.surveys(district), keys.communities(district)];
    case 'jobs':
      return [
        keys.jobs(district),
        keys.packages(district),
        keys.inspections(district),
        keys.imports(district),
      ];
    case 'packages':
      return [keys.packages(district)];
    case 'inspections':
      return [keys.inspections(district), keys.habits(district)];
    case 'imports':
      return [keys.imports(district), keys.jobs(district)];
    case 'projects':
      return [keys.projects(district), [...keys.policy(district), 'strays']];
    case 'dossiers':
      return [keys.files(district)];
    case 'policy':
      return [keys.policy(district), keys.district(district), keys.projects(district)];
    case 'progress':
      // Milestones do steps of the approval.
      return [keys.progress(district), keys.approvals(district)];
    case 'approvals':
      return [keys.approvals(district)];
    case 'works':
      // The sum of the works is the investment that the approval is decided by.
      return [keys.works(district), keys.funds(district), keys.approvals(district)];
    case 'funds':
      return [keys.funds(district), keys.works(district)];
    case '':
      return [keys.district(district)];
    default:
      return [];
  }
}
/** Layers that the board does not sum up. */
const unseen = new Set([
  'buildings',
  'facilities',
  'idle_buildings',
  'links',
  'strings',
  'proposals',
  'sitings',
  'proposed',
  'jobs',
  'packages',
  'inspections',
  'imports',
  'subdistrict_shapes',
  'community_shapes',
  'zone_shapes',
  'building_blocks',
  'base_shapes',
]);
export function invalidate(client: QueryClient, district: string, change: Change): void {
  // Better answers of a proposal come faster than they can be fetched: one that is under way may arrive.
  const cancelRefetch = change.layer !== 'proposals';
  for (const key of staleAfter(district, change))
    void client.invalidateQueries({ queryKey: key }, { cancelRefetch });
  if (!unseen.has(change.layer)) void client.invalidateQueries({ queryKey: keys.board(district) });
  // A project's file shows its survey's counts, its budget and its acceptance.
  if (['surveys', 'dossiers', 'funds', 'progress'].includes(change.layer))
    void client.invalidateQueries({ queryKey: keys.projects(district) });
  // The district itself carries the counts.
  if (['communities', 'buildings', 'facilities', 'zones'].includes(change.layer))
    void client.invalidateQueries({ queryKey: keys.district(district), exact: true });
}

export const retry = (failures: number, error: unknown) =>
  error instanceof Problem ? (error.offline || error.status >= 500) && failures < 2 : failures < 2;

export const useSession = () =>
  useQuery({
    queryKey: keys.session,
    queryFn: api.session,
    staleTime: 5 * 60_000,
    retry: (n, e) => e instanceof Problem && e.offline && n < 2,
  });
export const useDistricts = () =>
  useQuery({ queryKey: keys.districts, queryFn: api.districts, staleTime: 60_000 });
export const useDistrict = (d: string) =>
  useQuery({ queryKey: keys.district(d), queryFn: () => api.district(d), enabled: !!d, staleTime: 60_000 });
export const useSubdistricts = (d: string) =>
  useQuery({
    queryKey: keys.subdistricts(d),
    queryFn: () => api.subdistricts(d),
    enabled: !!d,
    staleTime: 60_000,
  });

export function communityQuery(filter: CommunityFilter): api.CommunityQuery {
  return {
    q: filter.q.trim() || undefined,
    eligibility: filter.eligibility.length ? filter.eligibility : undefined,
    subdistricts: filter.subdistricts.length ? filter.subdistricts : undefined,
    year_from: filter.yearFrom ?? undefined,
    year_to: filter.yearTo ?? undefined,
  };
}
export const useCommunities = (d: string, filter: CommunityFilter, sort: string) =>
  useInfiniteQuery({
    queryKey: [...keys.communities(d), 'list', filter, sort],
    queryFn: ({ pageParam, signal }) =>
      api.communities(
        d,
        { ...communityQuery(filter), sort, limit: 100, cursor: pageParam ?? undefined },
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor || null,
    enabled: !!d,
    placeholderData: (before) => before,
  });
/** How many communities each verdict has under the other filters. */
export const useVerdictCounts = (d: string, filter: CommunityFilter) =>
  useQuery({
    queryKey: [...keys.communities(d), 'counts', { ...filter, eligibility: [] }],
    queryFn: async ({ signal }) => {
      const ask = (eligibility: 'in' | 'out' | 'borderline') =>
        api
          .communities(d, { ...communityQuery(filter), eligibility: [eligibility], limit: 1 }, signal)
          .then((p) => p.total);
      const [inside, borderline, out] = await Promise.all([ask('in'), ask('borderline'), ask('out')]);
      return { in: inside, borderline, out };
    },
    enabled: !!d,
    placeholderData: (before) => before,
  });
export const useCommunity = (d: string, code: string | null) =>
  useQuery({
    queryKey: [...keys.communities(d), 'one', code],
    queryFn: () => api.community(d, code ?? ''),
    enabled: !!d && !!code,
  });
export const useCommunityBuildings = (d: string, code: string | null) =>
  useQuery({
    queryKey: [...keys.buildings(d), 'of', code],
    queryFn: () => api.communityBuildings(d, code ?? ''),
    enabled: !!d && !!code,
  });
export const useBuilding = (d: string, code: string | null) =>
  useQuery({
    queryKey: [...keys.buildings(d), 'one', code],
    queryFn: () => api.building(d, code ?? ''),
    enabled: !!d && !!code,
  });
export const useFacility = (d: string, code: string | null) =>
  useQuery({
    queryKey: [...keys.facilities(d), 'one', code],
    queryFn: () => api.facility(d, code ?? ''),
    enabled: !!d && !!code,
  });
export const useIdleBuilding = (d: string, code: string | null) =>
  useQuery({
    queryKey: [...keys.idleBuildings(d), 'one', code],
    queryFn: () => api.idleBuilding(d, code ?? ''),
    enabled: !!d && !!code,
  });
export const useFacilitiesOf = (d: string, type: string | null) =>
  useQuery({
    queryKey: [...keys.facilities(d), 'type', type],
    queryFn: () => api.facilities(d, type ?? ''),
    enabled: !!d && !!type,
  });
export const useFacilityTypes = (profile: string) =>
  useQuery({
    queryKey: ['facility-types', profile],
    queryFn: () => api.facilityTypes(profile),
    staleTime: Number.POSITIVE_INFINITY,
  });
/** The zones of a scenario (null = the main one); without one named, of the scenario that is worked on. */
export function useZones(d: string, scenario?: string | null) {
  const worked = useWorkbench((s) => (s.district === d ? s.scenario : null));
  const of = scenario === undefined ? worked : scenario;
  return useQuery({
    queryKey: [...keys.zones(d), 'list', of],
    queryFn: () => api.zones(d, of),
    enabled: !!d,
  });
}
export const useZone = (d: string, code: string | null) =>
  useQuery({
    queryKey: [...keys.zones(d), 'one', code],
    queryFn: () => api.zone(d, code ?? ''),
    enabled: !!d && !!code,
  });
export const useZoneCommunities = (d: string, code: string | null) =>
  useQuery({
    queryKey: [...keys.zones(d), 'communities', code],
    queryFn: () => api.zoneCommunities(d, code ?? ''),
    enabled: !!d && !!code,
  });
export const useRuns = (d: string) =>
  useQuery({ queryKey: [...keys.coverage(d), 'list'], queryFn: () => api.coverageRuns(d), enabled: !!d });
export const useRun = (d: string, id: string | null) =>
  useQuery({
    queryKey: [...keys.coverage(d), 'one', id],
    queryFn: () => api.coverageRun(d, id ?? ''),
    enabled: !!d && !!id,
  });
export const useRunCommunities = (d: string, id: string | null) =>
  useQuery({
    queryKey: [...keys.coverage(d), 'communities', id],
    queryFn: () => api.coverageCommunities(d, id ?? ''),
    enabled: !!d && !!id,
  });
/** Imports of every way a file may come in, newest first. */
export const useJobs = (d: string) =>
  useQuery({
    queryKey: [...keys.jobs(d), 'list'],
    queryFn: async () =>
      merged(...(await Promise.all(['import', 'inspect_import'].map((kind) => api.jobs(d, kind))))),
    enabled: !!d,
  });

/** Jobs of several kinds as one list, newest first, each once. */
export function merged(...lists: readonly (readonly Job[])[]): Job[] {
  const byId = new Map(lists.flat().map((j) => [j.id, j]));
  return [...byId.values()].sort((a, b) => b.created_at.localeCompare(a.created_at));
}
