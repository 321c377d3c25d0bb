// The name of a facility type in the person's language.
import type { CoverageRun } from '../api/nouns';
import { useDistrict, useFacilityTypes } from '../api/queries';
import { useWorkbench } from '../state/workbench';

export function useTypeName(): (run: Pick<CoverageRun, 'facility_type' | 'facility_name'>) => string {
  const { district, language } = useWorkbench();
  const profile = useDistrict(district).data?.profile_key ?? '';
  const types = useFacilityTypes(profile).data;
  return (run) =>
    (language === 'en' && types?.find((f) => f.key === run.facility_type)?.name_en) || run.facility_name;
}
