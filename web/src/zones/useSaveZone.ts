// Saving, deleting and renaming zones, each with its way back.
import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import * as api from '../api/endpoints';
import type { Zone, ZoneDraft } from '../api/nouns';
import { invalidate } from '../api/queries';
import { useWords } from '../language';
import { useControl } from '../map/control';
import { useSteps } from '../state/undo';
import { useWorkbench } from '../state/workbench';
import { words } from './words';

const draftOf = (z: Zone): ZoneDraft => ({ name: z.name, note: z.note, geometry: z.geometry });

export function useSaveZone() {
  const client = useQueryClient();
  const district = useWorkbench((s) => s.district);
  const t = useWords(words);

  const changed = useCallback(() => {
    invalidate(client, district, { layer: 'zones', bbox: null });
    useControl.getState().controller?.refresh('zones');
  }, [client, district]);

  const create = useCallback(
    async (draft: ZoneDraft): Promise<Zone> => {
      // Undo and redo give the zone a new code each time, so the step remembers the current one.
      let current = await api.createZone(district, draft);
      changed();
      useSteps.getState().done({
        label: t('createStep', { name: draft.name }),
        undo: async () => {
          const now = await api.zone(district, current.code);
          await api.deleteZone(district, current.code, now.version);
          const { selection, select } = useWorkbench.getState();
          if (selection?.code === current.code) select(null);
          changed();
        },
        redo: async () => {
          current = await api.createZone(district, draft);
          changed();
        },
      });
      return current;
    },
    [district, changed, t],
  );

  const update = useCallback(
    async (before: Zone, draft: ZoneDraft, version = before.version): Promise<Zone> => {
      let current = await api.putZone(district, before.code, version, draft);
      changed();
      useSteps.getState().done({
        label: t('editStep', { name: draft.name }),
        undo: async () => {
          current = await api.putZone(district, before.code, current.version, draftOf(before));
          changed();
        },
        redo: async () => {
          current = await api.putZone(district, before.code, current.version, draft);
          changed();
        },
      });
      return current;
    },
    [district, changed, t],
  );

  const remove = useCallback(
    async (zone: Zone): Promise<void> => {
      await api.deleteZone(district, zone.code, zone.version);
      changed();
      let current: Zone | null = null;
      useSteps.getState().done({
        label: t('deleteStep', { name: zone.name }),
        undo: async () => {
          current = await api.createZone(district, draftOf(zone));
          changed();
        },
        redo: async () => {
          if (current) await api.deleteZone(district, current.code, current.version);
          changed();
        },
      });
    },
    [district, changed, t],
  );

  return { create, update, remove };
}
