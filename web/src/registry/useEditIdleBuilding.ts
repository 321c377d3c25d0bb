import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import * as api from '../api/endpoints';
import type { IdleBuilding, IdlePatch } from '../api/nouns';
import { invalidate, keys } from '../api/queries';
import { useWords } from '../language';
import { useControl } from '../map/control';
import { follow, track } from '../state/track';
import { useSteps } from '../state/undo';
import { useWorkbench } from '../state/workbench';
import { backOf } from './idle';
import { idleWords } from './idleWords';

/** An edit of an idle building that can be undone. */
export function useEditIdleBuilding() {
  const client = useQueryClient();
  const district = useWorkbench((s) => s.district);
  const t = useWords(idleWords);
  return useCallback(
    async (before: IdleBuilding, change: IdlePatch): Promise<IdleBuilding> => {
      const send = async (version: number, body: IdlePatch) => {
        const now = await api.patchIdleBuilding(district, before.code, version, body);
        client.setQueryData([...keys.idleBuildings(district), 'one', now.code], now);
        invalidate(client, district, { layer: 'idle_buildings', bbox: now.bbox });
        useControl.getState().controller?.refresh('idle_buildings');
        return now;
      };
      const saved = await send(before.version, change);
      const mine = track('idle_building', saved);
      const again = async (body: IdlePatch) => follow('idle_building', mine, await send(mine.version, body));
      useSteps.getState().done({
        label: t('editStep', { name: before.name || t('unnamed') }),
        undo: () => again(backOf(before, change)),
        redo: () => again(change),
      });
      return saved;
    },
    [client, district, t],
  );
}
