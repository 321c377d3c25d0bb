// Saving, deleting and renaming zones, each with its way back.
import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import * as api from '../api/endpoints';
import type { Zone, ZoneDraft } from '../api/nouns';
import { invalidate } from '../api/queries';
import { useWords } from '../language';
import { useControl } from '../map/control';
import { follow, track } from '../state/track';
import { useSteps } from '../state/undo';
import { useWorkbench } from '../state/workbench';
import { words } from './words';

const draftOf = (z: Zone): ZoneDraft => ({ name: z.name, note: z.note, geometry: z.geometry });

/** Deselects a zone before it goes, so that the inspector does not ask for what is gone. */
async function unselected(code: string, remove: () => Promise<unknown>): Promise<void> {
  const { selection, select } = useWorkbench.getState();
  const shown = selection?.kind === 'zone' && selection.code === code;
  if (shown) select(null);
  try {
    await remove();
  } catch (error) {
    if (shown) select(selection);
    throw error;
  }
}

export function useSaveZone() {
  const client = useQueryClient();
  const district = useWorkbench((s) => s.district);
  const t = useWords(words);

  const changed = useCallback(() => {
    invalidate(client, district, { layer: 'zones', bbox: null });
    useControl.getState().controller?.refresh('zones');
  }, [client, district]);

  const create = useCallback(
    async (drawn: ZoneDraft): Promise<Zone> => {
      // Its way back and forth stays in the scenario it was drawn in, whatever is worked on by then.
      const scenario = useWorkbench.getState().scenario;
      const draft = scenario ? { ...drawn, scenario } : drawn;
      const made = await api.createZone(district, draft);
      changed();
      const mine = track('zone', made);
      useSteps.getState().done({
        label: t('createStep', { name: draft.name }),
        undo: async () => {
          const now = await api.zone(district, mine.code);
          await unselected(mine.code, () => api.deleteZone(district, mine.code, now.version));
          changed();
        },
        redo: async () => {
          follow('zone', mine, await api.createZone(district, draft));
          changed();
        },
      });
      return made;
    },
    [district, changed, t],
  );

  const update = useCallback(
    async (before: Zone, draft: ZoneDraft, version = before.version): Promise<Zone> => {
      const saved = await api.putZone(district, before.code, version, draft);
      changed();
      const mine = track('zone', saved);
      const put = async (next: ZoneDraft) => {
        follow('zone', mine, await api.putZone(district, mine.code, mine.version, next));
        changed();
      };
      useSteps.getState().done({
        label: t('editStep', { name: draft.name }),
        undo: () => put(draftOf(before)),
        redo: () => put(draft),
      });
      return saved;
    },
    [district, changed, t],
  );

  const remove = useCallback(
    async (zone: Zone): Promise<void> => {
      await unselected(zone.code, () => api.deleteZone(district, zone.code, zone.version));
      changed();
      const mine = track('zone', zone);
      useSteps.getState().done({
        label: t('deleteStep', { name: zone.name }),
        undo: async () => {
          follow('zone', mine, await api.createZone(district, draftOf(zone)));
          changed();
        },
        redo: async () => {
          await unselected(mine.code, () => api.deleteZone(district, mine.code, mine.version));
          changed();
        },
      });
    },
    [district, changed, t],
  );

  return { create, update, remove };
}
