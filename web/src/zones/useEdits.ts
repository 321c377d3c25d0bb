// Changes of saved zones: each is one revision at the server, and its way back
// is to take that revision back.
import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { Bounds, Edit } from '../api/nouns';
import { invalidate } from '../api/queries';
import { Problem } from '../api/request';
import { undoRevision } from '../api/scenarios';
import { useWords } from '../language';
import { useControl } from '../map/control';
import { StepGone, useSteps } from '../state/undo';
import { useWorkbench } from '../state/workbench';
import { extentsKnown, extentsOf, placesTouched } from './extent';
import { words } from './words';

/** Deselects a zone before it goes, so that the inspector does not ask for what is gone. */
async function unselected<T>(codes: readonly string[], remove: () => Promise<T>): Promise<T> {
  const { selection, select } = useWorkbench.getState();
  const shown = selection?.kind === 'zone' && codes.includes(selection.code);
  if (shown) select(null);
  try {
    return await remove();
  } catch (error) {
    if (shown) select(selection);
    throw error;
  }
}

export interface Change {
  /** What was done, for the tooltip of undo. */
  label: string;
  /** Zones that the change removes, as far as that is known before. */
  removes?: readonly string[];
  act: () => Promise<Edit>;
  /** Codes of the zones that the change has made. */
  made?: (edit: Edit) => readonly string[];
}

export function useEdits() {
  const client = useQueryClient();
  const district = useWorkbench((s) => s.district);
  const t = useWords(words);

  const changed = useCallback(
    (places: readonly Bounds[] | null) => {
      invalidate(client, district, { layer: 'zones', bbox: null });
      useControl.getState().controller?.refresh('zones', places);
    },
    [client, district],
  );

  /** Makes the change and remembers how to take it back. */
  const make = useCallback(
    async ({ label, removes = [], act, made }: Change): Promise<Edit> => {
      const before = extentsKnown(client, district);
      const edit = await unselected(removes, act);
      let fresh = made?.(edit) ?? [];
      changed(placesTouched(edit, before, fresh));
      if (!edit.revision) return edit;
      let last = edit;
      const turn = async () => {
        let back: Edit;
        try {
          back = await unselected(fresh, () => undoRevision(district, last.scenario, last.revision));
        } catch (error) {
          // Others have changed these zones since: their work stays, and this step is no way any more.
          if (error instanceof Problem && error.kind === 'changed-since')
            throw new StepGone(error.detail || t('changedSince', { what: label }));
          throw error;
        }
        fresh = back.zones.map((z) => z.code).filter((code) => last.removed.includes(code));
        // It is refused where the zones are not as the step before left them.
        changed(placesTouched(back, extentsOf(last.zones), fresh));
        last = back;
      };
      useSteps.getState().done({ label, undo: turn, redo: turn });
      return edit;
    },
    [client, district, changed, t],
  );
  return { make };
}
