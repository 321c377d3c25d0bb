// Surveys of residents: the list, one with its rows, what rows would amount to, annex 4.
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { FeatureCollection, MultiPolygon } from 'geojson';
import type { Bounds } from './nouns';
import { keys } from './queries';
import { BASE, client, ifMatch, value } from './request';
import type { components } from './schema';

type Schemas = components['schemas'];
export type Survey = Schemas['Survey'];
export type SurveyHead = Schemas['SurveyHead'];
export type SurveyCount = Schemas['SurveyCount'];
export type SurveyEntry = Schemas['SurveyEntry'];
export type SurveySide = Schemas['ConsentSide'];
export type SurveyStatistic = Schemas['SurveyStatistic'];
export type CountDraft = Schemas['SurveyCountDraft'];
export type SurveyDraft = Schemas['SurveyDraft'];
export type SurveyPatch = Schemas['SurveyPatch'];
export type PictureProperties = Schemas['SurveyPictureProperties'];
export type SurveyPicture = FeatureCollection<MultiPolygon, PictureProperties> & { whole: boolean };

const at = (district: string, id: string) => ({ path: { district, id } });

export const survey = (district: string, id: string) =>
  value(client.GET('/districts/{district}/surveys/{id}', { params: at(district, id) }));
export const openSurvey = (district: string, body: SurveyDraft) =>
  value(client.POST('/districts/{district}/surveys', { params: { path: { district } }, body }));
export const updateSurvey = (district: string, id: string, version: number, body: SurveyPatch) =>
  value(
    client.PATCH('/districts/{district}/surveys/{id}', {
      params: { ...at(district, id), header: ifMatch(version) },
      body,
    }),
  );
export const saveCounts = (district: string, id: string, version: number, counts: CountDraft[]) =>
  value(
    client.PUT('/districts/{district}/surveys/{id}/counts', {
      params: { ...at(district, id), header: ifMatch(version) },
      body: { counts },
    }),
  );
export const tryCounts = (district: string, id: string, counts: CountDraft[], signal?: AbortSignal) =>
  value(
    client.POST('/districts/{district}/surveys/{id}/trial', {
      params: at(district, id),
      body: { counts },
      signal,
    }),
  );
export const closeSurvey = (district: string, id: string, version: number) =>
  value(
    client.POST('/districts/{district}/surveys/{id}/close', {
      params: { ...at(district, id), header: ifMatch(version) },
      body: {},
    }),
  );
export const discardSurvey = (district: string, id: string, version: number) =>
  value(
    client.DELETE('/districts/{district}/surveys/{id}', {
      params: { ...at(district, id), header: ifMatch(version) },
    }),
  );
export const sheetsAddress = (district: string, id: string) =>
  `${BASE}/districts/${district}/surveys/${id}/sheets.xlsx`;
export const statisticsAddress = (district: string, subdistrict: string) =>
  `${BASE}/districts/${district}/survey-statistics.xlsx${subdistrict ? `?subdistrict=${encodeURIComponent(subdistrict)}` : ''}`;

// ---- questions
export interface SurveyFilter {
  q: string;
  state: 'asked' | 'none' | 'open' | 'late' | 'closed' | 'passed';
  subdistrict: string;
  sort: string;
}
export const surveyKeys = (d: string) => keys.surveys(d);

export const useSurveys = (d: string, filter: SurveyFilter) =>
  useInfiniteQuery({
    queryKey: [...keys.surveys(d), 'list', filter],
    queryFn: ({ pageParam, signal }) =>
      value(
        client.GET('/districts/{district}/surveys', {
          params: {
            path: { district: d },
            query: {
              q: filter.q.trim() || undefined,
              state: statesOf(filter.state),
              late: filter.state === 'late' || undefined,
              passed: filter.state === 'passed' ? 'true' : undefined,
              subdistricts: filter.subdistrict ? [filter.subdistrict] : undefined,
              sort: filter.sort,
              limit: 60,
              cursor: pageParam ?? undefined,
            },
          },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor || null,
    enabled: !!d,
    placeholderData: keepPreviousData,
  });
const statesOf = (state: SurveyFilter['state']) =>
  state === 'none' || state === 'open' || state === 'closed'
    ? [state]
    : state === 'asked'
      ? ['open' as const, 'closed' as const]
      : undefined;

/** Every community that was asked, for the colours of the map. */
export const useSurveyShares = (d: string) =>
  useQuery({
    queryKey: [...keys.surveys(d), 'shares'],
    queryFn: ({ signal }) =>
      value(client.GET('/districts/{district}/survey-shares', { params: { path: { district: d } }, signal })),
    enabled: !!d,
  });
/** The buildings of a box; null asks nothing. */
export const useSurveyPicture = (d: string, box: Bounds | null) =>
  useQuery({
    queryKey: [...keys.surveys(d), 'picture', box],
    queryFn: async ({ signal }) =>
      (await value(
        client.GET('/districts/{district}/survey-map', {
          params: { path: { district: d }, query: { bbox: box ?? [] } },
          signal,
        }),
      )) as unknown as SurveyPicture,
    enabled: !!d && box !== null,
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  });
export const useSurvey = (d: string, id: string | null) =>
  useQuery({
    queryKey: [...keys.surveys(d), 'one', id],
    queryFn: () => survey(d, id ?? ''),
    enabled: !!d && !!id,
  });
export const useSurveyRounds = (d: string, code: string) =>
  useQuery({
    queryKey: [...keys.surveys(d), 'rounds', code],
    queryFn: () =>
      value(
        client.GET('/districts/{district}/communities/{code}/surveys', {
          params: { path: { district: d, code } },
        }),
      ),
    enabled: !!d && !!code,
  });
/** What rows would amount to (null = nothing is asked); the last answer stays until the next has come. */
export const useTrial = (d: string, id: string, counts: CountDraft[] | null) =>
  useQuery({
    queryKey: [...keys.surveys(d), 'trial', id, counts],
    queryFn: ({ signal }) => tryCounts(d, id, counts ?? [], signal),
    enabled: !!d && counts !== null,
    placeholderData: keepPreviousData,
    retry: false,
    gcTime: 10_000,
  });
export const useStatistics = (d: string, subdistrict: string | null) =>
  useQuery({
    queryKey: [...keys.surveys(d), 'statistics', subdistrict],
    queryFn: () =>
      value(
        client.GET('/districts/{district}/survey-statistics', {
          params: { path: { district: d }, query: subdistrict ? { subdistrict } : {} },
        }),
      ),
    enabled: !!d && subdistrict !== null,
  });
