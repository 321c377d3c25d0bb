// Phasing: what the years of a scenario are planned by, plans and trials, and
// the years of its zones.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type * as n from './nouns';
import { keys } from './queries';
import { client, ifMatch, value } from './request';

const at = (district: string, code: string) => ({ path: { district, code } });

/** With a year in `first`: what the district's policy asks for from that year on. */
export const phasing = (district: string, code: string, first?: number) =>
  value(
    client.GET('/districts/{district}/scenarios/{code}/phasing', {
      params: { ...at(district, code), query: first === undefined ? {} : { first } },
    }),
  );
export const savePhasing = (district: string, code: string, version: number, body: n.PhaseSettings) =>
  value(
    client.PUT('/districts/{district}/scenarios/{code}/phasing', {
      params: { ...at(district, code), header: ifMatch(version) },
      body,
    }),
  );
/** The years that the zones have now, judged by the saved settings. */
export const schedule = (district: string, code: string) =>
  value(client.GET('/districts/{district}/scenarios/{code}/schedule', { params: at(district, code) }));
/** What a placing would break. Without settings it is judged by the saved ones. */
export interface Trial {
  settings: n.PhaseSettings | null;
  zones: readonly n.PhasePlacement[];
}
export const judgeSchedule = (district: string, code: string, trial: Trial) =>
  value(
    client.POST('/districts/{district}/scenarios/{code}/schedule/judge', {
      params: at(district, code),
      body: bodyOf(trial),
    }),
  );
export const proposeSchedule = (district: string, code: string, trial: Trial) =>
  value(
    client.POST('/districts/{district}/scenarios/{code}/schedule', {
      params: at(district, code),
      body: bodyOf(trial),
    }),
  );
const bodyOf = ({ settings, zones }: Trial) => ({ ...(settings ? { settings } : {}), zones: [...zones] });

/** `revision` is that of the scenario which the person saw. */
export const setYears = async (
  district: string,
  code: string,
  revision: number,
  zones: readonly { code: string; year: number | null; locked: boolean }[],
) =>
  (await value(
    client.PATCH('/districts/{district}/scenarios/{code}/years', {
      params: at(district, code),
      body: { revision, zones: [...zones] },
    }),
  )) as unknown as n.Edit;

// ---- questions; they go stale with their scenario, whose rules hold the costs
export const phaseKeys = {
  settings: (d: string, code: string | null) => [...keys.scenarios(d), 'phasing', code] as const,
  plan: (d: string, code: string | null) => [...keys.scenarios(d), 'schedule', code] as const,
};
export const usePhasing = (d: string, code: string | null) =>
  useQuery({
    queryKey: phaseKeys.settings(d, code),
    queryFn: () => phasing(d, code ?? ''),
    enabled: !!d && !!code,
  });
export const useSchedule = (d: string, code: string | null) =>
  useQuery({
    queryKey: phaseKeys.plan(d, code),
    queryFn: () => schedule(d, code ?? ''),
    enabled: !!d && !!code,
  });
/** The judgement of a trial (null = there is none); the last one stays until the next has come. */
export const useJudgement = (d: string, code: string | null, trial: Trial | null) =>
  useQuery({
    queryKey: [...phaseKeys.plan(d, code), 'trial', trial],
    queryFn: () => judgeSchedule(d, code ?? '', trial ?? { settings: null, zones: [] }),
    enabled: !!d && !!code && trial !== null,
    placeholderData: keepPreviousData,
    gcTime: 30_000,
  });
