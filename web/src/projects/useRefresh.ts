import { useQueryClient } from '@tanstack/react-query';
import { keys } from '../api/queries';
import { useWorkbench } from '../state/workbench';

/** Fetches what shows projects again, on the panels and on the map, once one of them was changed here. */
export function useRefresh(): () => Promise<void> {
  const client = useQueryClient();
  const district = useWorkbench((s) => s.district);
  return () => client.invalidateQueries({ queryKey: keys.projects(district) });
}
