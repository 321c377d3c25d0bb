import { useCallback } from 'react';
import { useDistrict, useFacilityTypes } from '../api/queries';
import { useWorkbench } from '../state/workbench';

/** The name of a facility type in the person's language; `fallback` is the Chinese one that the answer brings. */
export function useTypeName(): (key: string, fallback: string) => string {
  const district = useWorkbench((s) => s.district);
  const language = useWorkbench((s) => s.language);
  const info = useDistrict(district);
  const types = useFacilityTypes(info.data?.profile_key ?? '').data;
  return useCallback(
    (key, fallback) => {
      const type = types?.find((t) => t.key === key);
      return (language === 'en' && type?.name_en) || fallback || type?.name || key;
    },
    [types, language],
  );
}
