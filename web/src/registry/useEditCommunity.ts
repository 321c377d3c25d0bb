import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import * as api from '../api/endpoints';
import type { Community, CommunityPatch, Eligibility } from '../api/nouns';
import { invalidate, keys } from '../api/queries';
import { useWords } from '../language';
import { useControl } from '../map/control';
import { follow, track } from '../state/track';
import { useSteps } from '../state/undo';
import { useWorkbench } from '../state/workbench';
import { type FieldKey, factOf, type Patch } from './fields';
import { words } from './words';

/** Edits of a community that can be undone. */
export function useEditCommunity() {
  const client = useQueryClient();
  const district = useWorkbench((s) => s.district);
  const t = useWords(words);

  const changed = useCallback(
    (now: Community) => {
      client.setQueryData([...keys.communities(district), 'one', now.code], now);
      invalidate(client, district, { layer: 'communities', bbox: now.bbox });
      useControl.getState().controller?.refresh('communities', now.bbox && [now.bbox]);
    },
    [client, district],
  );

  const patch = useCallback(
    async (before: Community, change: Patch, version = before.version): Promise<Community> => {
      const send = (v: number, body: Patch) =>
        api.patchCommunity(district, before.code, v, body as CommunityPatch);
      const saved = await send(version, change);
      changed(saved);
      const mine = track('community', saved);
      const again = async (body: Patch) => {
        const now = await send(mine.version, body);
        follow('community', mine, now);
        changed(now);
      };
      const back: Patch = {};
      for (const key of Object.keys(change) as FieldKey[]) back[key] = factOf(before, key);
      useSteps.getState().done({
        label: t('editStep', { name: before.name }),
        undo: () => again(back),
        redo: () => again(change),
      });
      return saved;
    },
    [district, changed, t],
  );

  const override = useCallback(
    async (before: Community, next: { verdict: Eligibility; reason: string } | null): Promise<Community> => {
      type Override = typeof next;
      const send = (v: number, o: Override) =>
        o
          ? api.overrideEligibility(district, before.code, v, o)
          : api.clearOverride(district, before.code, v);
      const old: Override =
        before.override_verdict && before.override_reason
          ? { verdict: before.override_verdict, reason: before.override_reason }
          : null;
      const run = async (version: number, o: Override) => {
        const answer = (await send(version, o)) ?? (await api.community(district, before.code));
        changed(answer);
        return answer;
      };
      const saved = await run(before.version, next);
      const mine = track('community', saved);
      useSteps.getState().done({
        label: t('overrideStep', { name: before.name }),
        undo: async () => follow('community', mine, await run(mine.version, old)),
        redo: async () => follow('community', mine, await run(mine.version, next)),
      });
      return saved;
    },
    [district, changed, t],
  );
  return { patch, override };
}
