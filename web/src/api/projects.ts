// Project libraries: lists, one project with what can be done next, its steps.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { keys } from './queries';
import { client, ifMatch, value } from './request';
import type { components } from './schema';

type Schemas = components['schemas'];
export type Project = Schemas['Project'];
export type ProjectFile = Schemas['ProjectFile'];
export type ProjectMember = Schemas['ProjectMember'];
export type EntryCondition = Schemas['EntryCondition'];
export type Priority = Schemas['ProjectPriority'];
export type PriorityItem = Schemas['PriorityItem'];
export type ProjectGroup = Schemas['ProjectGroup'];
export type Overview = Schemas['Overview'];
export type NewProject = Schemas['NewProject'];
export type ProjectPatch = Schemas['ProjectPatch'];
export type ZonesAsk = Schemas['ZonesAsk'];
export type ZonesMade = Schemas['ZonesMade'];
export type Library = Project['library'];
export type State = Project['state'];
export type Phase = NonNullable<Project['phase']>;
export type Outcome = EntryCondition['outcome'];
/** Steps of the intake that have an address of their own. */
export const intakeSteps = ['accept', 'confirm', 'return', 'withdraw', 'reapply', 'close'] as const;
export type IntakeStep = (typeof intakeSteps)[number];
export type Step = ProjectFile['steps'][number]['step'];

/** What the list shows; empty is everything. */
export interface ProjectFilter {
  q: string;
  library: Library | '';
  /** A state, a phase of confirmed ones, or those that left the scope. */
  stand: State | Phase | 'strays' | 'live' | '';
  year: number | null;
}
export const allProjects: ProjectFilter = { q: '', library: '', stand: 'live', year: null };

const states: readonly string[] = ['applied', 'accepted', 'confirmed', 'returned', 'withdrawn', 'closed'];
const phases: readonly string[] = ['reserve', 'plan', 'implement'];
function queryOf(f: ProjectFilter) {
  return {
    q: f.q.trim() || undefined,
    library: f.library ? [f.library] : undefined,
    state: states.includes(f.stand) ? [f.stand as State] : undefined,
    phase: phases.includes(f.stand) ? [f.stand as Phase] : undefined,
    strays: f.stand === 'strays' || undefined,
    live: f.stand === 'live' ? ('true' as const) : undefined,
    year: f.year ?? undefined,
  };
}

const at = (district: string, code: string) => ({ path: { district, code } });

export const project = (district: string, code: string) =>
  value(client.GET('/districts/{district}/projects/{code}', { params: at(district, code) }));
export const createProject = (district: string, body: NewProject) =>
  value(client.POST('/districts/{district}/projects', { params: { path: { district } }, body }));
export const updateProject = (district: string, code: string, version: number, body: ProjectPatch) =>
  value(
    client.PATCH('/districts/{district}/projects/{code}', {
      params: { ...at(district, code), header: ifMatch(version) },
      body,
    }),
  );
export const setCommunities = (
  district: string,
  code: string,
  version: number,
  communities: string[],
  reason: string,
) =>
  value(
    client.PUT('/districts/{district}/projects/{code}/communities', {
      params: { ...at(district, code), header: ifMatch(version) },
      body: { communities, reason },
    }),
  );
export const setPhase = (district: string, code: string, version: number, body: Schemas['ProjectPhasing']) =>
  value(
    client.PUT('/districts/{district}/projects/{code}/phase', {
      params: { ...at(district, code), header: ifMatch(version) },
      body,
    }),
  );
export const takeStep = (
  district: string,
  code: string,
  version: number,
  step: IntakeStep,
  body: Schemas['StepAsk'],
) =>
  value(
    client.POST(`/districts/{district}/projects/{code}/${step}`, {
      params: { ...at(district, code), header: ifMatch(version) },
      body,
    }),
  );
/** Answers with the new project. */
export const goOn = (
  district: string,
  code: string,
  version: number,
  way: 'promote' | 'follow',
  body: Schemas['Continuation'],
) =>
  value(
    client.POST(`/districts/{district}/projects/{code}/${way}`, {
      params: { ...at(district, code), header: ifMatch(version) },
      body,
    }),
  );
export const projectsFromZones = (district: string, body: ZonesAsk) =>
  value(client.POST('/districts/{district}/projects-from-zones', { params: { path: { district } }, body }));

// ---- questions
export const useProjects = (d: string, filter: ProjectFilter, sort: string) =>
  useInfiniteQuery({
    queryKey: [...keys.projects(d), 'list', filter, sort],
    queryFn: ({ pageParam, signal }) =>
      value(
        client.GET('/districts/{district}/projects', {
          params: {
            path: { district: d },
            query: { ...queryOf(filter), sort: sort || undefined, limit: 60, cursor: pageParam ?? undefined },
          },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor || null,
    enabled: !!d,
    placeholderData: (before) => before,
  });
export const useProject = (d: string, code: string | null) =>
  useQuery({
    queryKey: [...keys.projects(d), 'one', code],
    queryFn: () => project(d, code ?? ''),
    enabled: !!d && !!code,
  });
export const useOverview = (d: string) =>
  useQuery({
    queryKey: [...keys.projects(d), 'overview'],
    queryFn: () =>
      value(client.GET('/districts/{district}/projects-overview', { params: { path: { district: d } } })),
    enabled: !!d,
  });
export const usePriorities = (d: string, library: Library) =>
  useQuery({
    queryKey: [...keys.projects(d), 'priorities', library],
    queryFn: () =>
      value(
        client.GET('/districts/{district}/project-priorities', {
          params: { path: { district: d }, query: { library } },
        }),
      ),
    enabled: !!d,
  });
export const useGroups = (d: string, by: 'neighborhood' | 'zone' | 'subdistrict') =>
  useQuery({
    queryKey: [...keys.projects(d), 'groups', by],
    queryFn: () =>
      value(
        client.GET('/districts/{district}/project-groups', {
          params: { path: { district: d }, query: { by } },
        }),
      ),
    enabled: !!d,
  });
/** The live project of a community, or of a zone. */
export const useProjectsOf = (d: string, of: { community: string } | { zone: string; scenario?: string }) =>
  useQuery({
    queryKey: [...keys.projects(d), 'of', of],
    queryFn: () =>
      value(
        client.GET('/districts/{district}/projects', {
          params: { path: { district: d }, query: { ...of, live: 'true' } },
        }),
      ),
    enabled: !!d,
  });
