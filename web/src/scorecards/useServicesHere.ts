import { useServices } from '../api/scorecards';
import { useProposed } from '../api/sites';
import { useScenario } from '../scenarios/useScenario';
import { useWorkbench } from '../state/workbench';
import { useServiceMethod } from './serviceMethod';

/** What a zone or a community has within reach, with the proposed facilities of the scenario that is worked on. */
export function useServicesHere(kind: 'zone' | 'community', code: string) {
  const district = useWorkbench((s) => s.district);
  const scenario = useScenario()?.code ?? null;
  const method = useServiceMethod((s) => s.method);
  const proposed = useProposed(district, scenario).data?.length ?? 0;
  const services = useServices(district, kind, code, {
    method,
    ...(scenario && proposed > 0 ? { scenario } : {}),
  });
  return { services, proposed };
}
