// New sites: their doors of the API and the questions that the app asks there.
import { useQuery } from '@tanstack/react-query';
import type * as n from './nouns';
import { keys } from './queries';
import { client, ifMatch, value } from './request';

/** Places are pairs of numbers, which the generated shapes cannot say. */
const as = <T>(v: unknown): T => v as T;
const ALL = '/districts/{district}/sitings';
const ONE = '/districts/{district}/sitings/{siting}';
const PROPOSED = '/districts/{district}/scenarios/{code}/facilities';

/** Newest first. */
export const sitings = async (district: string) =>
  as<n.Siting[]>((await value(client.GET(ALL, { params: { path: { district } } }))).items);
export const siting = async (district: string, id: string) =>
  as<n.Siting>(await value(client.GET(ONE, { params: { path: { district, siting: id } } })));
export const askSites = async (district: string, body: n.SitingRequest) =>
  as<n.Siting>(await value(client.POST(ALL, { params: { path: { district } }, body })));
/** Stops the search; the best answer so far stays. */
export const stopSiting = async (district: string, id: string) =>
  as<n.Siting>(await value(client.DELETE(ONE, { params: { path: { district, siting: id } } })));
/** Makes proposed facilities of sites; gives back those. */
export const acceptSites = async (district: string, id: string, body: n.SiteAcceptance) =>
  as<n.Proposed[]>(
    (await value(client.POST(`${ONE}/accept`, { params: { path: { district, siting: id } }, body }))).items,
  );

export const proposedFacilities = async (district: string, scenario: string) =>
  as<n.Proposed[]>(
    (await value(client.GET(PROPOSED, { params: { path: { district, code: scenario } } }))).items,
  );
export const proposeFacility = async (district: string, scenario: string, body: n.NewProposed) =>
  as<n.Proposed>(
    await value(client.POST(PROPOSED, { params: { path: { district, code: scenario } }, body })),
  );
export const withdrawFacility = (
  district: string,
  { scenario, code, version }: Pick<n.Proposed, 'scenario' | 'code' | 'version'>,
) =>
  value<unknown>(
    client.DELETE(`${PROPOSED}/{facility}`, {
      params: { path: { district, code: scenario, facility: code }, header: ifMatch(version) },
    }),
  );

export const underWay = (s: Pick<n.Siting, 'state'> | undefined): boolean =>
  s?.state === 'queued' || s?.state === 'running';

// ---- questions
export const useSitings = (d: string) =>
  useQuery({ queryKey: [...keys.sitings(d), 'list'], queryFn: () => sitings(d), enabled: !!d });
export const useSiting = (d: string, id: string | null) =>
  useQuery({
    queryKey: [...keys.sitings(d), 'one', id],
    queryFn: () => siting(d, id ?? ''),
    enabled: !!d && !!id,
    // Events bring each better answer; the end of the work is not missed even if one is lost.
    refetchInterval: (q) => (underWay(q.state.data) ? 1000 : false),
  });
/** The proposed facilities of a scenario. */
export const useProposed = (d: string, scenario: string | null) =>
  useQuery({
    queryKey: [...keys.proposed(d), scenario],
    queryFn: () => proposedFacilities(d, scenario ?? ''),
    enabled: !!d && !!scenario,
  });
