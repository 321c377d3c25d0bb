// What projects renovate, who pays for it, the price book, and the fund pool.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { keys } from './queries';
import { client, ifMatch, value } from './request';
import type { components } from './schema';

type Schemas = components['schemas'];
/** The catalogue as a menu, with what speaks for each item, and the answers. */
export type Works = Schemas['Works'];
export type WorksItem = Schemas['WorksItem'];
export type WorksLineDraft = Schemas['WorksLineDraft'];
export type Evidence = Schemas['WorksEvidence'];
export type PriceBook = Schemas['WorksBook'];
export type Price = Schemas['WorksPrice'];
/** Who pays for a project. */
export type Money = Schemas['WorksMoney'];
export type MoneyDraft = Schemas['WorksMoneyDraft'];
export type SourceShare = Schemas['WorksSourceShare'];
export type Apportionment = Schemas['WorksApportionment'];
export type ApportionPart = Schemas['WorksApportionPart'];
export type ApportionGroup = Schemas['WorksApportionGroup'];
export type Apportioned = Schemas['WorksApportioned'];
/** The fund pool beside the project pool. */
export type Pool = Schemas['WorksPool'];
export type PoolYear = Schemas['WorksYear'];
export type YearPool = Schemas['WorksYearPool'];
export type PoolProject = Schemas['WorksPoolProject'];
export type Fund = Schemas['WorksFund'];
export type FundDraft = Schemas['WorksFundDraft'];
export type Match = Schemas['WorksMatch'];
export type MatchProject = Schemas['WorksMatchProject'];
export type Allocation = Schemas['WorksAllocation'];

const of = (district: string, code: string) => ({ path: { district, code } });

export const works = (d: string, code: string) =>
  value(client.GET('/districts/{district}/projects/{code}/works', { params: of(d, code) }));
export const saveWorks = (d: string, code: string, version: number, lines: WorksLineDraft[]) =>
  value(
    client.PUT('/districts/{district}/projects/{code}/works', {
      params: { ...of(d, code), header: ifMatch(version) },
      body: { lines },
    }),
  );
export const money = (d: string, code: string) =>
  value(client.GET('/districts/{district}/projects/{code}/money', { params: of(d, code) }));
export const saveMoney = (d: string, code: string, version: number, body: MoneyDraft) =>
  value(
    client.PUT('/districts/{district}/projects/{code}/money', {
      params: { ...of(d, code), header: ifMatch(version) },
      body,
    }),
  );
export const apportion = (d: string, code: string, body: Apportionment) =>
  value(client.POST('/districts/{district}/projects/{code}/money/apportion', { params: of(d, code), body }));
export const prices = (district: string) =>
  value(client.GET('/districts/{district}/prices', { params: { path: { district } } }));
export const savePrices = (district: string, version: number, list: Price[]) =>
  value(
    client.PUT('/districts/{district}/prices', {
      params: { path: { district }, header: ifMatch(version) },
      body: { prices: list },
    }),
  );
export const fundPool = (district: string, year: number | null) =>
  value(
    client.GET('/districts/{district}/fund-pool', {
      params: { path: { district }, query: year === null ? {} : { year } },
    }),
  );
export const setBudget = (
  district: string,
  year: number,
  version: number,
  budget: number | null,
  note: string,
) =>
  value(
    client.PUT('/districts/{district}/fund-pool/years/{year}', {
      params: { path: { district, year }, header: ifMatch(version) },
      body: { budget_yuan: budget, note },
    }),
  );
export const matchPools = (district: string, year: number, partial: boolean, order: string[]) =>
  value(
    client.POST('/districts/{district}/fund-pool/match', {
      params: { path: { district } },
      body: { year, partial, order },
    }),
  );
export const saveAllocations = (district: string, year: number, version: number, allocations: Allocation[]) =>
  value(
    client.PUT('/districts/{district}/fund-pool/years/{year}/allocations', {
      params: { path: { district, year }, header: ifMatch(version) },
      body: { allocations },
    }),
  );
export const addFund = (district: string, body: FundDraft) =>
  value(client.POST('/districts/{district}/fund-pool/funds', { params: { path: { district } }, body }));
export const changeFund = (district: string, fund: string, version: number, body: FundDraft) =>
  value(
    client.PUT('/districts/{district}/fund-pool/funds/{fund}', {
      params: { path: { district, fund }, header: ifMatch(version) },
      body,
    }),
  );
export const dropFund = (district: string, fund: string, version: number) =>
  value(
    client.DELETE('/districts/{district}/fund-pool/funds/{fund}', {
      params: { path: { district, fund }, header: ifMatch(version) },
    }),
  );

// ---- questions
export const useWorks = (d: string, code: string) =>
  useQuery({ queryKey: [...keys.works(d), 'menu', code], queryFn: () => works(d, code), enabled: !!d });
export const useMoney = (d: string, code: string) =>
  useQuery({ queryKey: [...keys.works(d), 'money', code], queryFn: () => money(d, code), enabled: !!d });
export const usePrices = (d: string) =>
  useQuery({ queryKey: [...keys.works(d), 'prices'], queryFn: () => prices(d), enabled: !!d });
export const useFundPool = (d: string, year: number | null) =>
  useQuery({
    queryKey: [...keys.funds(d), year],
    queryFn: () => fundPool(d, year),
    enabled: !!d,
    placeholderData: keepPreviousData,
  });
/** How a sum is split, while it is typed; the last answer stays until the next has come. */
export const useApportioned = (d: string, code: string, asked: Apportionment | null) =>
  useQuery({
    queryKey: ['apportioned', d, code, asked],
    queryFn: () => apportion(d, code, asked ?? { parts: [] }),
    enabled: !!d && asked !== null,
    placeholderData: keepPreviousData,
    retry: false,
    gcTime: 30_000,
  });
