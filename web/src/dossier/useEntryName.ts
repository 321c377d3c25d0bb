// An entry of a list of what is missing: words, or the key of a facility type.
import { useDistrict, useFacilityTypes } from '../api/queries';
import { useWorkbench } from '../state/workbench';

export function useEntryName(): (entry: string) => string {
  const { district, language } = useWorkbench();
  const profile = useDistrict(district).data?.profile_key ?? '';
  const types = useFacilityTypes(profile).data;
  return (entry) => {
    const type = types?.find((f) => f.key === entry);
    return (language === 'en' ? type?.name_en : type?.name) || entry;
  };
}
