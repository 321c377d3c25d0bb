// The phasing of the scenario that is worked on: what is saved, what is tried,
// and the plan that follows from both.
import { useEffect, useMemo, useState } from 'react';
import { type Trial, useJudgement, usePhasing, useSchedule } from '../api/phases';
import { useSession } from '../api/queries';
import { may } from '../people/capability';
import { useScenario } from '../scenarios/useScenario';
import { useWorkbench } from '../state/workbench';
import { changesOf, placementsOf } from './board';
import { readSettings, sameSettings } from './settings';
import { useTrial } from './trial';

export function usePhases() {
  const district = useWorkbench((s) => s.district);
  const scenario = useScenario();
  const session = useSession();
  const code = scenario?.code ?? null;
  const { begin, moves, proposal, start, draft } = useTrial();
  useEffect(() => {
    if (code) begin(`${district}/${code}`);
  }, [district, code, begin]);

  const stored = usePhasing(district, code);
  const saved = useSchedule(district, code);
  const read = useMemo(() => (draft ? readSettings(draft) : null), [draft]);
  const typed = useMemo(() => {
    if (!read || !('settings' in read) || !stored.data) return null;
    return sameSettings(read.settings, stored.data.settings) ? null : read.settings;
  }, [read, stored.data]);
  // Not at every key: a budget is typed figure by figure.
  const settings = useLater(typed, 250);

  const changes = useMemo(() => (saved.data ? changesOf(saved.data, moves) : []), [saved.data, moves]);
  const trial = useMemo<Trial | null>(() => {
    const zones = saved.data ? placementsOf(saved.data, moves) : [];
    return settings || zones.length ? { settings, zones } : null;
  }, [saved.data, moves, settings]);
  const mayTry = may(session.data, 'draw.zone');
  const judged = useJudgement(district, code, mayTry ? trial : null);
  const current = judged.data?.scenario === code ? judged.data : undefined;
  return {
    district,
    scenario,
    code,
    mayTry,
    /** Only the zones of the person's own part are in the plan. */
    partial: session.data?.scope.subdistricts != null,
    /** Whether the scenario says what renovation costs. */
    costed: !scenario || scenario.rules.cost.per_household_yuan + scenario.rules.cost.per_floor_area_yuan > 0,
    stored,
    saved,
    moves,
    proposal,
    changes,
    /** What is typed and not saved. */
    typed,
    trial,
    /** The plan that is shown: of the trial where there is one. */
    plan: (trial ? current : undefined) ?? saved.data ?? null,
    /** What the shown plan is compared with, to say what the person's own moves break. */
    before: trial ? (start ?? saved.data ?? null) : null,
    judging: trial !== null && judged.isFetching,
    error: trial ? judged.error : null,
  };
}
export type Phases = ReturnType<typeof usePhases>;

function useLater<V>(value: V, ms: number): V {
  const [late, setLate] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setLate(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return late;
}
