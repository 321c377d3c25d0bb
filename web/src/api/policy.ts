// The plan that a district follows: its readings, what others would change, and
// the plan's text as data.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { keys } from './queries';
import { client, ifMatch, value } from './request';
import type { components } from './schema';

type Schemas = components['schemas'];
export type Policy = Schemas['Policy'];
export type PolicyChoice = Schemas['PolicyChoice'];
export type ChosenParameter = Schemas['ChosenParameter'];
export type PolicyDraft = Schemas['PolicyDraft'];
export type PolicyDiff = Schemas['PolicyDiff'];
export type Flip = Omit<Schemas['Flip'], 'location'> & { location: [number, number] | null };
export type Verdict = Schemas['Flip']['before'];
export type ParameterEffect = Schemas['ParameterEffect'];
export type Stray = Schemas['Stray'];

export const policyKeys = {
  choice: (d: string) => [...keys.policy(d), 'choice'] as const,
  readings: (d: string) => [...keys.policy(d), 'readings'] as const,
  strays: (d: string) => [...keys.policy(d), 'strays'] as const,
  diff: (d: string, draft: PolicyDraft | null) => [...keys.policy(d), 'diff', draft] as const,
};

const of = (district: string) => ({ path: { district } });

export const policyChoice = (district: string) =>
  value(client.GET('/districts/{district}/policy', { params: of(district) }));
export const savePolicy = (district: string, version: number, body: PolicyDraft) =>
  value(
    client.PUT('/districts/{district}/policy', {
      params: { ...of(district), header: ifMatch(version) },
      body,
    }),
  );
export const diffPolicy = (district: string, body: PolicyDraft, signal?: AbortSignal) =>
  value(client.POST('/districts/{district}/policy/diff', { params: of(district), body, signal }));

export const usePolicyChoice = (d: string) =>
  useQuery({ queryKey: policyKeys.choice(d), queryFn: () => policyChoice(d), enabled: !!d });
/** What each reading would make of the communities. */
export const useReadings = (d: string) =>
  useQuery({
    queryKey: policyKeys.readings(d),
    queryFn: () => value(client.GET('/districts/{district}/policy/readings', { params: of(d) })),
    enabled: !!d,
  });
/** What the draft would change (null = there is none); the last answer stays until the next has come. */
export const usePolicyDiff = (d: string, draft: PolicyDraft | null) =>
  useQuery({
    queryKey: policyKeys.diff(d, draft),
    queryFn: ({ signal }) => diffPolicy(d, draft ?? {}, signal),
    enabled: !!d && draft !== null,
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  });
export const useStrays = (d: string) =>
  useQuery({
    queryKey: policyKeys.strays(d),
    queryFn: () => value(client.GET('/districts/{district}/policy/strays', { params: of(d) })),
    enabled: !!d,
  });
export const usePolicies = () =>
  useQuery({
    queryKey: ['policies'],
    queryFn: () => value(client.GET('/policies')),
    staleTime: Number.POSITIVE_INFINITY,
  });
export const usePolicy = (key: string) =>
  useQuery({
    queryKey: ['policies', key],
    queryFn: () => value(client.GET('/policies/{key}', { params: { path: { key } } })),
    enabled: !!key,
    staleTime: Number.POSITIVE_INFINITY,
  });
