// Approval: what a project is decided by, the checklist, opinions of the joint review.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Position } from './nouns';
import { keys } from './queries';
import { client, ifMatch, value } from './request';
import type { components } from './schema';

type Schemas = components['schemas'];
export type ApprovalFile = Schemas['ApprovalFile'];
export type ApprovalInput = Schemas['ApprovalInput'];
export type ApprovalStep = Schemas['ApprovalStep'];
export type StepEdit = Schemas['ApprovalStepEdit'];
export type Route = Schemas['Route'];
export type TableAnswer = Schemas['TableAnswer'];
export type RowAnswer = Schemas['RowAnswer'];
export type Need = ApprovalStep['need'];
export type DueStep = Schemas['ApprovalDueStep'];
export type DueList = Schemas['ApprovalDueList'];
export type Which = 'late' | 'due' | 'next' | 'open';
export type Opinion = Omit<Schemas['ApprovalOpinion'], 'location'> & { location: Position | null };
export type OpinionVerdict = Opinion['verdict'];
export interface OpinionDraft {
  department: string;
  verdict: OpinionVerdict;
  text: string;
  location: Position | null;
  resolved: string;
}
/** Values by the keys of what the policy asks; what is not known is not there. */
export type Inputs = Record<string, unknown>;

const at = (district: string, code: string) => ({ path: { district, code } });

export const approval = (district: string, code: string) =>
  value(client.GET('/districts/{district}/projects/{code}/approval', { params: at(district, code) }));
export const saveApproval = (
  district: string,
  code: string,
  version: number,
  inputs: Inputs,
  start: string | null,
) =>
  value(
    client.PUT('/districts/{district}/projects/{code}/approval', {
      params: { ...at(district, code), header: ifMatch(version) },
      body: { inputs, ...(start ? { start_on: start } : {}) },
    }),
  );
export const saveSteps = (district: string, code: string, version: number, steps: readonly StepEdit[]) =>
  value(
    client.PATCH('/districts/{district}/projects/{code}/approval', {
      params: { ...at(district, code), header: ifMatch(version) },
      body: { steps: [...steps] },
    }),
  );
export const tryApproval = (district: string, code: string, inputs: Inputs) =>
  value(
    client.POST('/districts/{district}/projects/{code}/approval/trial', {
      params: at(district, code),
      body: { inputs },
    }),
  );

export const opinions = async (district: string, code: string) =>
  (await value(client.GET('/districts/{district}/projects/{code}/opinions', { params: at(district, code) })))
    .items as Opinion[];
export const openOpinions = async (district: string) =>
  (
    await value(
      client.GET('/districts/{district}/opinions', {
        params: { path: { district }, query: { open: true } },
      }),
    )
  ).items as Opinion[];
const bodyOf = (d: OpinionDraft) => ({
  department: d.department,
  verdict: d.verdict,
  text: d.text,
  ...(d.location ? { location: [...d.location] } : {}),
  ...(d.resolved ? { resolved: d.resolved } : {}),
});
export const createOpinion = (district: string, code: string, draft: OpinionDraft) =>
  value(
    client.POST('/districts/{district}/projects/{code}/opinions', {
      params: at(district, code),
      body: bodyOf(draft),
    }),
  );
const one = (district: string, o: Pick<Opinion, 'project' | 'id' | 'version'>) => ({
  path: { district, code: o.project, id: o.id },
  header: ifMatch(o.version),
});
export const updateOpinion = (
  district: string,
  of: Pick<Opinion, 'project' | 'id' | 'version'>,
  draft: OpinionDraft,
) =>
  value(
    client.PUT('/districts/{district}/projects/{code}/opinions/{id}', {
      params: one(district, of),
      body: bodyOf(draft),
    }),
  );
export const deleteOpinion = (district: string, of: Pick<Opinion, 'project' | 'id' | 'version'>) =>
  value(client.DELETE('/districts/{district}/projects/{code}/opinions/{id}', { params: one(district, of) }));
export const dueSteps = (district: string, which: Which, after = 0, limit = 100) =>
  value(
    client.GET('/districts/{district}/approval-steps', {
      params: { path: { district }, query: { which, limit, after } },
    }),
  );

// ---- questions
export const useApproval = (d: string, code: string) =>
  useQuery({
    queryKey: [...keys.approvals(d), 'file', code],
    queryFn: () => approval(d, code),
    enabled: !!d && !!code,
  });
/** What the tables say of inputs that are not saved (null = they are). */
export const useRouteTrial = (d: string, code: string, inputs: Inputs | null) =>
  useQuery({
    queryKey: [...keys.approvals(d), 'trial', code, inputs],
    queryFn: () => tryApproval(d, code, inputs ?? {}),
    enabled: !!d && inputs !== null,
    placeholderData: keepPreviousData,
    retry: false,
    gcTime: 30_000,
  });
export const useOpinions = (d: string, code: string) =>
  useQuery({
    queryKey: [...keys.approvals(d), 'opinions', code],
    queryFn: () => opinions(d, code),
    enabled: !!d && !!code,
  });
export const useOpenOpinions = (d: string) =>
  useQuery({
    queryKey: [...keys.approvals(d), 'opinions'],
    queryFn: () => openOpinions(d),
    enabled: !!d,
  });
export const useDueSteps = (d: string, which: Which) =>
  useQuery({
    queryKey: [...keys.approvals(d), 'steps', which],
    queryFn: () => dueSteps(d, which),
    enabled: !!d,
    placeholderData: keepPreviousData,
  });
