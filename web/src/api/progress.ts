// Progress: milestones of projects, monthly reports and their months, targets.
import { useQuery } from '@tanstack/react-query';
import { keys } from './queries';
import { BASE, client, ifMatch, value } from './request';
import type { components } from './schema';

type Schemas = components['schemas'];
export type ProjectProgress = Schemas['ProjectProgress'];
export type ProgressDraft = Schemas['ProgressDraft'];
export type Milestone = Schemas['ProgressMilestone'];
export type PartHandover = Schemas['ProgressPartHandover'];
export type Filing = Schemas['ProgressFiling'];
export type ListedProgress = Schemas['ListedProgress'];
export type TargetProgress = Schemas['TargetProgress'];
export type MonthState = Schemas['ProgressMonthState'];
export type MonthBoard = Schemas['ProgressMonthBoard'];
export type UnitMonth = Schemas['ProgressUnitMonth'];
export type MonthReport = Schemas['ProgressMonthReport'];
export type MonthReportDraft = Schemas['ProgressMonthReportDraft'];
export type MonthLine = Schemas['ProgressMonthLine'];
export type MonthLineDraft = Schemas['ProgressMonthLineDraft'];
export type MonthMeasures = Schemas['ProgressMonthMeasures'];
export type MonthFigures = Schemas['ProgressMonthFigures'];
export type MonthProblem = Schemas['ProgressMonthProblem'];
export type ProjectMonth = Schemas['ProgressProjectMonth'];
export type Form = MonthReport['form'];
/** An area that looks as if it were in square metres. */
export interface AreaDoubt {
  project: string;
  field: string;
  given: number;
  suggested: number;
  text: string;
}

const at = (district: string, code: string) => ({ path: { district, code } });
const inMonth = (district: string, month: string) => ({ path: { district, month } });
const one = (district: string, month: string, id: string) => ({ path: { district, month, id } });

export const saveProgress = (district: string, code: string, version: number, body: ProgressDraft) =>
  value(
    client.PUT('/districts/{district}/projects/{code}/progress', {
      params: { ...at(district, code), header: ifMatch(version) },
      body,
    }),
  );
export const saveProjectMonth = (
  district: string,
  code: string,
  month: string,
  version: number,
  line: MonthLineDraft,
  confirmed: boolean,
) =>
  value(
    client.PUT('/districts/{district}/projects/{code}/months/{month}', {
      params: { path: { district, code, month }, header: ifMatch(version) },
      body: { line, ...(confirmed ? { areas_confirmed: true } : {}) },
    }),
  );
export const createReport = (district: string, month: string, subdistrict: string, form: Form) =>
  value(
    client.POST('/districts/{district}/months/{month}/reports', {
      params: inMonth(district, month),
      body: { subdistrict_code: subdistrict, form },
    }),
  );
export const saveReport = (
  district: string,
  month: string,
  id: string,
  version: number,
  body: MonthReportDraft,
) =>
  value(
    client.PUT('/districts/{district}/months/{month}/reports/{id}', {
      params: { ...one(district, month, id), header: ifMatch(version) },
      body,
    }),
  );
export const submitReport = (district: string, month: string, id: string, version: number) =>
  value(
    client.POST('/districts/{district}/months/{month}/reports/{id}/submit', {
      params: { ...one(district, month, id), header: ifMatch(version) },
    }),
  );
export const returnReport = (district: string, month: string, id: string, version: number, reason: string) =>
  value(
    client.POST('/districts/{district}/months/{month}/reports/{id}/return', {
      params: { ...one(district, month, id), header: ifMatch(version) },
      body: { reason },
    }),
  );
export const closeMonth = (district: string, month: string, reason: string) =>
  value(
    client.POST('/districts/{district}/months/{month}/close', {
      params: inMonth(district, month),
      body: reason ? { reason } : {},
    }),
  );
const address = (district: string, month: string, id: string) =>
  `${BASE}/districts/${district}/months/${month}/reports/${id}`;
/** The form as it is printed; of a frozen report always the same page. */
export const printAddress = (district: string, month: string, id: string) =>
  `${address(district, month, id)}/print`;
export const fileAddress = (district: string, month: string, id: string, format: 'xlsx' | 'csv') =>
  `${address(district, month, id)}/export?format=${format}`;

// ---- questions
const enabled = (...parts: (string | null)[]) => parts.every(Boolean);
export const useFilings = (d: string) =>
  useQuery({
    queryKey: [...keys.progress(d), 'filings'],
    queryFn: () =>
      value(
        client.GET('/districts/{district}/progress', {
          params: { path: { district: d }, query: { alerts: true } },
        }),
      ),
    enabled: enabled(d),
  });
export const useTargets = (d: string, year: number) =>
  useQuery({
    queryKey: [...keys.progress(d), 'targets', year],
    queryFn: () =>
      value(
        client.GET('/districts/{district}/targets', { params: { path: { district: d }, query: { year } } }),
      ),
    enabled: enabled(d),
  });
export const useProjectProgress = (d: string, code: string) =>
  useQuery({
    queryKey: [...keys.progress(d), 'project', code],
    queryFn: () =>
      value(client.GET('/districts/{district}/projects/{code}/progress', { params: at(d, code) })),
    enabled: enabled(d, code),
  });
export const useProjectMonths = (d: string, code: string) =>
  useQuery({
    queryKey: [...keys.progress(d), 'project', code, 'months'],
    queryFn: () => value(client.GET('/districts/{district}/projects/{code}/months', { params: at(d, code) })),
    enabled: enabled(d, code),
  });
export const useProjectMonth = (d: string, code: string, month: string) =>
  useQuery({
    queryKey: [...keys.progress(d), 'project', code, 'month', month],
    queryFn: () =>
      value(
        client.GET('/districts/{district}/projects/{code}/months/{month}', {
          params: { path: { district: d, code, month } },
        }),
      ),
    enabled: enabled(d, code, month),
  });
export const useMonths = (d: string, year: number) =>
  useQuery({
    queryKey: [...keys.progress(d), 'months', year],
    queryFn: () =>
      value(
        client.GET('/districts/{district}/months', { params: { path: { district: d }, query: { year } } }),
      ),
    enabled: enabled(d),
  });
export const useMonth = (d: string, month: string) =>
  useQuery({
    queryKey: [...keys.progress(d), 'month', month],
    queryFn: () => value(client.GET('/districts/{district}/months/{month}', { params: inMonth(d, month) })),
    enabled: enabled(d, month),
  });
/** By the report's id, or "rollup-annex6" for the district's own. */
export const useReport = (d: string, month: string, part: string) =>
  useQuery({
    queryKey: [...keys.progress(d), 'month', month, part],
    queryFn: () => {
      const form = part.startsWith('rollup-') ? part.slice('rollup-'.length) : null;
      if (form === 'annex6' || form === 'annex7')
        return value(
          client.GET('/districts/{district}/months/{month}/rollup/{form}', {
            params: { path: { district: d, month, form } },
          }),
        );
      return value(
        client.GET('/districts/{district}/months/{month}/reports/{id}', { params: one(d, month, part) }),
      );
    },
    enabled: enabled(d, month, part),
  });
