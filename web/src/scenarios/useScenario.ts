import type { Scenario } from '../api/nouns';
import { useScenarios } from '../api/scenarios';
import { useWorkbench } from '../state/workbench';

/** The scenario that is worked on; null until the list has come. */
export function useScenario(): Scenario | null {
  const district = useWorkbench((s) => s.district);
  const code = useWorkbench((s) => s.scenario);
  const list = useScenarios(district).data ?? [];
  return list.find((s) => (code ? s.code === code : s.main)) ?? null;
}

/** Works on a scenario; the main one needs no name in the address. */
export function workOn(scenario: Scenario): void {
  useWorkbench.getState().setScenario(scenario.main ? null : scenario.code);
}
