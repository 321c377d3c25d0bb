// Scorecards and services: their doors of the API and the questions that the
// app asks there.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type * as n from './nouns';
import { keys } from './queries';
import { BASE, client, value } from './request';

const ALL = '/districts/{district}/coverage/batches';

/** Newest first, without their runs. */
export const scorecards = async (district: string) =>
  (await value(client.GET(ALL, { params: { path: { district } } }))).items;
export const scorecard = (district: string, batch: string): Promise<n.Scorecard> =>
  value(client.GET(`${ALL}/{batch}`, { params: { path: { district, batch } } }));
export const makeScorecard = (district: string, body: n.ScorecardAsk): Promise<n.Batch> =>
  value(client.POST(ALL, { params: { path: { district } }, body }));
export const scorecardFile = (district: string, batch: string, format: 'xlsx' | 'csv') =>
  `${BASE}/districts/${encodeURIComponent(district)}/coverage/batches/${encodeURIComponent(batch)}/export?format=${format}`;

export type Method = n.Services['method'];
export type Walker = 'adult' | 'elder' | 'frail';
/** How services are measured; nothing but the method and the scenario is asked for here. */
export interface ServiceAsk {
  method: Method;
  scenario?: string;
}
export const zoneServices = (district: string, code: string, query: ServiceAsk): Promise<n.Services> =>
  value(
    client.GET('/districts/{district}/zones/{code}/services', {
      params: { path: { district, code }, query },
    }),
  );
export const communityServices = (district: string, code: string, query: ServiceAsk): Promise<n.Services> =>
  value(
    client.GET('/districts/{district}/communities/{code}/services', {
      params: { path: { district, code }, query },
    }),
  );

// ---- questions
export const useScorecards = (d: string) =>
  useQuery({ queryKey: [...keys.scorecards(d), 'list'], queryFn: () => scorecards(d), enabled: !!d });
export const useScorecard = (d: string, batch: string | null) =>
  useQuery({
    queryKey: ['district', d, 'scorecard', batch],
    queryFn: () => scorecard(d, batch ?? ''),
    enabled: !!d && !!batch,
    // What was stored never changes.
    staleTime: Number.POSITIVE_INFINITY,
  });
/** The last method's answer stays until the next has come. */
export const useServices = (d: string, kind: 'zone' | 'community', code: string, ask: ServiceAsk) =>
  useQuery({
    queryKey: [...keys.services(d), kind, code, ask],
    queryFn: () => (kind === 'zone' ? zoneServices : communityServices)(d, code, ask),
    enabled: !!d && !!code,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
