// Taking a tool in hand, by button or by key.
import { useCallback, useEffect, useRef } from 'react';
import * as api from '../api/endpoints';
import type { Zone } from '../api/nouns';
import { useSession } from '../api/queries';
import { useWords } from '../language';
import { may } from '../people/capability';
import { useWorkbench } from '../state/workbench';
import { useSentence } from '../ui/State';
import { say } from '../ui/Toast';
import { useCutting } from './cutting';
import { useDrawing } from './drawing';
import { useMerging } from './merging';
import { usePainting } from './painting';
import { endTask, type Hand, handTools, taskNow, unsaved } from './tools';
import { words } from './words';

/** The zone that a tool is meant for: the selected one, else the one under the pointer. */
function meant(): string | null {
  const { selection, hovered } = useWorkbench.getState();
  if (selection?.kind === 'zone') return selection.code;
  return hovered?.kind === 'zone' ? hovered.code : null;
}

export function useTools() {
  const t = useWords(words);
  const sentence = useSentence();
  const session = useSession();
  const district = useWorkbench((s) => s.district);
  const refused = may(session.data, 'draw.zone') ? null : t('noRight');
  const fetching = useRef(false);

  const take = useCallback(
    async (hand: Hand): Promise<void> => {
      if (refused) return say(refused, { bad: true });
      const d = useDrawing.getState();
      const cutting = useCutting.getState();
      if (hand === 'polygon' || hand === 'rectangle' || hand === 'freehand' || hand === 'circle') {
        if (d.active) return d.setTool(hand);
      } else if (hand === 'part' || hand === 'hole' || hand === 'edit') {
        if (d.active) {
          if (d.sketch.parts.length === 0) return say(t('drawFirst'), { bad: true });
          return d.setTool(hand === 'part' ? 'polygon' : hand);
        }
      } else if (hand === 'merge' ? taskNow() === 'merge' : hand === cutting.use) return;
      if (hand === 'brush' && taskNow() === 'paint') return;
      if (unsaved()) return say(t('finishFirst'), { bad: true });

      const code = meant();
      const { select, hover } = useWorkbench.getState();
      if (hand === 'merge') {
        endTask();
        select(null);
        return useMerging.getState().begin(code ? [code] : []);
      }
      let zone: Zone | null = null;
      const needs = hand === 'part' || hand === 'hole' || hand === 'edit';
      const uses = needs || hand === 'brush' || hand === 'split' || hand === 'reshape';
      // A new zone is painted where none is selected; what the pointer passes is no choice.
      const wanted = hand === 'brush' && useWorkbench.getState().selection?.kind !== 'zone' ? null : code;
      if (uses && wanted) {
        if (fetching.current) return;
        fetching.current = true;
        try {
          zone = await api.zone(district, wanted);
        } catch (error) {
          return say(sentence(error), { bad: true });
        } finally {
          fetching.current = false;
        }
      }
      if (needs && !zone) return say(t('pickZone'), { bad: true });
      endTask();
      select(null);
      hover(null);
      if (hand === 'split' || hand === 'reshape') cutting.begin(hand, zone);
      else if (hand === 'brush') usePainting.getState().begin(zone);
      else d.begin(hand === 'part' ? 'polygon' : hand, zone ?? undefined);
    },
    [district, refused, sentence, t],
  );
  return { take, refused };
}

/** One letter takes a tool; in fields and dialogs letters are letters. */
export function useToolKeys(take: (hand: Hand) => Promise<void>): void {
  const latest = useRef(take);
  latest.current = take;
  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      if (e.ctrlKey || e.metaKey || e.altKey || e.shiftKey || e.repeat) return;
      const typing = 'input:not([type="checkbox"]), textarea, select, [contenteditable], [role="dialog"]';
      if ((e.target as HTMLElement | null)?.closest(typing)) return;
      const tool = handTools.find((h) => h.key.toLowerCase() === e.key.toLowerCase());
      if (tool) void latest.current(tool.hand);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}
