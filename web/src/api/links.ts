// Links between communities, and what they make of a zone: contiguity and
// strings. Their doors of the API and the questions that the app asks there.
import { useQuery } from '@tanstack/react-query';
import type * as n from './nouns';
import { keys } from './queries';
import { BASE, client, value } from './request';

/** Lines are LineStrings and bounds are four numbers, which the generated shapes cannot say. */
const as = <T>(v: unknown): T => v as T;
const enc = encodeURIComponent;

/** The links of a community, nearest first. */
export const links = async (district: string, community: string) =>
  as<n.Links>(
    await value(
      client.GET('/districts/{district}/links', {
        params: { path: { district }, query: { community, limit: 500 } },
      }),
    ),
  );
export const overrideLink = async (
  district: string,
  a: string,
  b: string,
  body: { verdict: 'together' | 'never'; reason: string },
) =>
  as<n.Link>(
    await value(
      client.PUT('/districts/{district}/links/{a}/{b}', { params: { path: { district, a, b } }, body }),
    ),
  );
export const clearLink = (district: string, a: string, b: string) =>
  value<unknown>(
    client.DELETE('/districts/{district}/links/{a}/{b}', { params: { path: { district, a, b } } }),
  );

export const contiguity = async (district: string, code: string) =>
  as<n.Contiguity>(
    await value(
      client.GET('/districts/{district}/zones/{code}/contiguity', { params: { path: { district, code } } }),
    ),
  );
export const strings = async (district: string, code: string) =>
  as<n.Strings>(
    await value(
      client.GET('/districts/{district}/zones/{code}/strings', { params: { path: { district, code } } }),
    ),
  );
export const stringsAddress = (district: string, code: string, format: 'geojson' | 'csv') =>
  `${BASE}/districts/${enc(district)}/zones/${enc(code)}/strings?format=${format}`;

// ---- questions
export const useLinks = (d: string, community: string | null) =>
  useQuery({
    queryKey: [...keys.links(d), 'of', community],
    queryFn: () => links(d, community ?? ''),
    enabled: !!d && !!community,
  });
export const useContiguity = (d: string, zone: string | null) =>
  useQuery({
    queryKey: [...keys.zones(d), 'contiguity', zone],
    queryFn: () => contiguity(d, zone ?? ''),
    enabled: !!d && !!zone,
    // Links that are being computed anew are soon there; their event may have come before the answer.
    refetchInterval: (q) => (q.state.data?.stale ? 2000 : false),
  });
export const useStrings = (d: string, zone: string | null) =>
  useQuery({
    queryKey: [...keys.zones(d), 'strings', zone],
    queryFn: () => strings(d, zone ?? ''),
    enabled: !!d && !!zone,
  });
