// Scenarios: their doors of the API and the questions that the app asks there.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type * as n from './nouns';
import { keys } from './queries';
import { client, ifMatch, value } from './request';
import type { components } from './schema';

/** Rules name four barriers and zones are MultiPolygons, which the generated shapes cannot say. */
const as = <T>(v: unknown): T => v as T;
type Schemas = components['schemas'];

const ALL = '/districts/{district}/scenarios';
const ONE = '/districts/{district}/scenarios/{code}';

export const scenarios = async (district: string) =>
  as<n.Scenario[]>((await value(client.GET(ALL, { params: { path: { district } } }))).items);
export const scenario = async (district: string, code: string) =>
  as<n.Scenario>(await value(client.GET(ONE, { params: { path: { district, code } } })));
export const createScenario = async (district: string, body: n.ScenarioDraft) =>
  as<n.Scenario>(await value(client.POST(ALL, { params: { path: { district } }, body })));
export const patchScenario = async (district: string, code: string, version: number, body: n.ScenarioPatch) =>
  as<n.Scenario>(
    await value(
      client.PATCH(ONE, {
        params: { path: { district, code }, header: ifMatch(version) },
        body: as<Schemas['ScenarioPatch']>(body),
      }),
    ),
  );
export const deleteScenario = (district: string, code: string, version: number) =>
  value<unknown>(client.DELETE(ONE, { params: { path: { district, code }, header: ifMatch(version) } }));
/** Newest first; `before` is the number of the revision that the last page ended with. */
export const revisions = async (district: string, code: string, limit: number, before: number | null) =>
  (
    await value(
      client.GET(`${ONE}/revisions`, {
        params: { path: { district, code }, query: { limit, before: before ?? undefined } },
      }),
    )
  ).items;
/** The zones as they were at a revision. */
export const zonesAt = async (district: string, code: string, revision: number) =>
  as<n.Zone[]>(
    (await value(client.GET(`${ONE}/zones`, { params: { path: { district, code }, query: { revision } } })))
      .items,
  );
export const restore = async (district: string, code: string, revision: number) =>
  as<n.Edit>(
    await value(client.POST(`${ONE}/restore`, { params: { path: { district, code } }, body: { revision } })),
  );
/** Takes a revision back; taking that revision back again is the redo. */
export const undoRevision = async (district: string, code: string, revision: number) =>
  as<n.Edit>(
    await value(client.POST(`${ONE}/undo`, { params: { path: { district, code } }, body: { revision } })),
  );
export const compare = async (district: string, code: string, other: string, revision: number | null) =>
  as<n.Comparison>(
    await value(
      client.GET(`${ONE}/compare`, {
        params: { path: { district, code }, query: { with: other, with_revision: revision ?? undefined } },
      }),
    ),
  );
/** Copies zones of another scenario into this one. */
export const take = async (district: string, code: string, from: string, zones: readonly string[]) =>
  as<n.Edit>(
    await value(
      client.POST(`${ONE}/take`, { params: { path: { district, code } }, body: { from, zones: [...zones] } }),
    ),
  );

// ---- questions
export const useScenarios = (d: string) =>
  useQuery({ queryKey: [...keys.scenarios(d), 'list'], queryFn: () => scenarios(d), enabled: !!d });

const PAGE = 40;
export const useRevisions = (d: string, code: string | null) =>
  useInfiniteQuery({
    queryKey: [...keys.scenarios(d), 'revisions', code],
    queryFn: ({ pageParam }) => revisions(d, code ?? '', PAGE, pageParam),
    initialPageParam: null as number | null,
    getNextPageParam: (last) => (last.length < PAGE ? null : (last.at(-1)?.revision ?? null)),
    enabled: !!d && !!code,
  });
/** A revision never changes, so it is asked for once. */
export const useZonesAt = (d: string, code: string | null, revision: number | null) =>
  useQuery({
    queryKey: ['zones-at', d, code, revision],
    queryFn: () => zonesAt(d, code ?? '', revision ?? 0),
    enabled: !!d && !!code && revision !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
export const useComparison = (
  d: string,
  code: string | null,
  other: string | null,
  revision: number | null,
) =>
  useQuery({
    queryKey: [...keys.scenarios(d), 'comparison', code, other, revision],
    queryFn: () => compare(d, code ?? '', other ?? '', revision),
    enabled: !!d && !!code && !!other,
  });
