// Saving, deleting and renaming zones, each with its way back.
import { useCallback } from 'react';
import * as api from '../api/endpoints';
import type { Edit, Zone, ZoneDraft, ZoneOfCommunities } from '../api/nouns';
import { useWords } from '../language';
import { useWorkbench } from '../state/workbench';
import { useEdits } from './useEdits';
import { words } from './words';

export function useSaveZone() {
  const district = useWorkbench((s) => s.district);
  const t = useWords(words);
  const { make } = useEdits();

  const create = useCallback(
    async (draft: ZoneDraft | ZoneOfCommunities): Promise<Zone> =>
      first(
        await make({
          label: t('createStep', { name: draft.name }),
          act: () => {
            const { scenario } = useWorkbench.getState();
            return api.createZone(district, scenario ? { ...draft, scenario } : draft);
          },
          made: (edit) => edit.zones.map((z) => z.code),
        }),
      ),
    [district, make, t],
  );

  const update = useCallback(
    async (before: Zone, draft: ZoneDraft): Promise<Zone> =>
      first(
        await make({
          label: t('editStep', { name: draft.name }),
          act: () => api.putZone(district, before.code, before.version, draft),
        }),
      ),
    [district, make, t],
  );

  const remove = useCallback(
    async (zone: Zone): Promise<void> => {
      await make({
        label: t('deleteStep', { name: zone.name }),
        removes: [zone.code],
        act: () => api.deleteZone(district, zone),
      });
    },
    [district, make, t],
  );

  return { create, update, remove };
}

function first(edit: Edit): Zone {
  const zone = edit.zones[0];
  if (!zone) throw new Error('the answer to a saved zone holds no zone');
  return zone;
}
